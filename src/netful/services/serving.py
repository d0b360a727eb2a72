"""How the connections of a door are served: by which protocol, with TLS or without."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

_HANDSHAKE_SECONDS = 20.0


@dataclass(frozen=True)
class Serving:
    """A protocol for each connection, and the certificates that are shown before it."""

    protocol: Callable[[], asyncio.Protocol]
    tls: ssl.SSLContext | None = None

    @property
    def _patience(self) -> float | None:
        return _HANDSHAKE_SECONDS if self.tls else None

    async def listen(self, sock: socket.socket) -> asyncio.Server:
        """Serve every connection to a listening socket."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(self.protocol, sock=sock, ssl=self.tls, ssl_handshake_timeout=self._patience)

    async def take(self, connection: socket.socket) -> None:
        """Serve one connection that was accepted."""
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(
            self.protocol, connection, ssl=self.tls, ssl_handshake_timeout=self._patience
        )
