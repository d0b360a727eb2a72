"""Numbers, flags and texts in the types of a service's shapes: `"80"` is a number where the shape is one, and a text elsewhere."""

import json
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from netful.model.core import Unknown, is_true, is_wholly_known, whole_number


def text(value: Any) -> str | None:
    """Return a value as text: of a document, such as a policy, its JSON. None for one of which a part is unknown."""
    if isinstance(value, str):
        return value
    if not is_wholly_known(value):
        return None
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def integer(value: Any) -> int | None:
    """Return a value as a whole number, which may be negative; None for another value."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    written = str(value)
    number = whole_number(written.removeprefix("-"))
    return -number if number is not None and written.startswith("-") else number


def _decimal(value: Any) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if isfinite(number) else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None if isinstance(value, Unknown) else is_true(value)


def _known(value: Any) -> Any:
    return None if isinstance(value, Unknown) else value


SCALARS: Mapping[str, Callable[[Any], Any]] = {
    "string": text,
    "character": text,
    "boolean": _flag,
    **dict.fromkeys(("timestamp", "blob"), _known),
    **dict.fromkeys(("integer", "long"), integer),
    **dict.fromkeys(("float", "double"), _decimal),
}
"""By the types of shapes, the functions that return a value in the type; None for one that is unknown or does not fit."""
