"""A request of Lambda's to a process of a sandbox: telemetry for an extension."""

from __future__ import annotations

import asyncio
import socket

_OK = range(200, 300)


async def post(sock: socket.socket, address: tuple[str, int], path: str, body: bytes) -> bool:
    """Post JSON by a socket of its own; False where nobody listens, or it is not taken. Waits as long as the other does."""
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(sock, address)
        reader, writer = await asyncio.open_connection(sock=sock)
    except OSError:
        sock.close()
        return False
    try:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: sandbox.localdomain:{address[1]}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        return _status(await reader.readline()) in _OK
    except (OSError, ValueError):
        return False
    finally:
        writer.close()


def _status(line: bytes) -> int:
    """The status in the first line of an answer, 0 where it is none."""
    words = line.split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
