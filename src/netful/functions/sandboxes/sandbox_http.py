"""HTTP/1.1 between the processes of a sandbox and Lambda: one connection, its requests in order.

Rules:
1. An answer is one write, with Nagle's algorithm off (41 ms otherwise, lambda §3.2). Answers to requests that arrive together
   leave together; while the last of them waits, the others wait for it, until `flush`.
2. A body that exceeds the limit of a response is discarded as it arrives, and becomes None.
3. A streamed body is forwarded piece by piece; trailers after its last piece are headers too.
4. A function may send anything: its bytes are read in pieces, one each turn of the event loop; heads, headers and connections have
   limits; and a process that does not read its answers is not read from.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from typing import Protocol, cast

import httptools
import msgspec

from netful.fabric.doors.pieces import Pieces
from netful.functions.invocations.faults import MAX_RESPONSE
from netful.model.core import whole_number

_REASONS = {
    200: "OK", 202: "Accepted", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 413: "Payload Too Large",
    431: "Request Header Fields Too Large", 500: "Internal Server Error",
}  # fmt: skip
_KEPT = b"lambda-"
_FRAMING = (b"content-length", b"transfer-encoding")
_PIECE = 2048  # bytes of requests; a body comes in larger pieces
_MOST_HEAD = 1_310_720  # runtimes report the cause of an error for X-Ray in a header of up to 1 MiB
_MOST_HEADERS = 200
_CHUNK_FRAME = 16  # bytes that a chunk's frame may take for each byte of its content
RESPONSE_MODE = "lambda-runtime-function-response-mode"


class ApiRequest(msgspec.Struct, frozen=True):
    """A request. `headers` are Lambda's own and the content type, by lower-case names; `body` is None if it is too long."""

    method: bytes
    path: bytes
    headers: Mapping[str, str]
    body: bytes | None


class StreamedBody(Protocol):
    """Receiver of a body as it arrives."""

    def feed(self, data: bytes) -> None:
        """Receive a piece."""

    def end(self, headers: Mapping[str, str]) -> None:
        """Receive the end; `headers` include the trailers."""


class Api(Protocol):
    """API behind a connection."""

    def opened(self, connection: SandboxConnection) -> None:
        """Register a new connection."""

    def closed(self, connection: SandboxConnection) -> None:
        """Remove a closed connection."""

    def awaits(self, connection: SandboxConnection) -> bool:
        """Return whether the last request of a connection is answered later."""

    def handle(self, connection: SandboxConnection, request: ApiRequest) -> None:
        """Serve one request."""

    def stream(self, connection: SandboxConnection, request: ApiRequest) -> StreamedBody | None:
        """Return the receiver for the body of a request with a response mode; None if the request is refused."""


class SandboxConnection(asyncio.Protocol):
    """One connection of a sandbox."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._reading = False
        self._held = b""
        self._content = 0
        self._begin()

    def _begin(self) -> None:
        self._path = b""
        self._headers: dict[str, str] = {}
        self._framing: dict[str, str] = {}
        self._body = bytearray()
        self._size = self._length = 0
        self._besides = self._number_of_headers = 0
        self._streamed: StreamedBody | None = None
        self._refused = False

    def answer(self, status: int, body: bytes, headers: str = "") -> None:
        """Write a whole response."""
        head = (
            f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n{headers}\r\n"
        )
        self._held += head.encode("latin-1", "replace") + body
        if not self._reading:
            self.flush()

    def flush(self) -> None:
        """Write the pending answers."""
        held, self._held = self._held, b""
        if held and self._transport is not None:
            self._transport.write(held)

    def refuse(self, status: int, error_type: str, message: str) -> None:
        """Write an error response."""
        self.answer(status, f'{{"errorMessage":"{message}","errorType":"{error_type}"}}'.encode())

    def abort(self) -> None:
        """Disconnect."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: the connection is open."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports are not subclasses of asyncio's
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._input = Pieces(self._transport, self._take, self._piece)
        self._api.opened(self)

    def connection_lost(self, _error: Exception | None) -> None:
        """asyncio: the connection is closed."""
        self._transport = None
        self._input.end()
        self._api.closed(self)

    def pause_writing(self) -> None:
        """asyncio: too many answers are unread."""
        self._input.pause()

    def resume_writing(self) -> None:
        """asyncio: the answers are read again."""
        self._input.resume()

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes arrived."""
        self._input.feed(data)

    def _piece(self) -> int:
        return _PIECE + max(self._length - self._size, 0)

    def _take(self, data: bytes) -> None:
        content = self._content
        self._reading = True
        try:
            self._parse(data)
        except httptools.HttpParserError:
            self._end(400, "BadRequest", "not HTTP/1.1, or too many headers")
            return
        finally:
            self._reading = False
        self._besides += len(data) - (self._content - content)
        if self._besides > _MOST_HEAD + _CHUNK_FRAME * self._size:
            self._end(431, "BadRequest", "request head too large")
        elif not self._api.awaits(self):
            self.flush()

    def _parse(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._parser.get_method() == b"CONNECT":
                raise httptools.HttpParserError("the server is not a proxy") from upgrade
            # The client offers another protocol, as Java's does, and gets HTTP/1.1. The parser would skip the body, so it reads
            # the head again, without the offer.
            kept = {**self._headers, **self._framing}
            lines = "".join(f"{name}: {value}\r\n" for name, value in kept.items())
            head = b"%b %b HTTP/1.1\r\n%b\r\n" % (self._parser.get_method(), self._path, lines.encode("latin-1"))
            self._parser = httptools.HttpRequestParser(self)
            self._begin()
            self._parse(head + data[upgrade.args[0] :])

    def _end(self, status: int, error_type: str, message: str) -> None:
        """Refuse, and read nothing more: the start of the next request is not known."""
        self._input.end()
        self.refuse(status, error_type, message)
        self.flush()
        if self._transport is not None:
            self._transport.close()

    def on_url(self, url: bytes) -> None:
        """httptools: a piece of the path."""
        self._path += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """httptools: a header, or a trailer."""
        self._number_of_headers += 1
        if self._number_of_headers > _MOST_HEADERS:
            raise ValueError("too many headers")  # the parser makes an HttpParserError of it
        name = name.lower()
        if name == b"content-length":
            self._length = whole_number(value.decode("latin-1"), 0)
        if name in _FRAMING:
            self._framing[name.decode()] = value.decode("latin-1")
        if name.startswith(_KEPT) or name == b"content-type":
            self._headers[name.decode("latin-1")] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """httptools: the head is complete."""
        if RESPONSE_MODE in self._headers and not self._parser.should_upgrade():
            self._streamed = self._api.stream(self, self._request(None))
            self._refused = self._streamed is None

    def on_body(self, data: bytes) -> None:
        """httptools: a piece of the body."""
        self._content += len(data)
        self._size += len(data)
        if self._streamed is not None:
            self._streamed.feed(data)
            return
        if self._size <= MAX_RESPONSE:
            self._body += data
        else:
            self._body.clear()

    def on_message_complete(self) -> None:
        """httptools: the request is complete."""
        if self._parser.should_upgrade():
            return
        body = bytes(self._body) if self._size <= MAX_RESPONSE else None
        request, streamed, refused = self._request(body), self._streamed, self._refused
        self._begin()
        if streamed is not None:
            streamed.end(request.headers)
        elif not refused:
            self._api.handle(self, request)

    def _request(self, body: bytes | None) -> ApiRequest:
        return ApiRequest(self._parser.get_method(), self._path, self._headers, body)
