"""Values of templates as the types of a service's shapes: `"80"` is a number where the shape is one.

Every answer is written in these types, by whatever protocol: records contain properties as templates have them. What is unknown,
or does not fit, is left out.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from netful.model.core import Unknown, known_parts
from netful.service_models.scalars import SCALARS

Coercion = Callable[[Any], Any]
"""Returns a value in the types of a shape; None for what does not fit. Each shape has its function once."""


def typed(shape: Shape, value: Any) -> Any:
    """Return a value in the types of a shape, without members that the shape lacks; None for what does not fit."""
    return None if value is None else _coercion(shape)(value)


def answered(operation: OperationModel, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of an operation in the types of its output shape."""
    found: dict[str, Any] = typed(operation.output_shape, result) if operation.output_shape is not None else {}
    return found


def scalar(shape: Shape) -> Coercion:
    """Return the function for a shape that is neither a structure nor a list nor a map."""
    return SCALARS[shape.type_name]


def items(value: Any) -> Iterable[Any]:
    """Return the items of a list; a value that is not a list is the only item."""
    return value if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping) else (value,)


@cache
def _coercion(shape: Shape) -> Coercion:
    if isinstance(shape, StructureShape):
        return known_parts if shape.is_document_type else lambda value: _structure(shape, value)
    if isinstance(shape, ListShape):
        return lambda value: _list(shape, value)
    if isinstance(shape, MapShape):
        return lambda value: _entries(shape, value)
    return scalar(shape)


@cache
def _members(shape: StructureShape) -> Mapping[str, Coercion]:
    return {name: _coercion(member) for name, member in shape.members.items()}


def _structure(shape: StructureShape, value: Any) -> dict[str, Any] | None:
    if not isinstance(value, Mapping):
        return None
    members = _members(shape)
    found = {name: members[name](own) for name, own in value.items() if name in members and own is not None}
    return {name: own for name, own in found.items() if own is not None}


def _list(shape: ListShape, value: Any) -> list[Any] | None:
    if isinstance(value, Unknown):
        return None
    found = (typed(shape.member, one) for one in items(value))
    return [one for one in found if one is not None]


def _entries(shape: MapShape, value: Any) -> dict[str, Any] | None:
    if not isinstance(value, Mapping):
        return None
    found = {str(key): typed(shape.value, item) for key, item in value.items()}
    return {key: item for key, item in found.items() if item is not None}
