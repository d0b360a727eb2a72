"""Connection whose answer is returned after its headers, with the body as a stream.

It serves one request, and closes when the body is complete or the client stops reading. At most `_WAITING` pieces of the
body are held here; what the server sends faster than the client reads stays in the server.
"""

from __future__ import annotations

import asyncio
from collections import deque

from netful.engine.integrations.web_requests import WebRequest
from netful.gateway.integrations.web_connection import Connection
from netful.services.http.message import Response

_WAITING = 64


class StreamConnection(Connection):
    """A connection that returns an answer with its headers; the body follows piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: deque[bytes] = deque()
        self._more = asyncio.Event()
        self._ended = False
        self._broken: Exception | None = None

    async def open(self, request: WebRequest) -> Response:
        """Send a request and wait for the headers of its answer; raises UnreachableError or StaleError."""
        response = await self.ask(request)
        self._answer = None  # from here on only the body refers to the connection, and closes it
        return response

    def answering(self) -> bool:
        """Return whether more of the answer is expected."""
        return not self._ended

    def on_headers_complete(self) -> None:
        """Return the answer, without its body."""
        status = self._parser.get_status_code()
        if status < 200:
            return
        self.answered(Response(status, tuple(self._headers), stream=None if self._head_only else Body(self)))
        if self._head_only:
            self._end()

    def on_body(self, body: bytes) -> None:
        """Add a piece of the body; stop reading from the server when too many wait."""
        self._pieces.append(body)
        self._more.set()
        if len(self._pieces) >= _WAITING and not self._transport.is_closing():
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """End the body, unless the answer is an interim one (1xx)."""
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
        """Return the next piece, or None after the last; raises the error that ended the answer early."""
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
    """The body of an answer, as an asynchronous iterator. It closes its connection when it is no longer used."""

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
        """Close the connection."""
        self._connection.close()

    def __del__(self) -> None:
        self._connection.close()
