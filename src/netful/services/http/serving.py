"""Serving of a door's connections: the protocol, with or without TLS.

With TLS a connection is counted from its first packet on, because one that never completes the handshake takes
a descriptor as well.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Protocol

from netful.fabric.kernel.netns import BACKLOG
from netful.model.core import Frozen
from netful.services.http.acceptor import Acceptor
from netful.services.http.connection_limits import ConnectionLimits

_HANDSHAKE_SECONDS = 20.0


class Listening(Protocol):
    """A door that is served."""

    def close(self) -> None:
        """Accept no more connections."""


class Tls(Frozen, dict=True):
    """The certificates, and the limits that count a connection until the handshake is complete."""

    context: ssl.SSLContext
    connection_limits: ConnectionLimits


class Serving(Frozen, dict=True):
    """A protocol for each connection, behind TLS if set."""

    protocol: Callable[[], asyncio.Protocol]
    tls: Tls | None = None

    async def listen(self, sock: socket.socket) -> Listening:
        """Serve every connection to a listening socket."""
        if self.tls:
            return Acceptor(sock, self.take)
        return await asyncio.get_running_loop().create_server(self.protocol, sock=sock, backlog=BACKLOG)

    async def take(self, connection: socket.socket) -> None:
        """Serve one accepted connection; return when its protocol has it."""
        loop = asyncio.get_running_loop()
        if self.tls is None:
            await loop.connect_accepted_socket(self.protocol, connection)
            return
        handshake = _Handshake(connection)
        self.tls.connection_limits.enter(handshake)
        try:
            await loop.connect_accepted_socket(
                self.protocol, connection, ssl=self.tls.context, ssl_handshake_timeout=_HANDSHAKE_SECONDS
            )
        finally:
            self.tls.connection_limits.leave(handshake)


class _Handshake:
    """A connection before the end of the handshake."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def dismiss(self) -> None:
        """Close at once."""
        with contextlib.suppress(OSError):  # it may already have ended
            self._connection.shutdown(socket.SHUT_RDWR)
