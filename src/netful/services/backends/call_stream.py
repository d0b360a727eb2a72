"""The daemon's end of the stream of frames to the back ends' process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from itertools import count
from typing import cast

import msgspec

from netful.services.backends.frames import READY, Answer, FrameBuffer, Message, Sent, Told, frame

_log = logging.getLogger(__name__)


class CallStream(asyncio.Protocol):
    """The daemon's side of the stream: many questions in flight, each answered by its number."""

    def __init__(self, on_end: Callable[[], None], on_sent: Callable[[Sent], None]) -> None:
        self._on_end = on_end
        self._on_sent = on_sent
        self._numbers = count(1)
        self._pending: dict[int, asyncio.Future[Answer]] = {}
        self._buffer = FrameBuffer()
        self._decoder = msgspec.msgpack.Decoder(Told)
        self._open = False

    @property
    def open(self) -> bool:
        """Whether the process is there."""
        return self._open

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The other side is there, though not up yet."""
        self._transport = cast("asyncio.Transport", transport)
        self._open = True
        self._pending[READY] = asyncio.get_running_loop().create_future()
        self._ready = self._pending[READY]

    async def ready(self) -> None:
        """Wait until the process is up; raises ConnectionError when it never is."""
        await self._ready

    def data_received(self, data: bytes) -> None:
        """Answers, and messages that the services send of themselves."""
        for encoded in self._buffer.feed(data):
            told = self._decoder.decode(encoded)
            if isinstance(told, Sent):
                self._on_sent(told)
            else:
                self._answered(told)

    def _answered(self, answer: Answer) -> None:
        future = self._pending.pop(answer.id, None)
        if future and not future.done():
            future.set_result(answer)

    def connection_lost(self, _exc: Exception | None) -> None:
        """The process has ended: what was asked is not answered any more."""
        self._open = False
        if self._pending:
            _log.error("the service back ends ended with %d calls unanswered", len(self._pending))
        for future in self._pending.values():
            if not future.done():
                future.set_exception(ConnectionResetError("the service back ends ended"))
        self._pending.clear()
        self._on_end()

    async def ask(self, message: Message) -> Answer:
        """Send a message and wait for its answer; raises ConnectionError when the process is gone."""
        if not self._open:
            raise ConnectionResetError("the service back ends ended")
        message.id = next(self._numbers)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._pending[message.id] = future
        self._transport.write(frame(message))
        return await future

    def close(self) -> None:
        """Ask nothing more."""
        self._transport.abort()
