"""Connections that speak another protocol behind a 101: the client's end in the worker, what speaks with it in the daemon."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from netful.gateway.workers.messages import Bytes, End, Gone, Take
from netful.gateway.workers.stream import Stream


class ClientEnd(asyncio.Protocol):
    """In the worker: passes bytes on."""

    def __init__(self, stream: Stream, number: int, on_end: Callable[[], object]) -> None:
        self._stream = stream
        self._number = number
        self._on_end = on_end
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The client has its 101."""
        self._transport = cast("asyncio.Transport", transport)
        self._stream.say(Take(self._number))

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        self._stream.say(Bytes(self._number, data))

    def eof_received(self) -> bool:
        """A client that sends no more has gone."""
        return False

    def connection_lost(self, _exc: Exception | None) -> None:
        """The client is gone."""
        self._on_end()
        self._stream.say(Gone(self._number))

    def write(self, data: bytes) -> None:
        """Bytes for the client."""
        if self._transport is not None:
            self._transport.write(data)

    def end(self, *, abort: bool) -> None:
        """The daemon ends the connection."""
        if self._transport is None:
            return
        if abort:
            self._transport.abort()
        else:
            self._transport.close()


class FarTransport(asyncio.Transport):
    """In the daemon: the connection, for the protocol that speaks on it."""

    def __init__(self, stream: Stream, number: int) -> None:
        super().__init__()
        self._stream = stream
        self._number = number
        self._closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Bytes for the client."""
        self._stream.say(Bytes(self._number, bytes(data)))

    def is_closing(self) -> bool:
        """Whether it has been ended."""
        return self._closing

    def close(self) -> None:
        """End it when all is sent."""
        self._closing = True
        self._stream.say(End(self._number, abort=False))

    def abort(self) -> None:
        """End it at once."""
        self._closing = True
        self._stream.say(End(self._number, abort=True))
