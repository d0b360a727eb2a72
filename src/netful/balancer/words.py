"""Words of HAProxy's configuration language: how text of a template gets into it without changing its meaning."""

from __future__ import annotations

import re

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.:-]")


def quoted(text: str) -> str:
    """One word, whatever is in it; HAProxy knows no line end within a word, so it becomes a space."""
    plain = text.replace("\r", " ").replace("\n", " ").replace("\0", " ")
    return "'" + plain.replace("'", "'\\''") + "'"


def literal(text: str) -> str:
    """Text inside a log-format string, where a percent sign would begin an expression."""
    return text.replace("%", "%%")


def name(text: str) -> str:
    """A name for a proxy, a server or a file."""
    return _NOT_IN_NAMES.sub("-", text)


def argument(text: str) -> str:
    """An argument of a converter, inside a word that `quoted` makes: it has quotes of its own."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
