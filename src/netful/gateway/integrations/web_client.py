"""The gateway's HTTP/1.1 client: one request at a time on a connection, which is kept for the next one.

Rules:
1. Where a connection goes is the dialer's concern: the internet, or the network behind a VPC link.
2. A connection that was kept may have ended meanwhile: where it does so before a byte of an answer, the request goes out
   again on a new one. Nothing else is repeated, and no redirect is followed.
3. A certificate is checked against the name that the request gives; without a name it is not looked at.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar, cast

import httptools

from netful.engine.integrations.web_requests import WebRequest
from netful.services.http.message import Response

Dial: TypeAlias = Callable[[WebRequest], Awaitable[socket.socket]]
"""Connects to where a request goes; raises UnreachableError."""

_IDLE_SECONDS = 60.0
_MOST_IDLE = 32
_HANDSHAKE_SECONDS = 10.0


class UnreachableError(Exception):
    """There is no server, or it broke off. `misconfigured`: no such name, or not the certificate of that name."""

    def __init__(self, why: str, *, misconfigured: bool = False) -> None:
        super().__init__(why)
        self.misconfigured = misconfigured


_Place: TypeAlias = tuple[object, ...]
C = TypeVar("C", bound="Connection")


class WebClient:
    """Sends requests to web servers. `trust` has the authorities that servers' certificates must come from."""

    def __init__(self, dial: Dial, trust: ssl.SSLContext) -> None:
        self._dial = dial
        self._trust = trust
        self._blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._blind.check_hostname = False
        self._blind.verify_mode = ssl.CERT_NONE
        self._idle: dict[_Place, list[Connection]] = {}

    async def send(self, request: WebRequest) -> Response:
        """The server's answer; raises UnreachableError."""
        place = (request.host, request.port, request.tls, request.server_name, request.link)
        kept = self._kept(place)
        if kept is not None:
            try:
                return await self._ask(kept, request, place)
            except StaleError:
                pass
        try:
            return await self._ask(await self._connect(request, Connection), request, place)
        except StaleError as end:
            raise UnreachableError("the server ended the connection without an answer") from end

    async def send_streaming(self, request: WebRequest) -> Response:
        """The server's answer once its head is there, whose body follows; raises UnreachableError."""
        from netful.gateway.integrations.web_stream import StreamConnection  # noqa: PLC0415  # it is a Connection of this module

        connection = await self._connect(request, StreamConnection)
        try:
            return await connection.open(request)
        except StaleError as end:
            raise UnreachableError("the server ended the connection without an answer") from end
        except BaseException:
            connection.close()
            raise

    def _kept(self, place: _Place) -> Connection | None:
        connections = self._idle.get(place, [])
        while connections:
            connection = connections.pop()
            if connection.usable:
                return connection
        return None

    async def _ask(self, connection: Connection, request: WebRequest, place: _Place) -> Response:
        try:
            response = await connection.ask(request)
        except BaseException:
            connection.close()
            raise
        idle = self._idle.setdefault(place, [])
        if connection.usable and len(idle) < _MOST_IDLE:
            idle.append(connection)
            connection.rest(_IDLE_SECONDS)
        else:
            connection.close()
        return response

    async def _connect(self, request: WebRequest, kind: type[C]) -> C:
        sock = await self._dial(request)
        loop = asyncio.get_running_loop()
        context = None if not request.tls else self._trust if request.server_name else self._blind
        try:
            _, connection = await loop.create_connection(
                kind,
                sock=sock,
                ssl=context,
                server_hostname=(request.server_name or request.host) if context else None,
                ssl_handshake_timeout=_HANDSHAKE_SECONDS if context else None,
            )
        except ssl.SSLCertVerificationError as fault:
            raise UnreachableError(fault.verify_message or str(fault), misconfigured=True) from fault
        except (OSError, ssl.SSLError) as fault:
            raise UnreachableError(str(fault)) from fault
        return connection

    def close(self) -> None:
        """Let go of the connections that are kept."""
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()


class StaleError(Exception):
    """A connection ended before a byte of the answer."""


class Connection(asyncio.Protocol):
    """One connection, as the C parser sees it."""

    def __init__(self) -> None:
        self.usable = True
        self._answer: asyncio.Future[Response] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is connected."""
        self._transport = cast("asyncio.Transport", transport)

    async def ask(self, request: WebRequest) -> Response:
        """Send a request and wait for its answer; raises StaleError or UnreachableError."""
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
        """Wait for the next request, so long."""
        self._answer = None
        self._timer = asyncio.get_running_loop().call_later(seconds, self.close)

    def close(self) -> None:
        """End it at once."""
        self.usable = False
        if self._timer:
            self._timer.cancel()
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Bytes of the server."""
        if not self.answering():
            self.close()  # a server that speaks unasked
            return
        self._begun = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(UnreachableError(f"the answer is no HTTP: {error}"))

    def answering(self) -> bool:
        """Whether bytes of an answer may come."""
        return self._answer is not None and not self._answer.done()

    def answered(self, response: Response) -> None:
        """The answer is there, for who waits for it."""
        assert self._answer is not None
        if not self._answer.done():
            self._answer.set_result(response)

    def eof_received(self) -> bool:
        """The server sends no more: the end of an answer that has no other."""
        if self.answering() and self._ends_with_connection():
            self.on_message_complete()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self.usable = False
        self._fail(UnreachableError(str(exc or "the server broke off")) if self._begun else StaleError())

    _begun = False

    def _ends_with_connection(self) -> bool:
        """Whether the answer has no length, so that its end is the connection's."""
        names = {name.lower() for name, _ in self._headers}
        return self._begun and bool(self._headers) and not names & {"content-length", "transfer-encoding"}

    def _fail(self, error: Exception) -> None:
        self.usable = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header of the answer."""
        self._headers.append((name.decode("iso-8859-1"), value.decode("iso-8859-1")))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        if self._head_only:  # no body follows, whatever length is told
            self.on_message_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole, or was but a word on the way."""
        status = self._parser.get_status_code()
        if status < 200:  # an interim answer: the real one is still to come
            self._headers.clear()
            return
        self.usable = self.usable and self._parser.should_keep_alive() and not self._head_only
        self.answered(Response(status, tuple(self._headers), b"".join(self._body)))


def _encoded(request: WebRequest) -> bytes:
    """The bytes of a request; a body's length is always told, and that of none where a method has one."""
    lines = [f"{request.method} {request.target} HTTP/1.1", f"Host: {request.authority}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    if request.body or request.method in {"POST", "PUT", "PATCH"}:
        lines.append(f"Content-Length: {len(request.body)}")
    clean = (line.replace("\r", "").replace("\n", "") for line in lines)
    return ("\r\n".join(clean) + "\r\n\r\n").encode("iso-8859-1", "replace") + request.body
