"""Input of a connection in pieces, one each turn of the event loop: a client may send thousands of requests at once.

While pieces wait, nothing more is read, so the client waits too.
"""

import asyncio
from collections.abc import Callable


class Pieces:
    """The bytes that arrived on a connection. `take` receives the next piece, of at most `size()` bytes."""

    def __init__(self, transport: asyncio.Transport, take: Callable[[bytes], None], size: Callable[[], int]) -> None:
        self._transport = transport
        self._take = take
        self._size = size
        self._data = b""
        self._at = 0
        self._paused = self._held = False
        self._turn: asyncio.Handle | None = None

    def feed(self, data: bytes) -> None:
        """Add bytes; a small number is taken at once."""
        if self._at == len(self._data) and not self._paused and len(data) <= self._size():
            self._take(data)
            return
        self._data, self._at = self._data[self._at :] + data, 0
        self._proceed()

    @property
    def paused(self) -> bool:
        """Return whether it waits for `resume`."""
        return self._paused

    def pause(self) -> None:
        """Hand over and read nothing until `resume`."""
        self._paused = True
        self._read(on=False)

    def resume(self) -> None:
        """Continue."""
        self._paused = False
        self._proceed()

    def end(self) -> None:
        """Take no more: what was not taken is forgotten, and what comes is ignored."""
        self._data, self._at = b"", 0
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        self._take, self._size = _ignore, _any_number  # breaks reference cycles with the protocol

    def _next(self) -> None:
        self._turn = None
        if self._paused:
            return
        start, self._at = self._at, min(self._at + self._size(), len(self._data))
        self._take(self._data[start : self._at])
        self._proceed()

    def _proceed(self) -> None:
        waits = self._at < len(self._data)
        self._read(on=not waits and not self._paused)
        if waits and not self._paused and self._turn is None:
            self._turn = asyncio.get_running_loop().call_soon(self._next)

    def _read(self, *, on: bool) -> None:
        if on is not self._held or self._transport.is_closing():
            return
        self._held = not on
        if on:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()


def _ignore(_data: bytes) -> None:
    """Do nothing."""


def _any_number() -> int:
    return 1 << 30
