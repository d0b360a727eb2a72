"""What a template sees: the body, the parameters, the context and the stage variables of one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netful.engine.vtl.context import Context, with_overrides
from netful.engine.vtl.dollar_input import Input
from netful.engine.vtl.dollar_util import UTIL


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a request, by where they stand."""

    path: Mapping[str, str] = field(default_factory=dict)
    querystring: Mapping[str, str] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scope:
    """One request. The context is shared with the request's other template, and keeps what this one sets in it."""

    body: str = ""
    parameters: Parameters = field(default_factory=Parameters)
    context: Context = field(default_factory=Context)
    stage_variables: Mapping[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, Any]:
        """The names that a render starts with."""
        sent = self.parameters
        return {
            "input": Input(self.body, {"path": sent.path, "querystring": sent.querystring, "header": sent.header}),
            "util": UTIL,
            "context": with_overrides(self.context),
            "stageVariables": dict(self.stage_variables),
        }
