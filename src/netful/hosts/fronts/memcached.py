"""Commands of a client of memcached, among them `config get cluster` of ElastiCache's auto discovery, which the front answers.

The server has every other command, unchanged. A client that asks for the nodes has had the answers to its commands before, as
clients do. The binary protocol, which begins with another byte, has no auto discovery.
"""

from __future__ import annotations

import asyncio
import time

from netful.hosts.fronts.front import Front

_ASKS = [b"config", b"get", b"cluster"]
_BINARY = 0x80
_LONGEST = 1 << 16
# Position of the size in the commands that are followed by data.
_SIZES = {b"set": 4, b"add": 4, b"replace": 4, b"append": 4, b"prepend": 4, b"cas": 4, b"ms": 2}


class Commands(asyncio.StreamReader):
    """Commands of a client for the server. Questions for the nodes are answered here."""

    def __init__(self, client: asyncio.StreamReader, writer: asyncio.StreamWriter, front: Front) -> None:
        super().__init__()
        self._client = client
        self._writer = writer
        self._front = front
        self._line = b""  # the beginning of a command
        self._data = 0  # bytes of data that are still to come
        self._is_raw = False

    async def read(self, n: int = -1) -> bytes:
        """Return the next bytes for the server, b"" at the end."""
        while received := await self._client.read(n):
            if passed := self.passed(received):
                return passed
        rest, self._line = self._line, b""
        return rest

    def passed(self, received: bytes) -> bytes:
        """Answer the questions among received bytes; return the others."""
        waiting, found, self._line = self._line + received, b"", b""
        while waiting:
            if self._is_raw or self._data:
                size = len(waiting) if self._is_raw else min(self._data, len(waiting))
                found, waiting, self._data = found + waiting[:size], waiting[size:], max(self._data - size, 0)
                continue
            line, end, rest = waiting.partition(b"\n")
            self._is_raw = waiting[0] == _BINARY or len(line) > _LONGEST
            if not end and not self._is_raw:
                self._line = waiting
                break
            words = line.split()
            if words == _ASKS:
                self._writer.write(discovered(self._front))
                waiting = rest
            elif not self._is_raw:
                found, waiting, self._data = found + line + end, rest, _size_of(words)
        return found


def discovered(front: Front) -> bytes:
    """Return the answer of auto discovery. Clients take up a list whose version is higher than the one they have."""
    nodes = " ".join(f"{name}|{address}|{front.port}" for name, address in front.nodes)
    content = f"{int(time.time())}\n{nodes}\n"
    return f"CONFIG cluster 0 {len(content)}\r\n{content}\r\nEND\r\n".encode()


def _size_of(words: list[bytes]) -> int:
    """Return the bytes of data after a command, with the end of their line; 0 for a command without."""
    place = _SIZES.get(words[0]) if words else None
    size = words[place] if place is not None and place < len(words) else b""
    return int(size) + 2 if size.isdigit() and len(size) < 10 else 0
