"""A response as it comes out of a function, piece by piece, for the caller who wants it so (lambda §3.2, §3.9)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from netful.functions.invocations.invocation import Invocation

MAX_STREAM = 200 * 1024 * 1024
"""The most bytes of a streamed response (lambda §2.4)."""


class ResponseStream:
    """What a function streams: `content_type` when it has begun, the pieces, and in the end what the invocation was.

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
        """The function has begun to answer."""
        self.content_type = content_type
        self._begun.set()

    def feed(self, data: bytes) -> None:
        """A piece of the answer."""
        self._pieces.put_nowait(data)

    def follow(self, invocation: asyncio.Task[Invocation]) -> None:
        """Take the end of this invocation for the end of the stream."""
        self._task = asyncio.get_running_loop().create_task(self._end_with(invocation))

    async def begun(self) -> None:
        """Wait until the function answers. Raises what the invocation was refused with."""
        await self._begun.wait()
        if self._refusal is not None:
            raise self._refusal

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
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
    """The pieces that follow what was read ahead, which comes first."""
    if first:
        yield first
    async for piece in pieces:
        yield piece
