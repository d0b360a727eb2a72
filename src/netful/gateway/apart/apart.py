"""Work apart: pure functions in a few processes that may be killed, so that no client of the gateway waits for another's work.

Rules:
1. A process starts with the first work, does one piece of work at a time, and is used again.
2. Work that takes longer than its deadline ends with its process. A few pieces wait; more are refused at once.
"""

import asyncio
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from netful.gateway.apart.process import LENGTH

T = TypeVar("T")

_PROCESSES = 2
_WAITING = 16


class ApartError(Exception):
    """Work that is not done: it took too long, or too much of it waits."""


class Apart:
    """Processes for work apart."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_PROCESSES)
        self._idle: list[_Process] = []
        self._waiting = 0

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Return the result of a pure function of a module, or raise its error. Raise ApartError."""
        if self._waiting >= _WAITING:
            raise ApartError("too much other work waits")
        self._waiting += 1
        try:
            async with self._free:
                returned, result = await self._done((function, arguments))
        finally:
            self._waiting -= 1
        if not returned:
            raise result
        found: T = result
        return found

    async def _done(self, work: tuple[Any, ...]) -> tuple[bool, Any]:
        process = self._idle.pop() if self._idle else await _start()
        try:
            answer = await process.ask(work)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            process.kill()
            raise ApartError("it takes too long") from error
        except BaseException:
            process.kill()
            raise
        self._idle.append(process)
        return answer

    def close(self) -> None:
        """End the processes that are idle; one that works ends at its deadline."""
        while self._idle:
            self._idle.pop().kill()


class _Process:
    """A process and the stream to it."""

    def __init__(
        self, process: subprocess.Popen[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer

    async def ask(self, work: tuple[Any, ...]) -> tuple[bool, Any]:
        """Return whether a function returned, and its result or error."""
        message = pickle.dumps(work)
        self._writer.write(len(message).to_bytes(LENGTH, "big") + message)
        await self._writer.drain()
        length = int.from_bytes(await self._reader.readexactly(LENGTH), "big")
        answer: tuple[bool, Any] = pickle.loads(await self._reader.readexactly(length))  # noqa: S301  # the process's own
        return answer

    def kill(self) -> None:
        """End the process."""
        self._writer.close()
        self._process.kill()
        self._process.wait()


async def _start() -> _Process:
    near, far = socket.socketpair()
    near.setblocking(False)  # noqa: FBT003  # the socket's own interface
    with far:
        process = _spawn(far)
    reader, writer = await asyncio.open_connection(sock=near)
    return _Process(process, reader, writer)


def _spawn(sock: socket.socket) -> subprocess.Popen[bytes]:
    """Start a process; its log goes to the daemon's log."""
    return subprocess.Popen(
        [sys.executable, "-I", "-m", "netful.gateway.apart.process", str(os.getpid())],
        env={},
        stdin=sock.fileno(),
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # the daemon handles an interrupt at the terminal
    )
