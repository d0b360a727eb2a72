"""Values of a template, and their text in Java.

| Python | value | prints |
|---|---|---|
| `dict` | a map | `{a=1, b=x}` |
| `list` | an array from JSON | JSON: `[{"a":1}]` (recorded, api-gateway §5.7) |
| `ArrayList` | a list made in the template, by a split, by `keySet()` | `[1, x]` |
| `ABSENT` | a missing value of `$input.path` and `$input.params` | nothing; equal to `""` and to `$null` |
| `None` | undefined, or Java's null | nothing |
"""

import math
from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from netful.engine.vtl.syntax import limits
from netful.engine.vtl.syntax.errors import RenderError
from netful.model.core import Frozen

_HASHED_BITS = 64


class ArrayList(list[Any]):
    """A list that is not from JSON."""

    __slots__ = ()


class Absent(str):
    """The empty string that also equals null, and is false."""

    __slots__ = ()


ABSENT = Absent()


class Entry(Frozen):
    """A pair of a map, from `entrySet()`."""

    key: Any
    value: Any


class Lazy(Frozen):
    """A block from `#define`: rendered at each use of its text."""

    rendered: Callable[[], str]


def text(value: Any) -> str:
    """Return the printed text of a value."""
    if type(value) is str:
        return value
    printer = _PRINTERS.get(type(value))
    return printer(value) if printer else ""


def json_text(value: Any) -> str:
    """Return a value as JSON, without blanks."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if isinstance(value, dict):
        return _bounded([f"{encode_basestring(_inner(key))}:{json_text(item)}" for key, item in value.items()], "{,}")
    if isinstance(value, list):
        return _bounded([json_text(item) for item in value], "[,]")
    return text(value) if isinstance(value, int | float) else encode_basestring(text(value))


def map_key(value: Any) -> Any:
    """Return a value as the key of a map; the key for a list, a map or a number of more than 64 bits is its text.

    Larger numbers can be chosen so that many have one hash.
    """
    if isinstance(value, int):
        return value if value.bit_length() <= _HASHED_BITS else text(value)
    return value if value is None or isinstance(value, str | float) else text(value)


def truthy(value: Any) -> bool:
    """Return the truth value of Velocity 1: everything is true except null, false and absent values."""
    return value is not None and value is not False and value is not ABSENT


def equal(left: Any, right: Any) -> bool:
    """`==`: null equals only null; values of one kind compare by value, of different kinds by their text."""
    if left is None or right is None:
        return _is_nothing(left) and _is_nothing(right)
    if type(left) is type(right) or (is_number(left) and is_number(right)):
        return bool(left == right)
    for kind in (dict, list):
        if isinstance(left, kind) and isinstance(right, kind):
            return bool(left == right)
    return text(left) == text(right)


def double_text(value: float) -> str:
    """Return a double as Java prints it: `1.0`, `1.0E10`, `1.5E-5`."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("-" * (value < 0)) + "Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    shown = "".join(map(str, digits))
    return f"{'-' * sign}{shown[0]}.{shown[1:].rstrip('0') or '0'}E{int(exponent) + len(shown) - 1}"


def _is_nothing(value: Any) -> bool:
    return value is None or value is ABSENT


def is_number(value: Any) -> bool:
    """Return whether a value is a number, which a truth value is not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _inner(value: Any) -> str:
    return "null" if value is None else text(value)


def _bounded(parts: list[str], marks: str, limit: int = limits.TEXT_LENGTH) -> str:
    """Return the parts joined by separators, between the first and the last mark."""
    if sum(map(len, parts)) > limit:
        raise RenderError(f"a value of more than {limit} characters")
    return f"{marks[0]}{marks[1:-1].join(parts)}{marks[-1]}"


_PRINTERS: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "true" if value else "false",
    int: str,
    float: double_text,
    dict: lambda value: _bounded([f"{_inner(key)}={_inner(item)}" for key, item in value.items()], "{, }"),
    list: json_text,
    ArrayList: lambda value: _bounded([_inner(item) for item in value], "[, ]", limits.LIST_TEXT_LENGTH),
    Absent: lambda _: "",
    Lazy: lambda block: block.rendered(),
    Entry: lambda entry: f"{_inner(entry.key)}={_inner(entry.value)}",
}
