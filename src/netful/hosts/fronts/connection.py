"""Connection whose beginning is read byte by byte, so that TLS can begin after any of them.

Clients of MySQL send their first bytes of TLS together with the last ones before it: streams would have read too far.
"""

import asyncio
import socket
import ssl
import struct

_HANDSHAKE = b"\x16"

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Connection:
    """A connection of a front, with a client or with the server."""

    def __init__(self, sock: socket.socket, *, accepted: bool) -> None:
        self._socket = sock
        self._accepted = accepted
        self._streams: Streams | None = None

    async def read(self, size: int) -> bytes:
        """Return exactly `size` bytes. Raises EOFError at the end."""
        if self._streams is not None:
            return await self._streams[0].readexactly(size)
        loop, found = asyncio.get_running_loop(), b""
        while len(found) < size:
            part = await loop.sock_recv(self._socket, size - len(found))
            if not part:
                raise EOFError
            found += part
        return found

    async def begins_with_tls(self) -> bool:
        """Wait for the first byte, leave it there, and return whether it is that of TLS. Raises EOFError at the end."""
        loop, there = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._socket, there.set)
        try:
            await there.wait()
        finally:
            loop.remove_reader(self._socket)
        if not (first := self._socket.recv(1, socket.MSG_PEEK)):
            raise EOFError
        return first == _HANDSHAKE

    async def write(self, data: bytes) -> None:
        """Send bytes."""
        if self._streams is None:
            await asyncio.get_running_loop().sock_sendall(self._socket, data)
            return
        self._streams[1].write(data)
        await self._streams[1].drain()

    async def begin_tls(self, context: ssl.SSLContext) -> None:
        """Begin TLS: as the server if the connection was accepted, else as the client."""
        assert self._streams is None
        self._streams = await self._over(context)

    async def streams(self) -> Streams:
        """Return the streams of what follows."""
        if self._streams is None:
            self._streams = await self._over(None)
        return self._streams

    async def _over(self, context: ssl.SSLContext | None) -> Streams:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        if self._accepted:
            transport, _ = await loop.connect_accepted_socket(lambda: protocol, self._socket, ssl=context)
        else:
            name = None if context is None else ""
            transport, _ = await loop.create_connection(
                lambda: protocol, sock=self._socket, ssl=context, server_hostname=name
            )
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
        else:
            self._socket.close()

    def reset(self) -> None:
        """End the connection like a host with no listener on the port."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()
