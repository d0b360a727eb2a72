"""Connection with another protocol after a 101: that protocol serves it, and it stays counted."""

import asyncio
from typing import cast

from netful.services.http.connection_limits import ConnectionLimits


class HandedOver(asyncio.Protocol):
    """Protocol that passes all events to `protocol`."""

    def __init__(self, connection_limits: ConnectionLimits, protocol: asyncio.Protocol) -> None:
        self._connection_limits = connection_limits
        self._protocol = protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start `protocol`: the client has its 101."""
        self._transport = cast("asyncio.Transport", transport)
        self._connection_limits.enter(self)
        self._connection_limits.rest(self)
        self._protocol.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Pass on bytes from the client, and mark the connection as recently used."""
        self._connection_limits.rest(self)
        self._protocol.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass on the end of the client's data."""
        return self._protocol.eof_received()

    def pause_writing(self) -> None:
        """Pass on that the client does not read."""
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that the client reads again."""
        self._protocol.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the connection: the client has disconnected."""
        self._connection_limits.leave(self)
        self._protocol.connection_lost(exc)

    def dismiss(self) -> None:
        """Close at once."""
        self._transport.abort()
