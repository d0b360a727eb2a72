"""Patch operations on the properties of a resource: `replace /tlsConfig/insecureSkipVerification`, `add /requestTemplates/…`.

A path goes through structures by their members, through maps by their keys, and into lists by an index, or by the item
itself. Values are texts on the wire and become the type of the member.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from netful.account.apigateway.operations.faults import bad_request, invalid_patch
from netful.account.apigateway.operations.patches import Patch, decimal, flag, unescaped, whole
from netful.account.apigateway.shapes import Names, members
from netful.account.wire.errors import ApiError
from netful.model.core import whole_number

_READING = {"boolean": flag, "integer": whole, "long": whole, "float": decimal, "double": decimal}


def patched(
    shape: StructureShape, written: Mapping[str, Any], patches: Iterable[Patch], names: Names | None = None
) -> dict[str, Any]:
    """Return properties after patches. Raises ApiError for a path that the shape does not have."""
    found = dict(written)
    for patch in patches:
        if patch.op not in ("add", "replace", "remove"):
            raise bad_request(f"Invalid patch operation {patch.op} specified. Must be one of: [add, remove, replace]")
        parts = [unescaped(part) for part in patch.path.removeprefix("/").split("/")]
        valid = [f"/{wire}" for wire, _, _ in members(shape, names)]
        found = _in_structure(shape, found, parts, _Refusable(patch, valid), names)
    return found


class _Refusable:
    """A patch, and the paths that it may have."""

    def __init__(self, patch: Patch, valid: list[str]) -> None:
        self.op, self.value = patch.op, patch.value
        self._path, self._valid = patch.path, valid

    @property
    def invalid(self) -> ApiError:
        """The error for its path."""
        return invalid_patch(self.op, self._path, self._valid)


def _in_structure(
    shape: StructureShape, written: Any, parts: list[str], patch: _Refusable, names: Names | None = None
) -> dict[str, Any]:
    found = dict(written) if isinstance(written, Mapping) else {}
    wanted = parts[0]
    member = next(((name, inner) for wire, name, inner in members(shape, names) if wire == wanted), None)
    if member is None:
        raise patch.invalid
    name, inner = member
    return _having(found, name, _value(inner, found.get(name), parts[1:], patch))


def _having(found: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {key: item for key, item in found.items() if key != name}
    return {**found, name: value}


def _value(shape: Shape, written: Any, parts: list[str], patch: _Refusable) -> Any:
    """Return a value after the rest of a path; None where it is removed."""
    if isinstance(shape, ListShape):
        return _in_list(shape, written, parts, patch)
    if not parts:
        return None if patch.op == "remove" else _scalar(shape, patch)
    if isinstance(shape, StructureShape):
        return _in_structure(shape, written, parts, patch) or None
    if isinstance(shape, MapShape):
        found = dict(written) if isinstance(written, Mapping) else {}
        key = "/".join(parts)  # a client that does not escape the slashes of a key means the key
        if patch.op == "remove" and key not in found:
            raise patch.invalid
        return _having(found, key, None if patch.op == "remove" else _scalar(shape.value, patch))
    raise patch.invalid


def _scalar(shape: Shape, patch: _Refusable) -> Any:
    if isinstance(shape, StructureShape | MapShape | ListShape):
        raise patch.invalid
    return _READING[shape.type_name](patch.value) if shape.type_name in _READING else patch.value


def _in_list(shape: ListShape, written: Any, parts: list[str], patch: _Refusable) -> list[Any] | None:
    """Return a list after a patch of it, or of the item that the rest of the path names."""
    if isinstance(shape.member, StructureShape | MapShape | ListShape):
        raise patch.invalid
    items = [written] if isinstance(written, str) else list(written or ())
    if not parts:
        return _of_whole_list(items, patch)
    named = "/".join(parts)
    number = whole_number(named)
    place = number if number is not None and number < len(items) else None
    place = items.index(named) if place is None and named in items else place
    if patch.op == "add" or (patch.op == "replace" and place is None):
        item = patch.value or named
        return items if item in items else [*items, item]
    if place is None:
        raise patch.invalid
    return [*items[:place], *([patch.value] if patch.op == "replace" else ()), *items[place + 1 :]] or None


def _of_whole_list(items: list[Any], patch: _Refusable) -> list[Any] | None:
    given = [part for part in patch.value.split(",") if part]
    if patch.op == "add":
        return [*items, *(one for one in given if one not in items)]
    if patch.op == "replace":
        return given or None
    return [one for one in items if given and one not in given] or None
