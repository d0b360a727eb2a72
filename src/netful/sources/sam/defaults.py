"""`Globals`: what every SAM resource of a type has unless it says otherwise."""

from __future__ import annotations

from typing import Any

from netful.sources.files.complaint import close_match, fail
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.sam.making import is_plain, serverless_kind
from netful.sources.template.template import Template

_SECTIONS = (
    "Function", "Api", "HttpApi", "SimpleTable", "StateMachine", "LayerVersion", "WebSocketApi", "CapacityProvider",
)  # fmt: skip


def apply_globals(template: Template) -> None:
    """Give every resource the globals of its type."""
    globals_ = template.root.get("Globals")
    if globals_ is None:
        return
    if not isinstance(globals_, MarkedMap):
        fail("`Globals` is not a mapping", template.root.origin_of("Globals"))
    for section in globals_:
        if section not in _SECTIONS:
            fail(f"`Globals` has no `{section}`", globals_.origin_of(section), hint=close_match(section, _SECTIONS))
    for resource in template.resources.values():
        if isinstance(resource, MarkedMap) and serverless_kind(resource):
            apply(template, resource)


def apply(template: Template, resource: MarkedMap) -> None:
    """Give one resource the globals of its type."""
    globals_ = template.root.get("Globals")
    defaults = globals_.get(serverless_kind(resource)) if isinstance(globals_, MarkedMap) else None
    if isinstance(defaults, MarkedMap):
        defaults = _without_ignored(defaults, resource)
        own = resource.get("Properties")
        own = own if isinstance(own, MarkedMap) else MarkedMap(resource.file, resource.line)
        resource.put("Properties", _merged(defaults, own), resource.lines.get("Properties", 0))


def _without_ignored(defaults: MarkedMap, resource: MarkedMap) -> MarkedMap:
    """The globals but those that the resource's `IgnoreGlobals` names: a list of properties, or `*` for all."""
    ignored = resource.get("IgnoreGlobals")
    names = list(defaults) if ignored == "*" else ignored if isinstance(ignored, list) else []
    kept = MarkedMap(defaults.file, defaults.line)
    for name, value in defaults.items():
        if name not in names:
            kept.put(name, value, defaults.lines.get(name, 0))
    return kept


def _merged(default: Any, own: Any) -> Any:
    """SAM's rule: mappings are merged, lists are joined, all else is the resource's own."""
    if is_plain(default) and is_plain(own):
        out = MarkedMap(own.file, own.line)
        for source in (default, own):
            for key, value in source.items():
                both = key in default and key in own
                out.put(key, _merged(default[key], own[key]) if both else value, source.lines.get(key, 0))
        return out
    if isinstance(default, MarkedList) and isinstance(own, MarkedList):
        items = MarkedList(own.file, own.line)
        for part in (default, own):
            for index, item in enumerate(part):
                items.put(item, part.origin_of(index).line)
        return items
    return own
