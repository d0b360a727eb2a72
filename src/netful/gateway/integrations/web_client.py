"""HTTP/1.1 client of the gateway, with a pool of connections for each server.

Rules:
1. The dialer decides where a connection goes: to the internet, or into the network of a VPC link.
2. A kept connection may have ended meanwhile. When it ends before the first byte of an answer, the request is sent
   again on a new one. Nothing else is repeated, and no redirect is followed.
3. The server's certificate must match the request's `server_name`; without that name it is not checked.

Why it is not a library's: docs/adr/0009-libraries-and-our-own-code.md.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from netful.engine.integrations.web_requests import WebRequest
from netful.gateway.integrations.web_connection import Body, Connection, StaleError, UnreachableError
from netful.services.http.message import Response

Dial: TypeAlias = Callable[[WebRequest], Awaitable[socket.socket]]
"""Return a socket that is connected to the server of a request; raise UnreachableError."""

_IDLE_SECONDS = 60.0
_MOST_IDLE = 32
_HANDSHAKE_SECONDS = 10.0

_Place: TypeAlias = tuple[object, ...]
_NO_ANSWER = "the server ended the connection without an answer"


class WebClient:
    """Client that sends requests to web servers. `trust` has the authorities for the servers' certificates."""

    def __init__(self, dial: Dial, trust: ssl.SSLContext) -> None:
        self._dial = dial
        self._trust = trust
        self._unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._unverified.check_hostname = False
        self._unverified.verify_mode = ssl.CERT_NONE
        self._idle: dict[_Place, list[Connection]] = {}

    async def send(self, request: WebRequest) -> Response:
        """Return the server's answer; raises UnreachableError."""
        place = (request.host, request.port, request.tls, request.server_name, request.link)
        kept = self._kept(place)
        if kept is not None:
            try:
                return await self._ask(kept, request, place)
            except StaleError:
                pass
        try:
            return await self._ask(await self._connect(request), request, place)
        except StaleError as end:
            raise UnreachableError(_NO_ANSWER) from end

    async def send_streaming(self, request: WebRequest) -> Response:
        """Return the server's answer after its headers; the body follows as a stream. Raises UnreachableError."""
        connection = await self._connect(request)
        try:
            response = await connection.ask(request)
        except StaleError as end:
            raise UnreachableError(_NO_ANSWER) from end
        except BaseException:
            connection.close()
            raise
        if request.method == "HEAD":
            connection.close()
        else:
            response.stream = Body(connection)
        return response

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
            pieces = []
            while (piece := await connection.piece()) is not None:
                pieces.append(piece)
        except BaseException:
            connection.close()
            raise
        response.body = b"".join(pieces)
        idle = self._idle.setdefault(place, [])
        if connection.usable and len(idle) < _MOST_IDLE:
            idle.append(connection)
            connection.rest(_IDLE_SECONDS)
        else:
            connection.close()
        return response

    async def _connect(self, request: WebRequest) -> Connection:
        sock = await self._dial(request)
        loop = asyncio.get_running_loop()
        context = None if not request.tls else self._trust if request.server_name else self._unverified
        try:
            _, connection = await loop.create_connection(
                Connection,
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
        """Close the connections that are kept."""
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()
