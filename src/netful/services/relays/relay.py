"""Relay from an interface's port inside the network to an address of the host, and back.

So a database that runs on the host is part of the VPC, behind its security groups and routes (`attach`).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable

_CHUNK = 1 << 16

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Dial = Callable[[], Awaitable[Streams]]
"""Opens the far side of a relayed connection."""


class Relay:
    """Server of one listening socket that was opened inside the network."""

    def __init__(self, server: asyncio.Server) -> None:
        self._server = server

    @classmethod
    async def serve_by(cls, sock: socket.socket, dial: Dial) -> Relay:
        """Relay every connection to one that `dial` opens; reset the client's if that fails."""

        async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                far_reader, far_writer = await dial()
            except OSError:
                reset(writer)
                return
            await pass_on((reader, writer), (far_reader, far_writer))

        return cls(await asyncio.start_server(connect, sock=sock))

    def close(self) -> None:
        """Accept no further connections."""
        self._server.close()


async def pass_on(near: Streams, far: Streams) -> None:
    """Copy between two connections in both directions until both have ended, then close them."""
    try:
        await asyncio.gather(_copy(near[0], far[1]), _copy(far[0], near[1]))
    finally:
        near[1].close()
        far[1].close()


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection like a host with no listener on the port: by a reset, not by an orderly end."""
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy until the end, which is passed on; a broken connection ends both directions."""
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof() and not writer.is_closing():
            writer.write_eof()
            return
    writer.close()
