"""Daemon's end of the stream of frames to the back ends' process."""

import asyncio
import logging
from collections.abc import Callable
from itertools import count
from typing import cast

import msgspec

from netful.services.backends import frames

_log = logging.getLogger(__name__)


class CallStream(asyncio.Protocol):
    """The daemon's side of the stream: many calls in flight, each answer matched by its number."""

    def __init__(self, on_end: Callable[[], None], on_initiative: Callable[[frames.Initiative], None]) -> None:
        self._on_end = on_end
        self._on_initiative = on_initiative
        self._numbers = count(1)
        self._pending: dict[int, asyncio.Future[frames.FrameReply]] = {}
        self._buffer = frames.FrameBuffer()
        self._decoder = msgspec.msgpack.Decoder(frames.Output)
        self._open = False

    @property
    def open(self) -> bool:
        """True while the process is connected."""
        return self._open

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note that the process is connected; it is not yet ready."""
        self._transport = cast("asyncio.Transport", transport)
        self._open = True
        self._pending[frames.READY] = asyncio.get_running_loop().create_future()
        self._ready = self._pending[frames.READY]

    async def ready(self) -> None:
        """Wait until the process is ready. Raise ConnectionError if it ends before that."""
        await self._ready

    def data_received(self, data: bytes) -> None:
        """Handle answers, and messages that the services send on their own initiative."""
        for encoded in self._buffer.feed(data):
            message = self._decoder.decode(encoded)
            if isinstance(message, frames.FrameReply):
                self._answered(message)
            else:
                self._on_initiative(message)

    def _answered(self, answer: frames.FrameReply) -> None:
        future = self._pending.pop(answer.id, None)
        if future and not future.done():
            future.set_result(answer)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Fail all pending calls: the process has ended."""
        self._open = False
        if self._pending:
            _log.error("the service back ends ended with %d calls unanswered", len(self._pending))
        for future in self._pending.values():
            if not future.done():
                future.set_exception(ConnectionResetError("the service back ends ended"))
        self._pending.clear()
        self._on_end()

    async def ask(self, message: frames.Message) -> frames.FrameReply:
        """Send a message and wait for its answer. Raise ConnectionError if the process has ended."""
        if not self._open:
            raise ConnectionResetError("the service back ends ended")
        message.id = next(self._numbers)
        future: asyncio.Future[frames.FrameReply] = asyncio.get_running_loop().create_future()
        self._pending[message.id] = future
        self._transport.write(frames.frame(message))
        return await future

    def reply(self, message: frames.RoleReply) -> None:
        """Answer a call of the process."""
        if self._open:
            self._transport.write(frames.frame(message))

    def close(self) -> None:
        """Close the stream."""
        self._transport.abort()
