"""The order of the expansion: Globals, then functions and state machines with their events, then APIs, then the rest, connectors last."""

from __future__ import annotations

from collections.abc import Callable

from netful.sources.files.marked import MarkedMap
from netful.sources.sam import api, connectors, function, http_api, simple, state_machine
from netful.sources.sam.defaults import apply_globals
from netful.sources.sam.making import Maker, serverless_kind
from netful.sources.template.template import SERVERLESS, Template

# Functions and state machines come first: their events add routes to the APIs.
_EXPANDERS: dict[str, Callable[[Maker], None]] = {
    "Function": function.expand,
    "StateMachine": state_machine.expand,
    "Api": api.expand,
    "HttpApi": http_api.expand,
    "SimpleTable": simple.expand_table,
    "LayerVersion": simple.expand_layer,
    "Application": simple.expand_application,
}


def is_needed(template: Template) -> bool:
    """Whether a template without the transform has SAM resources; CloudFormation refuses it, so it is worth a warning."""
    for name, resource in template.resources.items():
        if isinstance(resource, MarkedMap) and serverless_kind(resource):
            origin = template.resources.origin_of(name)
            template.warnings.append(f"{origin}: `{name}` is of SAM, but the template has no `Transform: {SERVERLESS}`")
            return True
    return False


def expand(template: Template) -> None:
    """Replace the SAM resources of a template by what they stand for."""
    apply_globals(template)
    template.made.update(n for n, r in template.resources.items() if isinstance(r, MarkedMap) and serverless_kind(r))
    template.made.update(("ServerlessRestApi", "ServerlessHttpApi", "ServerlessUsagePlan", "ServerlessApiKey"))
    for kind, expander in _EXPANDERS.items():
        for logical_id, resource in list(template.resources.items()):
            if isinstance(resource, MarkedMap) and serverless_kind(resource) == kind:
                expander(Maker(template, logical_id, resource))
    connectors.expand(template)
