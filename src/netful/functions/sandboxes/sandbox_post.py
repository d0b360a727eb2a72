"""Request of Lambda to a process of a sandbox: telemetry for an extension."""

import asyncio
import socket

from netful.model.core import whole_number

_OK = range(200, 300)


async def post(sock: socket.socket, address: tuple[str, int], path: str, body: bytes) -> bool:
    """Post JSON on a new socket; return whether it is accepted. Waits for the answer as long as the process needs."""
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
    """Return the status in the first line of an answer, 0 without one."""
    words = line.decode("latin-1").split()
    return whole_number(words[1], 0) if len(words) > 1 else 0
