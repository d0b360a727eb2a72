"""Request to an operation, checked against the service's model: its members, or AWS's error.

| fault | error |
|---|---|
| a body that is not JSON, a value of another type | SerializationError |
| a missing required member, values outside of their constraints | ConstraintError, which names all of them |

Messages of constraints are AWS's (`1 validation error detected: …`, as recorded for Lambda and CloudFormation).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec

from netful.model.core import Frozen, whole_number
from netful.service_models.service_model import Operation, ServiceModel, Shape

_NUMBERS: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
}
_TYPES: dict[str, tuple[type, ...]] = {
    **_NUMBERS, "string": (str,), "blob": (str, bytes), "boolean": (bool,), "timestamp": (int, float, str, datetime),
    "list": (list,), "map": (dict,), "structure": (dict,),
}  # fmt: skip


Known: TypeAlias = Callable[[str, str], bool]
"""Accepts a text of a shape although it violates the constraints: names in the template replace AWS's ids."""


def _nothing(_shape: str, _text: str) -> bool:
    return False


class SerializationError(ValueError):
    """A request that cannot be read."""


class ConstraintError(ValueError):
    """A request that can be read, but violates constraints."""


class Given(Frozen):
    """The texts of a request, by place. The names of `headers` are in lower case."""

    labels: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes


def members(model: ServiceModel, operation: Operation, given: Given, known: Known = _nothing) -> dict[str, Any]:
    """Return the members of a request. Raise SerializationError or ConstraintError."""
    if operation.input is None:
        return {}
    shape = model.shapes[operation.input.shape]
    found = _placed(model, shape, given)
    check(model, operation, found, known)
    return found


def check(model: ServiceModel, operation: Operation, asked: Mapping[str, Any], known: Known = _nothing) -> None:
    """Raise SerializationError or ConstraintError if members are not what an operation takes."""
    if operation.input is None:
        return
    shape = model.shapes[operation.input.shape]
    _check_types(model, shape, asked)
    problems = [*_problems(model, shape, asked, known)]
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise ConstraintError(count + "; ".join(problems))


# --- places -----------------------------------------------------------------------------------------------------------


def _placed(model: ServiceModel, shape: Shape, given: Given) -> dict[str, Any]:
    blob = bool(shape.payload) and model.shapes[shape.members[shape.payload].shape].type == "blob"
    body = {} if blob else _json(given.body)
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        place, kind = member.location_name or name, model.shapes[member.shape].type
        value: Any
        if name == shape.payload:
            value = given.body if blob else body
        elif member.location == "querystring" and kind == "list":
            value = [text for key, text in given.query if key == place] or None
        elif member.location == "querystring":
            value = _read(kind, next((text for key, text in given.query if key == place), None))
        elif member.location == "header":
            value = _read(kind, given.headers.get(place.lower()))
        else:
            value = _read(kind, given.labels.get(place)) if member.location else body.get(place)
        if value is not None:
            found[name] = value
    return found


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise SerializationError("Could not parse request body into json") from error
    if not isinstance(found, dict):
        raise SerializationError("Could not parse request body into json: it is not an object")
    return found


def _read(kind: str, text: str | None) -> Any:
    """Return the value of a text outside of the body; a text of another type stays a text, and is rejected later."""
    if text is None or kind not in {*_NUMBERS, "boolean"}:
        return text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    return whole_number(text, text)


# --- types and constraints --------------------------------------------------------------------------------------------


def _inside(shape: Shape, value: Any) -> Iterator[tuple[str, Any, str]]:
    """Return the values within a value, each with its shape's name and its name in AWS's paths."""
    if shape.type == "structure":
        for name, member in shape.members.items():
            if value.get(name) is not None:  # a null counts as missing
                yield member.shape, value[name], _spelt(name)
    elif shape.member is not None:
        yield from ((shape.member.shape, one, f"{number}.member") for number, one in enumerate(value, 1))
    elif shape.value is not None:
        yield from ((shape.value.shape, one, f"{key}.member") for key, one in value.items())


def _check_types(model: ServiceModel, shape: Shape, value: Any) -> None:
    right = isinstance(value, _TYPES[shape.type]) and (shape.type == "boolean") == isinstance(value, bool)
    if not right:
        raise SerializationError(f"{_text(value)} can not be converted to {shape.type.title()}")
    for inner, one, _ in _inside(shape, value):
        _check_types(model, model.shapes[inner], one)


def _problems(model: ServiceModel, shape: Shape, value: Any, known: Known, path: str = "") -> Iterator[str]:
    for name in shape.required:
        if value.get(name) is None:
            yield f"Value null at '{path}{_spelt(name)}' failed to satisfy constraint: Member must not be null."
    for inner, one, name in _inside(shape, value):
        own = model.shapes[inner]
        for text in (*_broken(model, inner, one, known), *_broken_by_texts(model, own, one, known)):
            yield f"Value '{_text(one)}' at '{path}{name}' failed to satisfy constraint: {text}"
        if not _is_list_of_texts(model, own):
            yield from _problems(model, own, one, known, f"{path}{name}.")


def _is_list_of_texts(model: ServiceModel, shape: Shape) -> bool:
    return shape.type == "list" and shape.member is not None and model.shapes[shape.member.shape].type == "string"


def _broken_by_texts(model: ServiceModel, shape: Shape, value: Any, known: Known) -> Iterator[str]:
    """Yield the constraints of the texts of a list, or of the keys of a map, if one of them violates any."""
    of_texts = _is_list_of_texts(model, shape)
    member = shape.member if of_texts else shape.key
    if member is not None and any(_broken(model, member.shape, text, known) for text in value):
        texts = ", ".join(text for text, _ in _constraints(model, member.shape))
        yield f"{'Member' if of_texts else 'Map keys'} must satisfy constraint: [{texts}]"


def _broken(model: ServiceModel, shape_name: str, value: Any, known: Known) -> list[str]:
    if isinstance(value, str) and known(shape_name, value):
        return []
    return [text for text, holds in _constraints(model, shape_name) if not holds(value)]


@lru_cache(None)
def _constraints(model: ServiceModel, shape_name: str) -> tuple[tuple[str, Callable[[Any], object]], ...]:
    """Return the constraints of a shape, each as AWS's message and as a test."""
    shape = model.shapes[shape_name]
    number, pattern = shape.type in _NUMBERS, _compiled(shape.pattern)
    measured = "value" if number else "length"
    of: Callable[[Any], float] = float if number else len
    least, most = shape.min, shape.max
    found: list[tuple[str, Callable[[Any], object]]] = []
    if most is not None:
        found.append((f"Member must have {measured} less than or equal to {most}", lambda value: of(value) <= most))
    if least is not None:
        found.append(
            (f"Member must have {measured} greater than or equal to {least}", lambda value: of(value) >= least)
        )
    if pattern is not None:
        found.append((f"Member must satisfy regular expression pattern: {shape.pattern}", pattern.fullmatch))
    if shape.enum:
        found.append((f"Member must satisfy enum value set: [{', '.join(shape.enum)}]", shape.enum.__contains__))
    return tuple(found)


def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Return the compiled pattern, None if Python cannot compile it (for example Unicode classes): no constraint then."""
    try:
        return re.compile(pattern) if pattern else None
    except re.error:
        return None


def _spelt(name: str) -> str:
    return name[0].lower() + name[1:]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}={_text(one)}' for key, one in value.items())}}}"
    return f"[{', '.join(map(_text, value))}]" if isinstance(value, list) else str(value)
