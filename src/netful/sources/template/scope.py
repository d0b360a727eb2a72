"""What the intrinsic functions ask of the place where they are resolved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from netful.model.core.origin import Origin
from netful.model.core.unknown import Unknown


class Scope(Protocol):
    """What the names in a template stand for."""

    @property
    def region(self) -> str:
        """The region of the stack."""

    def ref(self, name: str, origin: Origin) -> Any:
        """The value of `Ref`."""

    def attribute(self, logical_id: str, attribute: str, origin: Origin) -> Any:
        """The value of `Fn::GetAtt`."""

    def condition(self, name: str, origin: Origin) -> bool | Unknown:
        """Whether a named condition holds."""

    def mapping(self, name: str, origin: Origin) -> Mapping[str, Any]:
        """The table of `Mappings` with a name."""

    def import_value(self, name: str, origin: Origin) -> Any:
        """The value that another stack exports."""

    def import_matching(self, pattern: re.Pattern[str], origin: Origin) -> Any:
        """The value of the only export whose name fits, or None."""

    def stack_output(self, stack: str, output: str) -> Any:
        """The value of an output of another stack, exported or not."""

    def id_called(self, text: str, /) -> str | None:
        """The id of the endpoint whose host names begin with a text, or of the load balancer whose ARN it is."""

    def supplied(self, reference: str) -> str | None:
        """The value that the user gave for a dynamic reference."""
