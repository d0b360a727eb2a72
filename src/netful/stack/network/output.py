"""Output of a program: a pipe that the event loop reads until its last writer has closed it.

The loop only watches the pipe, which has one owner and is closed once. uvloop's own `connect_read_pipe` closes a pipe twice.
Between the two, another thread may have got the same descriptor for something else.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable

from netful.functions.invocations.logs import PIECE_BYTES


async def follow(pipe: int, write: Callable[[bytes], None]) -> None:
    """Pass on what is written into a pipe, and close the pipe at its end."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def readable() -> None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(pipe, PIECE_BYTES)
            if data:
                write(data)
            else:
                loop.remove_reader(pipe)
                ended.set()

    os.set_blocking(pipe, False)
    loop.add_reader(pipe, readable)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(pipe)
        os.close(pipe)
