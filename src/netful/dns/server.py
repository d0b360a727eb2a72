"""UDP and TCP servers of the resolver (RFC 7766), on sockets opened in the namespaces of its clients."""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from netful.dns.responder import Responder, ViewOf

_IDLE_SECONDS = 10.0
_LENGTH_SIZE = 2
_AT_ONCE = 8  # queries of a connection that one turn of the event loop answers


class Resolver:
    """A running resolver."""

    def __init__(self, datagrams: asyncio.DatagramTransport, server: asyncio.Server, responder: Responder) -> None:
        self._datagrams = datagrams
        self._responder = responder
        self._server = server

    def forget(self) -> None:
        """Drop the cached responses after the view has changed."""
        self._responder.forget()

    def close(self) -> None:
        """Stop listening."""
        self._datagrams.close()
        self._server.close()


async def serve(
    loop: asyncio.AbstractEventLoop,
    udp_socket: socket.socket,
    tcp_socket: socket.socket,
    view_of: ViewOf,
    delay: Callable[[], float] = lambda: 0.0,
) -> Resolver:
    """Answer queries on a bound UDP socket and a listening TCP socket, from the views of names that clients have.

    Answers to datagrams wait for `delay` seconds.
    """
    responder = Responder(view_of)
    datagrams, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(responder, delay), sock=udp_socket)
    server = await loop.create_server(lambda: _Stream(responder), sock=tcp_socket)
    return Resolver(datagrams, server, responder)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, responder: Responder, delay: Callable[[], float]) -> None:
        self._responder = responder
        self._delay = delay

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if seconds := self._delay():
            asyncio.get_running_loop().call_later(seconds, self._answer, data, addr)
        else:
            self._answer(data, addr)

    def _answer(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._transport.is_closing():
            return
        if response := self._responder.respond(data, addr[0], udp=True):
            self._transport.sendto(response, addr)


class _Stream(asyncio.Protocol):
    """A TCP connection: length-prefixed messages, answered in order; idle connections are closed."""

    def __init__(self, responder: Responder) -> None:
        self._responder = responder
        self._buffer = bytearray()
        self._turn: asyncio.Handle | None = None
        self._is_read = self._reads = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._client: str = (self._transport.get_extra_info("peername") or ("",))[0]
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(_IDLE_SECONDS, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._turn is None:
            self._answer_some()

    def _answer_some(self) -> None:
        """Answer some of the queries; the others have their turn after the work of other clients, and no more is read until then."""
        for _ in range(_AT_ONCE):
            end = _LENGTH_SIZE + int.from_bytes(self._buffer[:_LENGTH_SIZE], "big")
            if len(self._buffer) < max(end, _LENGTH_SIZE):
                self._turn = None
                self._follow()
                return
            self._answer(bytes(self._buffer[_LENGTH_SIZE:end]))
            del self._buffer[:end]
        self._turn = self._loop.call_soon(self._answer_some)
        self._follow()

    def _answer(self, packet: bytes) -> None:
        self._timer.cancel()
        self._timer = self._loop.call_later(_IDLE_SECONDS, self._transport.abort)
        if response := self._responder.respond(packet, self._client, udp=False):
            self._transport.write(len(response).to_bytes(_LENGTH_SIZE, "big") + response)

    def pause_writing(self) -> None:
        self._is_read = False
        self._follow()

    def resume_writing(self) -> None:
        self._is_read = True
        self._follow()

    def _follow(self) -> None:
        """Read as long as the client reads, and no query waits."""
        reads = self._is_read and self._turn is None
        if reads is self._reads or self._transport.is_closing():
            return
        self._reads = reads
        (self._transport.resume_reading if reads else self._transport.pause_reading)()

    def connection_lost(self, _exc: Exception | None) -> None:
        if self._turn is not None:
            self._turn.cancel()
        self._timer.cancel()
