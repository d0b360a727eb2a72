"""Local sockets of the daemon that a node's HAProxy connects to, each with an HTTP server."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path

from netful.fabric.doors.door import Door, DoorKind
from netful.services.http.message import Request, Response
from netful.services.http.protocol import HttpProtocol


class LocalServers:
    """Servers in `folder`, by keys whose files `file_of` names; `answer` gets the key with each request."""

    def __init__(
        self, folder: Path, file_of: Callable[[str], str], answer: Callable[[str, Request], Awaitable[Response]]
    ) -> None:
        self._folder = folder
        self._file_of = file_of
        self._answer = answer
        self._servers: dict[str, asyncio.AbstractServer] = {}

    async def follow(self, wanted: Iterable[str]) -> None:
        """Serve these keys, and no others, from now on."""
        keys, loop = {*wanted}, asyncio.get_running_loop()
        for key in self._servers.keys() - keys:
            self._servers.pop(key).close()
        for key in keys - self._servers.keys():
            protocol = partial(HttpProtocol, partial(self._answer, key), Door(DoorKind.LOCAL))
            listener = listening(self._folder, self._file_of(key))
            self._servers[key] = await loop.create_unix_server(protocol, sock=listener)

    def close(self) -> None:
        """Close all sockets."""
        for server in self._servers.values():
            server.close()


def listening(folder: Path, file: str) -> socket.socket:
    """Return a listening socket; the folder is addressed by descriptor, since the path of a socket has a short limit."""
    folder.mkdir(parents=True, exist_ok=True)
    folder_fd = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    try:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        (folder / file).unlink(missing_ok=True)
        listener.bind(f"/proc/self/fd/{folder_fd}/{file}")
        listener.listen(128)
        return listener
    finally:
        os.close(folder_fd)
