"""Values of templates as the types of a service's shapes: `"80"` is a number where the shape is one."""

from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from netful.model.core import Unknown, is_true, whole_number


def typed(shape: Shape, value: Any) -> Any:
    """Return a value in the types of a shape, without members that the shape lacks; None for what does not fit."""
    if value is None or isinstance(value, Unknown):
        return None
    if isinstance(shape, StructureShape):
        return _structure(shape, value) if isinstance(value, Mapping) else None
    if isinstance(shape, ListShape):
        items = value if isinstance(value, list | tuple) else [value]
        return [found for item in items if (found := typed(shape.member, item)) is not None]
    if isinstance(shape, MapShape):
        return (
            {str(key): typed(shape.value, item) for key, item in value.items()} if isinstance(value, Mapping) else None
        )
    return _SCALARS.get(shape.type_name, _text)(value)


def _structure(shape: StructureShape, value: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: typed(member, value.get(name)) for name, member in shape.members.items()}
    return {name: member for name, member in found.items() if member is not None}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decimal(value: Any) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


_SCALARS: dict[str, Any] = {
    "boolean": is_true,
    **dict.fromkeys(("integer", "long"), whole_number),
    **dict.fromkeys(("float", "double"), _decimal),
}
