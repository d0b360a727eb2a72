"""Capabilities of the terminal: its width and colour (https://no-color.org)."""

import os
from typing import TextIO

_WITHOUT_TERMINAL = 140


def width_of(stream: TextIO) -> int:
    """Return the columns of a terminal; for a file or pipe, a width that seldom cuts a line."""
    return columns(stream, _WITHOUT_TERMINAL) if stream.isatty() else _WITHOUT_TERMINAL


def columns(stream: TextIO, otherwise: int) -> int:
    """Return the columns of a stream's terminal, as `shutil` finds them, which imports archives for 5 ms."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(stream.fileno()).columns or otherwise
    except (ValueError, OSError):
        return otherwise


def colour_on(stream: TextIO) -> bool:
    """Return whether output to a stream is coloured."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def painted(text: str, code: str, *, colour: bool) -> str:
    """Return a text in the colour of an ANSI code, such as `31`, if colour is on."""
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text
