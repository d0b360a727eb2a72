"""Members of API Gateway's requests and answers, and properties of CloudFormation's resources: the same with other names.

A member `connectionType` is the property `ConnectionType`; a few have other names. Keys of maps stay as they are.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from netful.account.wire.service_model import operation_model
from netful.gateway.control.operations.faults import bad_request
from netful.model.core.unknown import Unknown

Names = Mapping[str, str]
"""Properties by their members, where they are not the member with a capital letter."""

_KINDS: Mapping[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
}


def input_shape(service: str, operation: str) -> StructureShape:
    """Return the shape of an operation's input."""
    return _structure(service, operation, "input_shape")


def output_shape(service: str, operation: str) -> StructureShape:
    """Return the shape of an operation's output."""
    return _structure(service, operation, "output_shape")


def _structure(service: str, operation: str, which: str) -> StructureShape:
    model = operation_model(service, operation)
    shape = getattr(model, which)
    assert isinstance(shape, StructureShape), operation
    return shape


def members(shape: StructureShape, names: Names | None = None) -> Iterator[tuple[str, str, Shape]]:
    """Yield the members of a request's body: each with the name on the wire, its property, and its shape."""
    for name, inner in shape.members.items():
        if "location" not in inner.serialization:
            wire = inner.serialization.get("name", name)
            yield wire, (names or {}).get(name, name[:1].upper() + name[1:]), inner


def properties(shape: StructureShape, body: Mapping[str, Any], names: Names | None = None) -> dict[str, Any]:
    """Return the properties that a request's body sets. Raises ControlError for a value of another type."""
    found = members(shape, names)
    return {name: _property(inner, wire, body[wire]) for wire, name, inner in found if body.get(wire) is not None}


def _property(shape: Shape, wire: str, value: Any) -> Any:
    if not _fits(shape.type_name, value):
        raise bad_request(f"Invalid request input: {wire} has to be of type {shape.type_name}")
    if isinstance(shape, StructureShape):
        return properties(shape, value)
    if isinstance(shape, MapShape):
        return {key: _property(shape.value, wire, item) for key, item in value.items()}
    if isinstance(shape, ListShape):
        return [_property(shape.member, wire, item) for item in value]
    return value


def _fits(kind: str, value: Any) -> bool:
    is_flag = kind == "boolean"
    return isinstance(value, _KINDS.get(kind, (object,))) and (is_flag or not isinstance(value, bool))


def shown(shape: StructureShape, written: Mapping[str, Any], names: Names | None = None) -> dict[str, Any]:
    """Return the members of an answer that properties have; unknown ones are left out."""
    found = members(shape, names)
    return {wire: _shown(inner, written[name]) for wire, name, inner in found if _is_set(written.get(name))}


def _is_set(value: Any) -> bool:
    return value is not None and not isinstance(value, Unknown)


def _shown(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        return shown(shape, value)
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {key: _shown(shape.value, item) for key, item in value.items() if _is_set(item)}
    if isinstance(shape, ListShape) and isinstance(value, list | tuple):
        return [_shown(shape.member, item) for item in value if _is_set(item)]
    return _scalar(shape.type_name, value)


def _scalar(kind: str, value: Any) -> Any:
    """Return a value in the type of the answer: a template may write a number or a boolean as a text."""
    if kind == "boolean":
        return str(value).lower() == "true"
    if kind in ("integer", "long"):
        return int(float(str(value)))
    if kind in ("float", "double"):
        return float(str(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
