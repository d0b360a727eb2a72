"""Standard streams, prepared before the first output.

Rules:
1. A closed stream (`>&-`) is replaced by /dev/null. Otherwise the first file or socket that is opened would get its number and
   receive output.
2. A character outside the stream's encoding is replaced by a similar one, but not by `?`, which marks unknown values.
3. Lines of both outputs are written in the order of their printing, also to one file or pipe.
4. Help has a width that holds a word.
"""

import codecs
import os
import sys
from typing import TextIO

from netful.render.terminal import columns

_NEAR = {"✓": "+", "✗": "x", "→": "->", "…": "...", "·": "-", "─": "-", "│": "|", **dict.fromkeys("╭╮╰╯", "+")}
_NARROWEST = 40
_USUAL = 80


def prepare() -> None:
    """Prepare all three streams."""
    for number, mode in ((0, "r"), (1, "w"), (2, "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number is this stream's
            stream = os.fdopen(number, mode, encoding="utf-8", closefd=False)
            setattr(sys, ("stdin", "stdout", "stderr")[number], stream)
    codecs.register_error("near", _near)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="near", line_buffering=True)  # type: ignore[union-attr]  # both are text files
    width = columns(_USUAL)  # treats `COLUMNS=0` as unset, unlike the help's layout
    if width < _NARROWEST or os.environ.get("COLUMNS") == "0":
        os.environ["COLUMNS"] = str(max(width, _NARROWEST))


def abandon(*streams: TextIO) -> None:
    """Stop writing to streams after an error: Python would report it again when it flushes at exit."""
    for stream in streams:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _near(error: UnicodeError) -> tuple[str, int]:
    """Return the replacement of a character."""
    assert isinstance(error, UnicodeEncodeError)
    character = error.object[error.start]
    return _NEAR.get(character, ascii(character)[1:-1]), error.start + 1
