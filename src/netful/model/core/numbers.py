"""Whole numbers in texts."""

from __future__ import annotations

_LONGEST = 4000  # Python refuses to convert more than 4,300 digits


def whole_number(text: object) -> int | None:
    """Return the number that a text of ASCII digits is, else None.

    `str.isdigit` is not enough before `int`: "²" is a digit for it, but not for `int`.
    """
    if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= _LONGEST:
        return int(text)
    return None
