"""Whole numbers in texts."""

from typing import TypeVar, overload

D = TypeVar("D")

_LONGEST = 4_000  # `int` rejects more than 4,300 digits


@overload
def whole_number(value: object) -> int | None: ...
@overload
def whole_number(value: object, default: D) -> int | D: ...
def whole_number(value: object, default: D | None = None) -> int | D | None:
    """Return the number that a value's text contains in ASCII digits, else the default.

    `str.isdigit` does not protect `int`: it is true for "²", which `int` rejects.
    """
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST else default
