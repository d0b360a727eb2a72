"""Words of HAProxy's configuration language: how text of a template gets into it without changing its meaning."""

from __future__ import annotations

import re

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.:-]")
_NUMBERS = re.compile(r"[0-9]+(?:[,-][0-9]+)*", re.ASCII)


def quoted(text: str) -> str:
    """One word, whatever is in it; HAProxy knows no line end within a word, so it becomes a space."""
    plain = text.replace("\r", " ").replace("\n", " ").replace("\0", " ")
    return "'" + plain.replace("'", "'\\''") + "'"


def literal(text: str) -> str:
    """Text inside a log-format string, where a percent sign would begin an expression."""
    return text.replace("%", "%%")


def name(text: str) -> str:
    """A name for a proxy, a server or a file, or that of a header, which on AWS has no other characters either."""
    return _NOT_IN_NAMES.sub("-", text)


def numbers(written: object, default: str) -> str:
    """Whole numbers with commas and dashes between them, such as `200` or `200-299,302`; the default for anything else."""
    text = re.sub(r"\s", "", str(written))
    return text if _NUMBERS.fullmatch(text) else default


def argument(text: str) -> str:
    """An argument of a converter, inside a word that `quoted` makes: it has quotes of its own."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
