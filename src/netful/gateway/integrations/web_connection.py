"""HTTP/1.1 connection to a web server: one request at a time, parsed by httptools.

An answer is returned after its headers, and its body is read piece by piece. At most `_WAITING` pieces are held here: what
the server sends faster than they are read stays in the server.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import cast

import httptools

from netful.engine.integrations.web_requests import WebRequest
from netful.services.http.message import Response

_WAITING = 64


class UnreachableError(Exception):
    """A server gives no answer, or only a part.

    `misconfigured`: its name does not exist, or its certificate is wrong. `timed_out`: it did not react at all.
    """

    def __init__(self, why: str, *, misconfigured: bool = False, timed_out: bool = False) -> None:
        super().__init__(why)
        self.misconfigured = misconfigured
        self.timed_out = timed_out


class StaleError(Exception):
    """A connection ended before the first byte of the answer."""


class Connection(asyncio.Protocol):
    """A connection to a server. It is `usable` for another request once an answer is complete, unless the server ends it."""

    def __init__(self) -> None:
        self.usable = True
        self._ended = True
        self._begun = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    async def ask(self, request: WebRequest) -> Response:
        """Send a request and return its answer without the body; raises StaleError or UnreachableError."""
        if self._timer:
            self._timer.cancel()
        self._parser = httptools.HttpResponseParser(self)
        self._headers: list[tuple[str, str]] = []
        self._pieces: deque[bytes] = deque()
        self._more = asyncio.Event()
        self._error: Exception | None = None
        self._begun = self._ended = False
        self._head_only = request.method == "HEAD"
        self._answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._transport.write(_encoded(request))
        return await self._answer

    async def piece(self) -> bytes | None:
        """Return the next piece of the body, None after the last; raises UnreachableError where the answer is cut off."""
        while not self._pieces:
            if self._ended:
                return None
            if self._error is not None:
                raise self._error
            self._more.clear()
            await self._more.wait()
        piece = self._pieces.popleft()
        if not self._pieces and not self._transport.is_closing():
            self._transport.resume_reading()
        return piece

    def rest(self, seconds: float) -> None:
        """Keep the connection open for the next request, for a limited time."""
        self._timer = asyncio.get_running_loop().call_later(seconds, self.close)

    def close(self) -> None:
        """Close the connection at once."""
        self.usable = False
        if self._timer:
            self._timer.cancel()
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Parse bytes of the answer; a server that sends without a request loses its connection."""
        if self._ended:
            self.close()
            return
        self._begun = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(UnreachableError(f"the answer is not HTTP: {error}"))

    def eof_received(self) -> bool:
        """Complete an answer without a length: the end of the connection is its end."""
        names = {name.lower() for name, _ in self._headers} if self._begun else set()
        if names and not self._ended and not names & {"content-length", "transfer-encoding"}:
            self.on_message_complete()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the request that has no complete answer."""
        self._fail(UnreachableError(str(exc or "the server broke off")) if self._begun else StaleError())

    def _fail(self, error: Exception) -> None:
        self.usable = False
        if self._ended:
            return
        self._error = error
        self._more.set()
        if not self._answer.done():
            self._answer.set_exception(error)

    # --- callbacks of the parser --------------------------------------------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header of the answer."""
        self._headers.append((name.decode("iso-8859-1"), value.decode("iso-8859-1")))

    def on_headers_complete(self) -> None:
        """Return the answer, unless it is an interim one (1xx). One to HEAD has no body, whatever its Content-Length."""
        status = self._parser.get_status_code()
        if status < 200 or self._answer.done():
            return
        self._answer.set_result(Response(status, tuple(self._headers)))
        if self._head_only:
            self.on_message_complete()

    def on_body(self, body: bytes) -> None:
        """Add a piece of the body; stop reading from the server when too many wait."""
        self._pieces.append(body)
        self._more.set()
        if len(self._pieces) >= _WAITING and not self._transport.is_closing():
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """End the body; the final answer follows an interim one."""
        if self._parser.get_status_code() < 200:
            self._headers.clear()
            return
        self._ended = True
        self._more.set()
        self.usable = self.usable and self._parser.should_keep_alive() and not self._head_only


class Body:
    """The body of an answer, as an asynchronous iterator. It closes its connection when it is complete or not used."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __aiter__(self) -> Body:
        return self

    async def __anext__(self) -> bytes:
        piece = await self._connection.piece()
        if piece is None:
            self._connection.close()
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __del__(self) -> None:
        self._connection.close()


def _encoded(request: WebRequest) -> bytes:
    """Return the bytes of a request; POST, PUT and PATCH have a Content-Length even without a body."""
    lines = [f"{request.method} {request.target} HTTP/1.1", f"Host: {request.authority}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    if request.body or request.method in {"POST", "PUT", "PATCH"}:
        lines.append(f"Content-Length: {len(request.body)}")
    clean = (line.replace("\r", "").replace("\n", "") for line in lines)
    return ("\r\n".join(clean) + "\r\n\r\n").encode("iso-8859-1", "replace") + request.body
