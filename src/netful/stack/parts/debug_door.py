"""A port of the host's loopback that leads to the debugger of the function that is debugged.

A debugger runs whatever its client sends, so the port refuses other users of the machine, and web pages in a browser: the
parser of debugpy takes an HTTP request for a message. Node's inspector itself refuses pages.
"""

import asyncio
import os
import socket
from pathlib import Path

from netful.functions.environments.debugging import Debugging
from netful.services.relays.relay import pass_on, reset

_LOOPBACK = "127.0.0.1"
_CONNECTIONS = Path("/proc/net/tcp")


class DebugDoor:
    """The port: the debugger's usual one if it is free."""

    def __init__(self, debugging: Debugging) -> None:
        self.debugging = debugging
        self.address = ""
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Accept debuggers."""
        sock = socket.socket()
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((_LOOPBACK, self.debugging.port))
        except OSError:
            sock.bind((_LOOPBACK, 0))
        self.address = f"{_LOOPBACK}:{sock.getsockname()[1]}"
        self._server = await asyncio.start_server(self._serve, sock=sock)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock, begins = writer.get_extra_info("socket"), self.debugging.begins
        try:
            head = await reader.readexactly(len(begins)) if _user_of(sock) in _users() else None
            if head != begins:
                reset(writer)
                return
            far = await self.debugging.dial()
        except (OSError, asyncio.IncompleteReadError):
            reset(writer)
            return
        far[1].write(begins)
        await pass_on((reader, writer), far)

    def close(self) -> None:
        """Accept no further debuggers."""
        if self._server is not None:
            self._server.close()


def _users() -> set[int]:
    """Return the users who may debug: of this process, root, and the one who became root by sudo."""
    return {0, os.getuid(), int(os.environ.get("SUDO_UID") or 0)}


def _user_of(sock: socket.socket) -> int | None:
    """Return the user of the other end of a connection on this machine (proc_pid_net(5))."""
    there = sock.getpeername(), sock.getsockname()  # the two ends as the other one has them
    ends = [f"{int.from_bytes(socket.inet_aton(host), 'little'):08X}:{port:04X}" for host, port in there]
    for line in _CONNECTIONS.read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[1:3] == ends:
            return int(fields[7])
    return None
