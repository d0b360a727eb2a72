"""Streamed response of a function, piece by piece, at Lambda's pace (lambda §2.4, §3.2, §3.9)."""

import asyncio
from collections.abc import AsyncIterator

from netful.functions.invocations.invocation import Invocation

MEGABYTE = 1024 * 1024
_AT_ONCE = 6 * MEGABYTE
_A_SECOND = 2 * MEGABYTE


class StreamPace:
    """Pace of one response."""

    def __init__(self) -> None:
        self._sent = 0
        self._since = 0.0

    def delay(self, size: int, now: float) -> float:
        """Count a piece; return the seconds until it may be sent."""
        before, self._sent = self._sent, self._sent + size
        if self._sent <= _AT_ONCE:
            return 0.0
        if before <= _AT_ONCE:
            self._since = now
        return max(0.0, self._since + (self._sent - _AT_ONCE) / _A_SECOND - now)


MAX_STREAM = 200 * 1024 * 1024
"""Maximum bytes of a streamed response (lambda §2.4)."""


class ResponseStream:
    """A streamed response: `content_type` after it has begun, the pieces, and at the end the invocation.

    A function that does not stream gives one piece.
    """

    def __init__(self) -> None:
        self.content_type = ""
        self.invocation: Invocation | None = None
        self._begun = asyncio.Event()
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._refusal: Exception | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self, content_type: str) -> None:
        """Begin the response."""
        self.content_type = content_type
        self._begun.set()

    def feed(self, data: bytes) -> None:
        """Add a piece."""
        self._pieces.put_nowait(data)

    def follow(self, invocation: asyncio.Task[Invocation]) -> None:
        """End the stream when this invocation ends."""
        self._task = asyncio.get_running_loop().create_task(self._end_with(invocation))

    async def begun(self) -> None:
        """Wait until the response begins. Raise the refusal of the invocation."""
        await self._begun.wait()
        if self._refusal is not None:
            raise self._refusal

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pace, clock = StreamPace(), asyncio.get_running_loop().time
        while (piece := await self._pieces.get()) is not None:
            delay = pace.delay(len(piece), clock())
            if delay > 0:
                await asyncio.sleep(delay)
            yield piece

    async def _end_with(self, invocation: asyncio.Task[Invocation]) -> None:
        try:
            self.invocation = await invocation
        except Exception as refusal:  # noqa: BLE001  # whatever it is, it is raised to the reader
            self._refusal = refusal
        else:
            if not self._begun.is_set() and self.invocation.function_error is None:
                self.feed(self.invocation.payload)
        self._pieces.put_nowait(None)
        self._begun.set()


async def after(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the piece that was read ahead, then the others."""
    if first:
        yield first
    async for piece in pieces:
        yield piece
