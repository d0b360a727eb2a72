"""Constraints of a request's shape: required members, enumerations, ranges, lengths, patterns, in AWS's words."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import ListShape, OperationModel, Shape, StructureShape

_NUMBERS = ("integer", "long", "float", "double")


def problems(operation: OperationModel, asked: Mapping[str, Any]) -> str:
    """Return AWS's message on the constraints that a request violates; "" for a valid one."""
    found = [*_of_structure(operation.input_shape, asked, "")] if operation.input_shape is not None else []
    if not found:
        return ""
    return f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: {'; '.join(found)}"


def _of_structure(shape: StructureShape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"Value null at '{path}{_spelt(name)}' failed to satisfy constraint: Member must not be null"
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _of_value(member, value[name], f"{path}{_spelt(name)}")


def _of_value(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from _of_structure(shape, value, f"{path}.")
    elif isinstance(shape, ListShape):
        for number, item in enumerate(value, 1):
            yield from _of_value(shape.member, item, f"{path}.{number}.member")
    for text in _broken(shape, value):
        yield f"Value '{value}' at '{path}' failed to satisfy constraint: Member must {text}"


def _broken(shape: Shape, value: Any) -> Iterator[str]:
    limits = shape.metadata
    if limits.get("enum") and value not in limits["enum"]:
        yield f"satisfy enum value set: [{', '.join(limits['enum'])}]"
    number = shape.type_name in _NUMBERS
    if not number and shape.type_name not in ("string", "list"):
        return
    measured, size = ("value", value) if number else ("length", len(value))
    if "min" in limits and size < limits["min"]:
        yield f"have {measured} greater than or equal to {limits['min']}"
    if "max" in limits and size > limits["max"]:
        yield f"have {measured} less than or equal to {limits['max']}"
    pattern = _compiled(limits["pattern"]) if shape.type_name == "string" and "pattern" in limits else None
    if pattern is not None and pattern.fullmatch(value) is None:
        yield f"satisfy regular expression pattern: {limits['pattern']}"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Return the compiled pattern; None if Python cannot compile it, and then it does not constrain."""
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _spelt(name: str) -> str:
    return name[0].lower() + name[1:]
