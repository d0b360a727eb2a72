"""Connections with another protocol after a 101: the client's end in the worker, the protocol in the daemon."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from netful.gateway.workers.stream import Stream


class ClientEnds:
    """The clients' ends, in the worker, by the numbers of their requests. The daemon calls all methods but `open`."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._ends: dict[int, ClientEnd] = {}

    def open(self, number: int) -> ClientEnd:
        """Return the protocol for the client of a request."""
        end = self._ends[number] = ClientEnd(self._stream, number, lambda: self._ends.pop(number))
        return end

    def write(self, number: int, data: bytes) -> None:
        """Pass on bytes for the client."""
        if (transport := self._transport(number)) is not None:
            transport.write(data)

    def hold(self, number: int, *, held: bool) -> None:
        """Read no more from the client, or read again."""
        transport = self._transport(number)
        if transport is not None and not transport.is_closing():
            (transport.pause_reading if held else transport.resume_reading)()

    def end(self, number: int, *, abort: bool) -> None:
        """End the connection after all bytes are sent, or at once."""
        if (transport := self._transport(number)) is not None:
            (transport.abort if abort else transport.close)()

    def _transport(self, number: int) -> asyncio.Transport | None:
        return self._ends[number].transport if number in self._ends else None


class ClientEnd(asyncio.Protocol):
    """A client's end: it passes everything on. It has a transport once the client has its 101."""

    def __init__(self, stream: Stream, number: int, on_end: Callable[[], object]) -> None:
        self._stream = stream
        self._number = number
        self._on_end = on_end
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: the client has received its 101."""
        self.transport = cast("asyncio.Transport", transport)
        self._stream.say(FarProtocols.begin, self._number)

    def data_received(self, data: bytes) -> None:
        """Pass on bytes from the client."""
        self._stream.say(FarProtocols.receive, self._number, data)

    def pause_writing(self) -> None:
        """Report that the client does not read."""
        self._stream.say(FarProtocols.hold, self._number, held=True)

    def resume_writing(self) -> None:
        """Report that the client reads again."""
        self._stream.say(FarProtocols.hold, self._number, held=False)

    def eof_received(self) -> bool:
        """Close the connection of a client that sends no more."""
        return False

    def connection_lost(self, _exc: Exception | None) -> None:
        """Report that the client is gone."""
        self._on_end()
        self._stream.say(FarProtocols.drop, self._number)


class FarProtocols:
    """The protocols, in the daemon, by the numbers of their requests. The worker calls all methods but `offer`."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._offers: dict[int, Callable[[], asyncio.Protocol]] = {}
        self._protocols: dict[int, asyncio.Protocol] = {}

    def offer(self, number: int, take_over: Callable[[], asyncio.Protocol]) -> None:
        """Prepare for the client of a request, whose 101 is on its way."""
        self._offers[number] = take_over

    def begin(self, number: int) -> None:
        """Begin: the client has received its 101."""
        if number in self._offers:
            protocol = self._protocols[number] = self._offers.pop(number)()
            protocol.connection_made(FarTransport(self._stream, number))

    def receive(self, number: int, data: bytes) -> None:
        """Pass on bytes from the client."""
        if number in self._protocols:
            self._protocols[number].data_received(data)

    def hold(self, number: int, *, held: bool) -> None:
        """Let the protocol know that its client does not read, or reads again."""
        if number in self._protocols:
            protocol = self._protocols[number]
            (protocol.pause_writing if held else protocol.resume_writing)()

    def drop(self, number: int) -> None:
        """End the protocol of a client that is gone."""
        self._offers.pop(number, None)
        if number in self._protocols:
            self._protocols.pop(number).connection_lost(None)

    def end(self) -> None:
        """End all protocols: the worker is gone."""
        for number in [*self._offers, *self._protocols]:
            self.drop(number)


class FarTransport(asyncio.Transport):
    """Transport of a protocol in the daemon."""

    def __init__(self, stream: Stream, number: int) -> None:
        super().__init__()
        self._stream = stream
        self._number = number
        self._closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Pass on bytes for the client."""
        self._stream.say(ClientEnds.write, self._number, bytes(data))

    def pause_reading(self) -> None:
        """Let the worker read no more from the client."""
        self._stream.say(ClientEnds.hold, self._number, held=True)

    def resume_reading(self) -> None:
        """Let the worker read again."""
        self._stream.say(ClientEnds.hold, self._number, held=False)

    def is_closing(self) -> bool:
        """Return whether the connection has been ended."""
        return self._closing

    def close(self) -> None:
        """End the connection after all bytes are sent."""
        self._end(abort=False)

    def abort(self) -> None:
        """End the connection at once."""
        self._end(abort=True)

    def _end(self, *, abort: bool) -> None:
        self._closing = True
        self._stream.say(ClientEnds.end, self._number, abort=abort)
