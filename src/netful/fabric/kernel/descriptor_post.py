"""Messages with descriptors to another process, over a Unix socket, without blocking the event loop."""

import asyncio
import os
import socket
from collections import deque
from collections.abc import Iterable


class DescriptorPost:
    """Sender of messages. The caller keeps its descriptors."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._loop = asyncio.get_running_loop()
        self._unsent: deque[tuple[bytes, list[int]]] = deque()

    def send(self, message: bytes, descriptors: Iterable[int] = ()) -> None:
        """Send a message with copies of descriptors; nothing once it is closed. Raises OSError if they cannot be copied."""
        if self._is_closed:
            return
        copies: list[int] = []
        try:
            copies.extend(map(os.dup, descriptors))
        except OSError:
            _close(copies)
            raise
        self._unsent.append((message, copies))
        if len(self._unsent) == 1:
            self._flush()

    @property
    def _is_closed(self) -> bool:
        return self._socket.fileno() < 0

    def _flush(self) -> None:
        while self._unsent:
            message, copies = self._unsent[0]
            try:
                socket.send_fds(self._socket, [message], copies)
            except BlockingIOError:
                self._loop.add_writer(self._socket, self._flush)
                return
            except OSError:
                break  # the other process has ended; who reads from it learns that
            _close(copies)
            self._unsent.popleft()
        self._loop.remove_writer(self._socket)

    def close(self) -> None:
        """Send nothing more, and close the socket."""
        if self._is_closed:
            return
        self._loop.remove_writer(self._socket)
        self._socket.close()
        while self._unsent:
            _close(self._unsent.popleft()[1])


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
