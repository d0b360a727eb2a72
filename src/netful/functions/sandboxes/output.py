"""Output of a sandbox: a pipe that the daemon reads.

A function may write as fast as the pipe takes it. So each turn of the event loop reads one piece, and other work goes on between
pieces; the function waits while its pipe is full.
"""

import asyncio
import fcntl
import os
import struct
import termios
from collections.abc import Callable

from netful.functions.invocations.logs import PIECE_BYTES


class Output:
    """The reading end of a pipe, until every writer has ended or `close`; `write` receives the pieces."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._write = write
        self._pipe = -1

    def open(self) -> int:
        """Start reading; return the writing end, for a sandbox."""
        self._pipe, writing = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._pipe, False)
        self._loop.add_reader(self._pipe, self.read)
        return writing

    def read(self) -> bool:
        """Read a piece; return whether nothing more is in the pipe."""
        if self._pipe < 0:
            return True
        try:
            data = os.read(self._pipe, PIECE_BYTES)
        except BlockingIOError:
            return True
        if data:
            self._write(data)
            return len(data) < PIECE_BYTES
        self.close()
        return True

    async def catch_up(self) -> None:
        """Read what has been written by now, a piece each turn of the event loop; what is written meanwhile does not count."""
        pieces = -(-self._waiting() // PIECE_BYTES)
        while pieces > 0 and not self.read():
            pieces -= 1
            await asyncio.sleep(0)

    def close(self) -> None:
        """Stop reading."""
        if self._pipe >= 0:
            self._loop.remove_reader(self._pipe)
            os.close(self._pipe)
            self._pipe = -1

    def _waiting(self) -> int:
        if self._pipe < 0:
            return 0
        number: int = struct.unpack("i", fcntl.ioctl(self._pipe, termios.FIONREAD, b"\0" * 4))[0]
        return number
