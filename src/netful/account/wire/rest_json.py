"""Answers of the `rest-json` protocol: members under their names on the wire, times as seconds (Smithy, `restJson1`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape


def answer(operation: OperationModel, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of an operation's answer, whose members are named as in its output shape."""
    shape = operation.output_shape
    return _structure(shape, result) if shape is not None else {}


def _structure(shape: StructureShape, value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        str(member.serialization.get("name", name)): _value(member, value[name])
        for name, member in shape.members.items()
        if value.get(name) is not None and "location" not in member.serialization
    }


def _value(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(shape, value)
    if isinstance(shape, ListShape):
        return [_value(shape.member, one) for one in value]
    if isinstance(shape, MapShape):
        return {str(key): _value(shape.value, one) for key, one in value.items()}
    return value.timestamp() if isinstance(value, datetime) else value
