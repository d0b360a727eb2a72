"""One end of the stream between the daemon and a worker."""

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any, cast

import msgspec

from netful.gateway.workers.messages import Question, Reply
from netful.services.backends.frames import FrameBuffer, frame


class Stream(asyncio.Protocol):
    """Questions to the other side, and its messages, which are passed to `take`. `ended` is set when the other side is gone."""

    def __init__(self, understood: Any, take: Callable[[Any], None]) -> None:
        self.ended = asyncio.Event()
        self._decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(understood)
        self._take = take
        self._buffer = FrameBuffer()
        self._numbers = count(1)
        self._pending: dict[int, asyncio.Future[Reply]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Receive frames from the other side."""
        for encoded in self._buffer.feed(data):
            message = self._decoder.decode(encoded)
            if not isinstance(message, Reply):
                self._take(message)
                continue
            waiting = self._pending.pop(message.id, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Fail all open questions: the other side has ended."""
        for waiting in self._pending.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError("the other side ended"))
        self._pending.clear()
        self.ended.set()

    def number(self) -> int:
        """Return the number of the next question."""
        return next(self._numbers)

    def say(self, message: msgspec.Struct) -> None:
        """Send a message without a reply."""
        if not self.ended.is_set():
            self._transport.write(frame(message))

    async def ask(self, question: Question) -> Any:
        """Send a question and return its reply. Raises ConnectionResetError if the other side is gone."""
        if self.ended.is_set():
            raise ConnectionResetError("the other side ended")
        waiting: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._pending[question.id] = waiting
        self._transport.write(frame(question))
        try:
            return await waiting
        finally:
            self._pending.pop(question.id, None)

    def close(self) -> None:
        """Close the stream."""
        self._transport.abort()
