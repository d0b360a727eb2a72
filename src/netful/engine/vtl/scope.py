"""Inputs of a template: body, parameters, context and stage variables of one request."""

from collections.abc import Mapping
from typing import Any

from msgspec import field

from netful.engine.vtl.context import Context, with_overrides
from netful.engine.vtl.dollar_input import Input
from netful.engine.vtl.dollar_util import UTIL
from netful.model.core import Frozen


class Parameters(Frozen):
    """Parameters of a request, by location."""

    path: Mapping[str, str] = field(default_factory=dict)
    querystring: Mapping[str, str] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)


class Scope(Frozen):
    """One request. The request's other template shares the context, and sees the values that this one sets in it."""

    body: str = ""
    parameters: Parameters = field(default_factory=Parameters)
    context: Context = field(default_factory=Context)
    stage_variables: Mapping[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, Any]:
        """Return the initial variables of a render."""
        sent = self.parameters
        return {
            "input": Input(self.body, {"path": sent.path, "querystring": sent.querystring, "header": sent.header}),
            "util": UTIL,
            "context": with_overrides(self.context),
            "stageVariables": dict(self.stage_variables),
        }
