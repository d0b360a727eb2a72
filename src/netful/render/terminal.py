"""What the terminal allows: its width, and whether to use colour (https://no-color.org)."""

from __future__ import annotations

import os
import shutil
from typing import TextIO

_WITHOUT_TERMINAL = 140


def width_of(stream: TextIO) -> int:
    """The columns of a terminal; a file or pipe gets lines that are seldom cut."""
    return shutil.get_terminal_size((_WITHOUT_TERMINAL, 24)).columns if stream.isatty() else _WITHOUT_TERMINAL


def colour_on(stream: TextIO) -> bool:
    """Whether to colour what is written to a stream."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def painted(text: str, code: str, *, colour: bool) -> str:
    """A text in the colour of an ANSI code, such as `31`, where colour is wanted."""
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text
