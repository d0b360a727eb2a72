"""Connections with another protocol after a 101: the client's end in the worker, the protocol in the daemon."""

import asyncio
from collections.abc import Callable
from typing import cast

from netful.gateway.workers.messages import Bytes, End, Gone, Hold, Take
from netful.gateway.workers.stream import Stream


class ClientEnd(asyncio.Protocol):
    """The client's end, in the worker: it passes bytes on."""

    def __init__(self, stream: Stream, number: int, on_end: Callable[[], object]) -> None:
        self._stream = stream
        self._number = number
        self._on_end = on_end
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: the client has received its 101."""
        self._transport = cast("asyncio.Transport", transport)
        self._stream.say(Take(self._number))

    def data_received(self, data: bytes) -> None:
        """Pass on bytes from the client."""
        self._stream.say(Bytes(self._number, data))

    def pause_writing(self) -> None:
        """Report that the client does not read."""
        self._stream.say(Hold(self._number, held=True))

    def resume_writing(self) -> None:
        """Report that the client reads again."""
        self._stream.say(Hold(self._number, held=False))

    def hold(self, *, held: bool) -> None:
        """Read no more from the client, or read again, on the daemon's message."""
        if self._transport is None or self._transport.is_closing():
            return
        if held:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def eof_received(self) -> bool:
        """Close the connection of a client that sends no more."""
        return False

    def connection_lost(self, _exc: Exception | None) -> None:
        """Report that the client is gone."""
        self._on_end()
        self._stream.say(Gone(self._number))

    def write(self, data: bytes) -> None:
        """Pass on bytes for the client."""
        if self._transport is not None:
            self._transport.write(data)

    def end(self, *, abort: bool) -> None:
        """End the connection, on the daemon's message."""
        if self._transport is None:
            return
        if abort:
            self._transport.abort()
        else:
            self._transport.close()


class FarTransport(asyncio.Transport):
    """Transport of the protocol, in the daemon."""

    def __init__(self, stream: Stream, number: int) -> None:
        super().__init__()
        self._stream = stream
        self._number = number
        self._closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Pass on bytes for the client."""
        self._stream.say(Bytes(self._number, bytes(data)))

    def pause_reading(self) -> None:
        """Let the worker read no more from the client."""
        self._stream.say(Hold(self._number, held=True))

    def resume_reading(self) -> None:
        """Let the worker read again."""
        self._stream.say(Hold(self._number, held=False))

    def is_closing(self) -> bool:
        """Return whether the connection has been ended."""
        return self._closing

    def close(self) -> None:
        """End the connection after all bytes are sent."""
        self._closing = True
        self._stream.say(End(self._number, abort=False))

    def abort(self) -> None:
        """End the connection at once."""
        self._closing = True
        self._stream.say(End(self._number, abort=True))
