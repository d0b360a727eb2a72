"""How the connections of a door are served: by which protocol, with TLS or without.

With TLS a connection is one of the crowd from its first packet on: one that never shakes hands takes room as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from netful.fabric.kernel.netns import BACKLOG
from netful.services.http.acceptor import Acceptor
from netful.services.http.connection_limits import Crowd

_HANDSHAKE_SECONDS = 20.0


class Listening(Protocol):
    """A door that is served."""

    def close(self) -> None:
        """Take no more connections."""


@dataclass(frozen=True)
class Tls:
    """The certificates that are shown, and the crowd that a connection belongs to until both sides know each other."""

    context: ssl.SSLContext
    crowd: Crowd


@dataclass(frozen=True)
class Serving:
    """A protocol for each connection, behind TLS where it has that."""

    protocol: Callable[[], asyncio.Protocol]
    tls: Tls | None = None

    async def listen(self, sock: socket.socket) -> Listening:
        """Serve every connection to a listening socket."""
        if self.tls:
            return Acceptor(sock, self.take)
        return await asyncio.get_running_loop().create_server(self.protocol, sock=sock, backlog=BACKLOG)

    async def take(self, connection: socket.socket) -> None:
        """Serve one connection that was accepted; returns when its protocol has it."""
        loop = asyncio.get_running_loop()
        if self.tls is None:
            await loop.connect_accepted_socket(self.protocol, connection)
            return
        handshake = _Handshake(connection)
        self.tls.crowd.enter(handshake)
        try:
            await loop.connect_accepted_socket(
                self.protocol, connection, ssl=self.tls.context, ssl_handshake_timeout=_HANDSHAKE_SECONDS
            )
        finally:
            self.tls.crowd.leave(handshake)


class _Handshake:
    """A connection whose sides do not know each other yet."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def dismiss(self) -> None:
        """End at once."""
        with contextlib.suppress(OSError):  # it has ended by itself
            self._connection.shutdown(socket.SHUT_RDWR)
