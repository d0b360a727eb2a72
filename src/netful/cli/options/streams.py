"""The standard streams, made fit before anything is printed.

Rules:
1. A stream that was closed (`>&-`) leads to nowhere: otherwise the first file or socket that is opened would take its
   place, and be written to.
2. A character that the stream's encoding lacks is written as something near. `?` is none: it is the sign of what is unknown.
3. Help is laid out in a width that holds a word.
"""

from __future__ import annotations

import codecs
import os
import shutil
import sys

_NEAR = {"✓": "+", "✗": "x", "→": "->", "…": "...", "·": "-", "─": "-", "│": "|", **dict.fromkeys("╭╮╰╯", "+")}
_NARROWEST = 40


def prepare() -> None:
    """Make all three streams fit."""
    for number, mode in ((0, "r"), (1, "w"), (2, "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free is this one
            stream = os.fdopen(number, mode, encoding="utf-8", closefd=False)
            setattr(sys, ("stdin", "stdout", "stderr")[number], stream)
    codecs.register_error("near", _near)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="near")  # type: ignore[union-attr]  # both are text files
    columns = shutil.get_terminal_size().columns  # takes `COLUMNS=0` for not said, which the help's layout does not
    if columns < _NARROWEST or os.environ.get("COLUMNS") == "0":
        os.environ["COLUMNS"] = str(max(columns, _NARROWEST))


def abandon() -> None:
    """Write no more to stdout, which failed: Python would complain once more while it flushes it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _near(error: UnicodeError) -> tuple[str, int]:
    """What is written in place of a character."""
    assert isinstance(error, UnicodeEncodeError)
    character = error.object[error.start]
    return _NEAR.get(character, ascii(character)[1:-1]), error.start + 1
