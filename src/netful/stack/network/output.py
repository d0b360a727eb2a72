"""What a program writes into a pipe, read by the event loop until nobody can write any more.

The loop only watches the pipe, which has one owner and is closed once. uvloop's own `connect_read_pipe` closes a pipe twice:
in between, another thread may have got the same descriptor for something else.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable

_CHUNK = 64 * 1024


async def follow(pipe: int, write: Callable[[bytes], None]) -> None:
    """Hand over what comes out of a pipe, and close it at its end."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def readable() -> None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(pipe, _CHUNK)
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
