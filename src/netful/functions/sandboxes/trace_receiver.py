"""Receiver of the segments that a function sends to X-Ray's daemon: `AWS_XRAY_DAEMON_ADDRESS`, UDP port 2000.

A datagram is a line `{"format": "json", "version": 1}` and a document.
"""

import asyncio
import socket
from collections.abc import Callable

_LONGEST = 65_536
_AT_A_TIME = 64


class TraceReceiver:
    """Reads datagrams of one environment, and passes their documents on."""

    def __init__(self, sock: socket.socket, take: Callable[[bytes], None]) -> None:
        self._sock = sock
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock, self._readable)

    def _readable(self) -> None:
        for _ in range(_AT_A_TIME):  # a function that sends without end leaves the loop its turns
            try:
                datagram = self._sock.recv(_LONGEST)
            except BlockingIOError:
                return
            _, _, document = datagram.partition(b"\n")
            if document:
                self._take(document)

    def close(self) -> None:
        """Read what has come, and stop."""
        self._loop.remove_reader(self._sock)
        self._readable()
        self._sock.close()
