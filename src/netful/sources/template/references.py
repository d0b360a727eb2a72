"""References of a template: every `Ref`, `Fn::GetAtt`, `${…}`, `DependsOn` and condition, found without resolving.

They serve to find unknown names and cycles, also in branches that no condition selects.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core import Frozen, Origin
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.template.intrinsics import SUBSTITUTION


class Reference(Frozen):
    """One reference. `attribute` is "" for a `Ref`; `condition` marks the name of a condition."""

    name: str
    attribute: str
    origin: Origin
    condition: bool = False


def references(node: Any) -> Iterator[Reference]:
    """Yield every reference within a value as written."""
    if isinstance(node, MarkedMap):
        if len(node) == 1:
            (name, argument) = next(iter(node.items()))
            if name in _READERS:
                yield from _READERS[name](argument, node.origin_of(name))
                return
        for member in node.values():
            if isinstance(member, (MarkedMap, MarkedList)):
                yield from references(member)
    elif isinstance(node, MarkedList):
        for item in node:
            if isinstance(item, (MarkedMap, MarkedList)):
                yield from references(item)


def imports(node: Any) -> Iterator[Any]:
    """Yield the argument of every `Fn::ImportValue` within a value as written."""
    if isinstance(node, MarkedMap):
        for name, member in node.items():
            if name == "Fn::ImportValue":
                yield member
            yield from imports(member)
    elif isinstance(node, MarkedList):
        for item in node:
            yield from imports(item)


def _ref(argument: Any, origin: Origin) -> Iterator[Reference]:
    if isinstance(argument, str):
        yield Reference(argument, "", origin)
    else:
        yield from references(argument)


def _get_att(argument: Any, origin: Origin) -> Iterator[Reference]:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if isinstance(parts, list) and len(parts) >= 2 and isinstance(parts[0], str):
        yield Reference(parts[0], ".".join(str(part) for part in parts[1:]), origin)
    yield from references(argument)


def _sub(argument: Any, origin: Origin) -> Iterator[Reference]:
    template: Any = argument
    local: Any = {}
    if isinstance(argument, list) and argument:
        template, local = argument[0], argument[1] if len(argument) > 1 else {}
        yield from references(local)
    if not isinstance(template, str):
        return
    for match in SUBSTITUTION.finditer(template):
        name = match[1].strip()
        if not name.startswith("!") and not (isinstance(local, Mapping) and name in local):
            first, _, attribute = name.partition(".")
            yield Reference(first, attribute, origin)


def _if(argument: Any, origin: Origin) -> Iterator[Reference]:
    if isinstance(argument, list) and argument and isinstance(argument[0], str):
        yield Reference(argument[0], "", origin, condition=True)
    yield from references(argument)


def _condition(argument: Any, origin: Origin) -> Iterator[Reference]:
    if isinstance(argument, str):
        yield Reference(argument, "", origin, condition=True)
    else:
        yield from references(argument)


def _value_of(argument: Any, origin: Origin) -> Iterator[Reference]:
    if isinstance(argument, list) and argument and isinstance(argument[0], str):
        yield Reference(argument[0], "", origin)


_READERS = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::If": _if,
    "Fn::ValueOf": _value_of,
    "Condition": _condition,
}


def depends_on(resource: MarkedMap) -> tuple[str, ...]:
    """Return the names in a resource's `DependsOn`."""
    written = resource.get("DependsOn")
    if isinstance(written, str):
        return (written,)
    return tuple(name for name in written if isinstance(name, str)) if isinstance(written, list) else ()
