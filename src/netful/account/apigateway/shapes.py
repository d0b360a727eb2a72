"""Values of API Gateway under their three names: members of requests and answers, properties of resources, fields of the model.

A member `connectionType` is the property `ConnectionType` of CloudFormation and the field `connection_type`; a few have other
names. Keys of maps stay as they are.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.representation import known
from netful.account.wire.coercion import typed
from netful.account.wire.service_model import operation_model, service_model
from netful.model.core import is_set

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
    model = operation_model(service, operation)
    assert model is not None, operation
    assert model.input_shape is not None, operation
    return model.input_shape


def _shape(service: str, name: str) -> StructureShape:
    shape = service_model(service).shape_for(name)
    assert isinstance(shape, StructureShape), name
    return shape


def members(shape: StructureShape, names: Names | None = None) -> Iterator[tuple[str, str, Shape]]:
    """Yield the members of a request's body: each with the name on the wire, its property, and its shape."""
    for name, inner in shape.members.items():
        if "location" not in inner.serialization:
            wire = inner.serialization.get("name", name)
            yield wire, (names or {}).get(name, name[:1].upper() + name[1:]), inner


def properties(shape: StructureShape, body: Mapping[str, Any], names: Names | None = None) -> dict[str, Any]:
    """Return the properties that a request's body sets. Raises ApiError for a value of another type."""
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


_MAPS = (
    "RequestParameters", "RequestTemplates", "ResponseParameters", "ResponseTemplates", "StageVariables",
    "DefaultRouteSettings", "RouteSettings",
)  # fmt: skip
"""Maps that an update of the newer API merges key by key; an empty value removes a key."""


def merged(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties with those of an update by the newer API."""
    found = {**before, **given}
    for name in _MAPS:
        old = before.get(name)
        old = old if isinstance(old, Mapping) else {}
        if name in given:
            items = given[name].items()
            together = {**old, **{key: _setting(name, old.get(key), value) for key, value in items}}
            found[name] = {key: value for key, value in together.items() if value not in ("", {})}
    return found


def _setting(name: str, before: Any, given: Any) -> Any:
    """Return a value of a map; the settings of a route keep what an update leaves out."""
    return {**before, **given} if name == "RouteSettings" and given and isinstance(before, Mapping) else given


def shown(service: str, shape: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of an answer that properties have, but not its tags; unknown ones are left out."""
    own = {name: value for name, value in written.items() if name != "Tags"}
    found: dict[str, Any] = _shown(_shape(service, shape), own)
    return found


def modelled(service: str, shape: str, thing: object, **own: Any) -> dict[str, Any]:
    """Return the members of an answer that a thing of the model has as fields; `own` are further ones, or others in their place.

    Unknown values, empty lists and maps, and those that are not set are left out of the fields.
    """
    return known(**{**_fields(_shape(service, shape), thing), **own})


def _fields(shape: StructureShape, thing: object) -> dict[str, Any]:
    found = ((wire, inner, getattr(thing, _field(wire), None)) for wire, _, inner in members(shape))
    return {
        wire: known(**_fields(inner, value)) if isinstance(inner, StructureShape) else value
        for wire, inner, value in found
        if value is not None and value not in ((), {})
    }


@cache
def _field(wire: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", wire).lower()


def _shown(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        found = members(shape)
        return known(**{wire: _shown(inner, value[name]) for wire, name, inner in found if is_set(value.get(name))})
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {key: _shown(shape.value, item) for key, item in value.items() if is_set(item)}
    if isinstance(shape, ListShape) and isinstance(value, list | tuple):
        return [_shown(shape.member, item) for item in value if is_set(item)]
    return typed(shape, value)
