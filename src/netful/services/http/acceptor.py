"""Acceptor of a listening socket: each connection is a task until another object has taken it over."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable

_PAUSE_SECONDS = 0.1


class Acceptor:
    """Acceptor that passes the connections to `serve`. Errors of a client in `serve` are ignored."""

    def __init__(self, sock: socket.socket, serve: Callable[[socket.socket], Awaitable[object]]) -> None:
        self._socket = sock
        self._serve = serve
        self._connections: set[asyncio.Task[None]] = set()
        sock.setblocking(False)  # noqa: FBT003  # the socket's own interface
        self._accepting = asyncio.ensure_future(self._accept())

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(self._socket)
            except OSError:  # the client has disconnected, or no descriptor is left
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            task = loop.create_task(self._take(connection))
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)

    async def _take(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):  # the client may disconnect, or not use TLS
            await self._serve(connection)

    def close(self) -> None:
        """Accept no further connections, and end those that are still in `serve`."""
        self._accepting.cancel()
        for task in self._connections:
            task.cancel()
        self._socket.close()
