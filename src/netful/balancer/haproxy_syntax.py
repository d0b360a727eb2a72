"""Words of HAProxy's configuration language: escaping for text of a template."""

import re

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.:-]")
_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_NUMBERS = re.compile(r"[0-9]+(?:[,-][0-9]+)*", re.ASCII)


def quoted(text: str) -> str:
    """Return text as one word; a line end becomes a space, since HAProxy does not allow one within a word."""
    plain = text.replace("\r", " ").replace("\n", " ").replace("\0", " ")
    return "'" + plain.replace("'", "'\\''") + "'"


def literal(text: str) -> str:
    """Return text for a log-format string, in which a percent sign begins an expression."""
    return text.replace("%", "%%")


def word(text: str) -> str:
    """Return text as one word of names, such as a header's: AWS allows no other characters in them."""
    return _NOT_IN_NAMES.sub("-", text)


def numbers(written: object, default: str) -> str:
    """Return the numbers in a list such as `200` or `200-299,302`; the default if it is malformed."""
    text = re.sub(r"\s", "", str(written))
    return text if _NUMBERS.fullmatch(text) else default


def number(written: object, default: int) -> int:
    """Return a number of a template; the default if it is malformed."""
    text = str(written).strip()
    return int(text) if _DIGITS.fullmatch(text) else default


def argument(text: str) -> str:
    """Return an argument of a converter inside a word that `quoted` makes, with its own quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
