"""Methods of java.lang.String, Integer, Double and Boolean that templates use."""

import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from netful.engine.effort.allowance import Allowance
from netful.engine.effort.weight import pay_for
from netful.engine.vtl.java import java_regex
from netful.engine.vtl.java.method import Method, Methods, methods, out_of_bounds
from netful.engine.vtl.java.values import ArrayList, equal, text
from netful.engine.vtl.syntax import limits
from netful.engine.vtl.syntax.errors import RenderError


def _char_at(value: str, index: int) -> str:
    return value[index] if 0 <= index < len(value) else out_of_bounds(index, len(value))


def _substring(value: str, begin: int, end: int | None = None) -> str:
    stop = len(value) if end is None else end
    return value[begin:stop] if 0 <= begin <= stop <= len(value) else out_of_bounds(begin, len(value))


def _look(work: Allowance, value: str, wanted: str) -> None:
    """Pay for looking for a text in another one, at the worst for comparing it at each position."""
    work.spend(len(value) * len(wanted) >> 7)


def _index_of(work: Allowance, value: str, wanted: str, begin: int = 0) -> int:
    _look(work, value, wanted)
    return value.find(wanted, begin)


def _last_index_of(work: Allowance, value: str, wanted: str) -> int:
    _look(work, value, wanted)
    return value.rfind(wanted)


def _contains(work: Allowance, value: str, wanted: str) -> bool:
    _look(work, value, wanted)
    return wanted in value


def _replace(work: Allowance, value: str, old: str, new: str) -> str:
    _look(work, value, old)
    length = value.count(old) * len(new)
    work.spend(length >> 4)
    if length > limits.TEXT_LENGTH:
        raise RenderError(f"a string of more than {limits.TEXT_LENGTH} characters")
    return value.replace(old, new)


def _compare(value: Any, other: Any) -> int:
    return int(value > other) - int(value < other)


def _whole(value: float) -> int:
    return int(value) if math.isfinite(value) else 0


def _double(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


_WHOLE = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"([+-]?(?:NaN|Infinity|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?))[fFdD]?", re.ASCII)
_BLANK = "".join(map(chr, range(33)))
"""The characters that Java's `trim` removes."""


def _integer(bits: int, value: str) -> int:
    """Read the text of an integer with a number of bits."""
    number = int(value) if _WHOLE.fullmatch(value) else None
    if number is None or not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise ValueError
    return number


def _decimal(value: str) -> float:
    """Return the number of a text in decimal digits; Java also reads hexadecimal ones."""
    found = _DECIMAL.fullmatch(value.strip(_BLANK))
    if found is None:
        raise ValueError
    return float(found[1])


def _parse(read: Callable[[str], Any], work: Allowance, _: Any, value: str) -> Any:
    work.spend(len(value) ** 2 >> 11)
    try:
        return read(value)
    except ValueError as error:
        raise RenderError(f"`{value}` is not a number") from error


def _split(work: Allowance, value: str, expression: str, limit: int = 0) -> list[str]:
    return ArrayList(java_regex.split(work, value, expression, limit))


def _to_string(work: Allowance, value: Any) -> str:
    pay_for(work, value)
    return text(value)


def _equals(work: Allowance, value: Any, other: Any) -> bool:
    pay_for(work, value, other)
    return type(value) is type(other) and equal(value, other)


ANY: Methods = {("toString", 0): Method(_to_string, works=True), ("equals", 1): Method(_equals, (object,), works=True)}

STRING = ANY | methods(
    length=len,
    isEmpty=lambda value: not value,
    trim=lambda value: value.strip(_BLANK),
    toUpperCase=str.upper,
    toLowerCase=str.lower,
    charAt=Method(_char_at, (int,)),
    substring=(Method(_substring, (int,)), Method(_substring, (int, int))),
    indexOf=(Method(_index_of, (str,), works=True), Method(_index_of, (str, int), works=True)),
    lastIndexOf=Method(_last_index_of, (str,), works=True),
    contains=Method(_contains, (str,), works=True),
    startsWith=Method(str.startswith, (str,)),
    endsWith=Method(str.endswith, (str,)),
    equals=Method(lambda value, other: isinstance(other, str) and value == other, (object,)),
    equalsIgnoreCase=Method(lambda value, other: value.casefold() == other.casefold(), (str,)),
    compareTo=Method(_compare, (str,)),
    concat=Method(lambda value, other: value + other, (str,)),
    replace=Method(_replace, (str, str), works=True),
    replaceAll=Method(java_regex.replace_all, (str, str), works=True),
    replaceFirst=Method(java_regex.replace_first, (str, str), works=True),
    matches=Method(java_regex.matches, (str,), works=True),
    split=(Method(_split, (str,), works=True), Method(_split, (str, int), works=True)),
)  # fmt: skip

NUMBER = ANY | methods(
    intValue=_whole,
    longValue=_whole,
    doubleValue=_double,
    compareTo=Method(_compare, (float,)),
    parseInt=Method(partial(_parse, partial(_integer, 32)), (str,), works=True),
    parseLong=Method(partial(_parse, partial(_integer, 64)), (str,), works=True),
    parseDouble=Method(partial(_parse, _decimal), (str,), works=True),
    valueOf=Method(partial(_parse, partial(_integer, 32)), (str,), works=True),
)

BOOLEAN = ANY | methods(booleanValue=bool, parseBoolean=Method(lambda _, value: value.lower() == "true", (str,)))
