"""What answers on any port of the internet that has no service, TCP and UDP: it says back what it hears."""

from __future__ import annotations

import asyncio
import socket
from typing import cast

_IDLE_SECONDS = 350.0
_BUFFER = 64 * 1024


class Echo(asyncio.Protocol):
    """Sends back every byte; reads no faster than the client does."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=_BUFFER)
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self._timer = self._loop.call_later(_IDLE_SECONDS, self._check_idle)

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        self._last = self._loop.time()
        self._transport.write(data)

    def pause_writing(self) -> None:
        """The client does not read."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._transport.resume_reading()

    def connection_lost(self, _exc: Exception | None) -> None:
        """The client is gone."""
        self._timer.cancel()

    def _check_idle(self) -> None:
        left = self._last + _IDLE_SECONDS - self._loop.time()
        if left <= 0:
            self._transport.close()
        else:
            self._timer = self._loop.call_later(left, self._check_idle)


class EchoDatagrams:
    """Sends back every datagram, from the very address that it was sent to.

    The socket stands for many addresses and gives, with each datagram, the one that was meant (IP_PKTINFO, IPV6_PKTINFO); a
    plain datagram endpoint would answer from another.
    """

    _ANCILLARY = socket.CMSG_SPACE(20)

    def __init__(self, loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
        self._loop = loop
        self._socket = sock
        loop.add_reader(sock, self._answer)

    def _answer(self) -> None:
        try:
            data, ancillary, _, client = self._socket.recvmsg(_BUFFER, self._ANCILLARY)
            self._socket.sendmsg([data], ancillary, 0, client)
        except OSError:  # nothing there any more, or no room to answer: a datagram may be lost
            return

    def close(self) -> None:
        """Stop answering."""
        self._loop.remove_reader(self._socket)
        self._socket.close()
