"""Queries during the resolution of a template: to its evaluator, to its names, to the other stacks of the load."""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from netful.model.core import Maybe, Origin, Unknown


class Scope(Protocol):
    """Values of the names in a template."""

    @property
    def region(self) -> str:
        """The region of the stack."""

    def ref(self, name: str, origin: Origin) -> Any:
        """Return the value of `Ref`."""

    def attribute(self, logical_id: str, attribute: str, origin: Origin) -> Any:
        """Return the value of `Fn::GetAtt`."""

    def condition(self, name: str, origin: Origin) -> bool | Unknown:
        """Return whether a named condition holds."""

    def mapping(self, name: str, origin: Origin) -> Maybe[Mapping[str, Any]]:
        """Return the table of `Mappings` with a name."""

    def import_value(self, name: str, origin: Origin) -> Any:
        """Return the value that another stack exports."""

    def import_matching(self, pattern: re.Pattern[str], origin: Origin) -> Any:
        """Return the value of the only export whose name fits, or None."""

    def stack_output(self, stack: str, output: str) -> Any:
        """Return the value of an output of another stack, exported or not."""

    def supplied(self, reference: str) -> str | None:
        """Return the value that the user gave for a dynamic reference."""


class ValueEvaluator(Protocol):
    """Resolver of values, as functions of conditions use it."""

    @property
    def scope(self) -> Scope:
        """The names that values refer to."""

    def value(self, node: Any) -> Any:
        """Return the resolved value."""

    def text(self, node: Any, origin: Origin) -> str | Unknown:
        """Return the resolved value, which must be a text."""

    def operands(self, argument: Any, origin: Origin, name: str, counts: tuple[int, ...]) -> list[Any]:
        """Return the unresolved operands of a function that takes a list."""


class Lookup(Protocol):
    """Data that a stack gets from the load: the place of deployment, and values of other stacks."""

    @property
    def region(self) -> str:
        """The region that the stacks are deployed to."""

    @property
    def made(self) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        """The answers of custom resources that no deployment has made, by stack and logical id."""

    @property
    def account_id(self) -> str:
        """The account that the stacks are deployed to."""

    @property
    def public_addresses(self) -> Mapping[str, str]:
        """The public address of each Elastic IP, by id."""

    @property
    def ipv6_blocks(self) -> Mapping[str, list[str]]:
        """The IPv6 blocks of each VPC, by id."""

    def exported(self, name: str) -> Any:
        """Return the value that is exported under a name."""

    def export_matching(self, pattern: re.Pattern[str]) -> tuple[str | None, Any]:
        """Return the name and the value of the only export that fits; else None twice."""

    def stack_output(self, stack_name: str, name: str) -> Any:
        """Return the value of an output of a stack that is loaded under its name."""

    def output_named(self, name: str, asking: str) -> Any:
        """Return the output of that name if exactly one stack besides the asking one has it, else None."""

    def systems_parameter(self, name: str, asking: str) -> str | None:
        """Return the value of the Systems Manager parameter that another stack than the asking one makes, else None."""

    def nested_output(self, parent: str, logical_id: str, name: str, origin: Origin) -> Any:
        """Return the value of an output of a nested stack."""
