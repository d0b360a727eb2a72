"""A web server's answer that is handed on while it comes. Its connection is its own, and ends with it or with the client.

What comes faster than it is taken waits in the server: no more than `_WAITING` pieces are held here.
"""

from __future__ import annotations

import asyncio
from collections import deque

from netful.engine.integrations.web_requests import WebRequest
from netful.gateway.integrations.web_client import Connection
from netful.services.http.message import Response

_WAITING = 64


class StreamConnection(Connection):
    """A connection whose answer is there with its head; the body follows piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: deque[bytes] = deque()
        self._more = asyncio.Event()
        self._ended = False
        self._broken: Exception | None = None

    async def open(self, request: WebRequest) -> Response:
        """Send a request, and wait for the head of its answer; raises UnreachableError, or StaleError."""
        response = await self.ask(request)
        self._answer = None  # only the body holds the connection from here on: it goes with it
        return response

    def answering(self) -> bool:
        """Whether bytes of an answer may come."""
        return not self._ended

    def on_headers_complete(self) -> None:
        """The head is whole."""
        status = self._parser.get_status_code()
        if status < 200:
            return
        self.answered(Response(status, tuple(self._headers), stream=None if self._head_only else Body(self)))
        if self._head_only:
            self._end()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._pieces.append(body)
        self._more.set()
        if len(self._pieces) >= _WAITING and not self._transport.is_closing():
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """The answer is whole, or was but a word on the way."""
        if self._parser.get_status_code() < 200:
            self._headers.clear()
        else:
            self._end()

    def _end(self) -> None:
        self._ended = True
        self._more.set()
        self.close()

    def _fail(self, error: Exception) -> None:
        if not self._ended:
            self._broken = error
            self._more.set()
        super()._fail(error)

    async def piece(self) -> bytes | None:
        """The next piece; None behind the last. Raises what the answer has broken off with."""
        while not self._pieces:
            if self._ended:
                return None
            if self._broken is not None:
                raise self._broken
            self._more.clear()
            await self._more.wait()
        piece = self._pieces.popleft()
        if not self._pieces and not self._transport.is_closing():
            self._transport.resume_reading()
        return piece


class Body:
    """The body of an answer as it comes. When nobody wants it any more, its connection ends."""

    def __init__(self, connection: StreamConnection) -> None:
        self._connection = connection

    def __aiter__(self) -> Body:
        return self

    async def __anext__(self) -> bytes:
        piece = await self._connection.piece()
        if piece is None:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        """Nobody wants it any more."""
        self._connection.close()

    def __del__(self) -> None:
        self._connection.close()
