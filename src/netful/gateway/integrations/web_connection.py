"""HTTP/1.1 connection to a web server: one request at a time, parsed by httptools."""

from __future__ import annotations

import asyncio
from typing import cast

import httptools

from netful.engine.integrations.web_requests import WebRequest
from netful.services.http.message import Response


class UnreachableError(Exception):
    """A server gives no answer, or only a part. `misconfigured`: its name does not exist, or its certificate is wrong."""

    def __init__(self, why: str, *, misconfigured: bool = False) -> None:
        super().__init__(why)
        self.misconfigured = misconfigured


class StaleError(Exception):
    """A connection ended before the first byte of the answer."""


class Connection(asyncio.Protocol):
    """A connection whose answer is complete before it is returned."""

    def __init__(self) -> None:
        self.usable = True
        self._answer: asyncio.Future[Response] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._begun = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    async def ask(self, request: WebRequest) -> Response:
        """Send a request and return its answer; raises StaleError or UnreachableError."""
        if self._timer:
            self._timer.cancel()
        self._parser = httptools.HttpResponseParser(self)
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._begun = False
        self._head_only = request.method == "HEAD"
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(_encoded(request))
        return await self._answer

    def rest(self, seconds: float) -> None:
        """Keep the connection open for the next request, for a limited time."""
        self._answer = None
        self._timer = asyncio.get_running_loop().call_later(seconds, self.close)

    def close(self) -> None:
        """Close the connection at once."""
        self.usable = False
        if self._timer:
            self._timer.cancel()
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Parse bytes of the answer; a server that sends without a request loses its connection."""
        if not self.answering():
            self.close()
            return
        self._begun = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(UnreachableError(f"the answer is not HTTP: {error}"))

    def answering(self) -> bool:
        """Return whether an answer is expected."""
        return self._answer is not None and not self._answer.done()

    def answered(self, response: Response) -> None:
        """Return the answer to the caller of `ask`."""
        assert self._answer is not None
        if not self._answer.done():
            self._answer.set_result(response)

    def eof_received(self) -> bool:
        """Complete an answer without a length: the end of the connection is its end."""
        if self.answering() and self._ends_with_connection():
            self.on_message_complete()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the request that has no complete answer."""
        self.usable = False
        self._fail(UnreachableError(str(exc or "the server broke off")) if self._begun else StaleError())

    def _ends_with_connection(self) -> bool:
        names = {name.lower() for name, _ in self._headers}
        return self._begun and bool(self._headers) and not names & {"content-length", "transfer-encoding"}

    def _fail(self, error: Exception) -> None:
        self.usable = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    # --- callbacks of the parser --------------------------------------------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header of the answer."""
        self._headers.append((name.decode("iso-8859-1"), value.decode("iso-8859-1")))

    def on_headers_complete(self) -> None:
        """Complete the answer to HEAD: it has no body, whatever its Content-Length."""
        if self._head_only:
            self.on_message_complete()

    def on_body(self, body: bytes) -> None:
        """Add a piece of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Complete the answer, unless it is an interim one (1xx), which the final answer follows."""
        status = self._parser.get_status_code()
        if status < 200:
            self._headers.clear()
            return
        self.usable = self.usable and self._parser.should_keep_alive() and not self._head_only
        self.answered(Response(status, tuple(self._headers), b"".join(self._body)))


def _encoded(request: WebRequest) -> bytes:
    """Return the bytes of a request; POST, PUT and PATCH have a Content-Length even without a body."""
    lines = [f"{request.method} {request.target} HTTP/1.1", f"Host: {request.authority}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    if request.body or request.method in {"POST", "PUT", "PATCH"}:
        lines.append(f"Content-Length: {len(request.body)}")
    clean = (line.replace("\r", "").replace("\n", "") for line in lines)
    return ("\r\n".join(clean) + "\r\n\r\n").encode("iso-8859-1", "replace") + request.body
