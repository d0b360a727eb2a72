"""A connection that speaks another protocol behind a 101: that protocol serves it, and it goes on to be one of the crowd."""

from __future__ import annotations

import asyncio
from typing import cast

from netful.services.http.connection_limits import Crowd


class HandedOver(asyncio.Protocol):
    """Passes all on to `protocol`."""

    def __init__(self, crowd: Crowd, protocol: asyncio.Protocol) -> None:
        self._crowd = crowd
        self._protocol = protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The client has its 101."""
        self._transport = cast("asyncio.Transport", transport)
        self._crowd.enter(self)
        self._crowd.rest(self)
        self._protocol.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Bytes from the client: it is not the one that has waited longest."""
        self._crowd.rest(self)
        self._protocol.data_received(data)

    def eof_received(self) -> bool | None:
        """The client sends no more."""
        return self._protocol.eof_received()

    def pause_writing(self) -> None:
        """The client does not read."""
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._protocol.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._crowd.leave(self)
        self._protocol.connection_lost(exc)

    def dismiss(self) -> None:
        """End at once."""
        self._transport.abort()
