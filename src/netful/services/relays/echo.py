"""Echo server for the ports of internet hosts without a service, TCP and UDP."""

import asyncio
import socket
from typing import cast

from netful.services.http.deadline import Deadline

_IDLE_SECONDS = 350.0
_BUFFER = 64 * 1024


class Echo(asyncio.Protocol):
    """TCP echo. It reads no faster than the client does."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the idle timer."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=_BUFFER)
        self._deadline = Deadline(asyncio.get_running_loop(), self._transport.close)
        self._deadline.move(_IDLE_SECONDS)

    def data_received(self, data: bytes) -> None:
        """Send the data back."""
        self._deadline.move(_IDLE_SECONDS)
        self._transport.write(data)

    def pause_writing(self) -> None:
        """Pause while the client does not read."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Continue when the client reads again."""
        self._transport.resume_reading()

    def connection_lost(self, _exc: Exception | None) -> None:
        """Stop the idle timer."""
        self._deadline.end()


class EchoDatagrams:
    """UDP echo: it answers from the address to which the datagram was sent.

    The socket serves many addresses, and the kernel reports the destination of each datagram (IP_PKTINFO, IPV6_PKTINFO). A
    plain datagram endpoint would answer from another address.
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
        except OSError:  # no datagram any more, or no buffer space for the answer: a datagram may be lost
            return

    def close(self) -> None:
        """Stop answering."""
        self._loop.remove_reader(self._socket)
        self._socket.close()
