"""Deadline of a connection: it moves with each step of the client, and its timer follows late."""

import asyncio
from collections.abc import Callable


class Deadline:
    """A deadline that calls `passed`. Its timer is set again only when the deadline becomes nearer."""

    def __init__(self, loop: asyncio.AbstractEventLoop, passed: Callable[[], None]) -> None:
        self._loop = loop
        self._passed = passed
        self._at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def move(self, seconds: float) -> None:
        """Set the deadline to `seconds` from now."""
        self._at = self._loop.time() + seconds
        if self._timer is None or self._timer.when() > self._at:
            self.cancel()
            self._timer = self._loop.call_at(self._at, self._check)

    def end(self) -> None:
        """Stop for good, and release the callback: it refers to the connection, which is freed without a collector."""
        self.cancel()
        self._passed = _ended

    def cancel(self) -> None:
        """Stop the timer."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _check(self) -> None:
        self._timer = None
        left = self._at - self._loop.time()
        if left > 0:
            self.move(left)
        else:
            self._passed()


def _ended() -> None:
    """Do nothing."""
