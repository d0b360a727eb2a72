"""Methods of java.lang.String, Integer, Double and Boolean that templates use."""

from __future__ import annotations

import math
from typing import Any

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


def _replace(value: str, old: str, new: str) -> str:
    if value.count(old) * len(new) > limits.TEXT_LENGTH:
        raise RenderError(f"a string of more than {limits.TEXT_LENGTH} characters")
    return value.replace(old, new)


def _replace_all(value: str, expression: str, replacement: str) -> str:
    if len(value) * (len(replacement) + 1) > limits.TEXT_LENGTH * 10:
        raise RenderError(f"a replacement in a string of {len(value)} characters could become too long")
    return java_regex.replace(value, expression, replacement)


def _compare(value: Any, other: Any) -> int:
    return int(value > other) - int(value < other)


def _whole(value: float) -> int:
    return int(value) if math.isfinite(value) else 0


def _double(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _parse(kind: type) -> Any:
    def parse(_: Any, value: str) -> Any:
        try:
            return kind(value)
        except ValueError as error:
            raise RenderError(f"`{value}` is not a number") from error

    return parse


ANY: Methods = {
    ("toString", 0): Method(text),
    ("equals", 1): Method(lambda value, other: type(value) is type(other) and equal(value, other), (object,)),
}

STRING = ANY | methods(
    length=len,
    isEmpty=lambda value: not value,
    trim=lambda value: value.strip(" \t\r\n\f\v\0"),
    toUpperCase=str.upper,
    toLowerCase=str.lower,
    charAt=Method(_char_at, (int,)),
    substring=(Method(_substring, (int,)), Method(_substring, (int, int))),
    indexOf=(Method(str.find, (str,)), Method(str.find, (str, int))),
    lastIndexOf=Method(str.rfind, (str,)),
    contains=Method(str.__contains__, (str,)),
    startsWith=Method(str.startswith, (str,)),
    endsWith=Method(str.endswith, (str,)),
    equals=Method(lambda value, other: isinstance(other, str) and value == other, (object,)),
    equalsIgnoreCase=Method(lambda value, other: value.casefold() == other.casefold(), (str,)),
    compareTo=Method(_compare, (str,)),
    concat=Method(lambda value, other: value + other, (str,)),
    replace=Method(_replace, (str, str)),
    replaceAll=Method(_replace_all, (str, str)),
    replaceFirst=Method(lambda value, old, new: java_regex.replace(value, old, new, count=1), (str, str)),
    matches=Method(lambda value, pattern: java_regex.java_pattern(pattern).fullmatch(value) is not None, (str,)),
    split=(
        Method(lambda value, pattern: ArrayList(java_regex.split(value, pattern)), (str,)),
        Method(lambda value, pattern, limit: ArrayList(java_regex.split(value, pattern, limit)), (str, int)),
    ),
)  # fmt: skip

NUMBER = ANY | methods(
    intValue=_whole,
    longValue=_whole,
    doubleValue=_double,
    compareTo=Method(_compare, (float,)),
    parseInt=Method(_parse(int), (str,)),
    parseLong=Method(_parse(int), (str,)),
    parseDouble=Method(_parse(float), (str,)),
    valueOf=Method(_parse(int), (str,)),
)

BOOLEAN = ANY | methods(booleanValue=bool, parseBoolean=Method(lambda _, value: value.lower() == "true", (str,)))
