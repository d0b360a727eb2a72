"""Standard streams, prepared before the first output.

Rules:
1. A closed stream (`>&-`) is replaced by /dev/null. Otherwise the first file or socket that is opened would get its number and
   receive output.
2. A character outside the stream's encoding is replaced by a similar one, but not by `?`, which marks unknown values.
3. Lines of both outputs are written in the order of their printing, also to one file or pipe.
4. Help has a width that holds a word.
5. A reader that closes its pipe (`| head`) does not change the verdict, and so the exit code. A verb that follows the stack flushes
   what it prints; there it ends.
"""

import codecs
import io
import os
import sys
from typing import TextIO

from netful.render.terminal import columns

_NEAR = {"✓": "+", "✗": "x", "→": "->", "…": "...", "·": "-", "─": "-", "│": "|", **dict.fromkeys("╭╮╰╯", "+")}
_NARROWEST = 40
_USUAL = 80


class _Stream(io.TextIOWrapper):
    """An output stream whose reader may leave."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        writes_through = stream.write_through
        encoding = stream.encoding
        super().__init__(
            stream.detach(),
            encoding=encoding,
            errors="near",
            line_buffering=True,
            write_through=writes_through,
        )
        self._left = False

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            self._left = True
            abandon(self)
            return len(text)


class _Output(_Stream):
    """Standard output: a flush reports once that its reader has left."""

    def flush(self) -> None:
        super().flush()
        if self._left:
            self._left = False
            raise BrokenPipeError


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
    sys.stdout = _Output(sys.stdout)  # type: ignore[arg-type]  # both are text files
    sys.stderr = _Stream(sys.stderr)  # type: ignore[arg-type]
    width = columns(sys.stdout, _USUAL)  # treats `COLUMNS=0` as unset, unlike the help's layout
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
