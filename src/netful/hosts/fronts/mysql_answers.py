"""Answers of a server to a client of a reader: a refused write has the error of AWS's readers, which run with `--read-only`.

The server refuses it by the transaction (1792), a reader of RDS as a server (1290); clients look for that number after a failover.
The packets are not compressed: the greeting of a reader does not offer that.
"""

from __future__ import annotations

import asyncio
import struct

_HEAD = 4
_BY_TRANSACTION = b"\xff" + struct.pack("<H", 1792) + b"#25006"
_TEXT = b"The MySQL server is running with the --read-only option so it cannot execute this statement"
_BY_SERVER = b"\xff" + struct.pack("<H", 1290) + b"#HY000" + _TEXT
_COMPRESSES = 0x20
_BEFORE_FLAGS = 13  # bytes between the version in a greeting and the server's flags


class Answers(asyncio.StreamReader):
    """Packets of the server for the client."""

    def __init__(self, server: asyncio.StreamReader) -> None:
        super().__init__()
        self._server = server
        self._waiting = b""  # the beginning of a packet
        self._rest = 0  # bytes of a packet that are still to come

    async def read(self, n: int = -1) -> bytes:
        """Return the next bytes for the client, b"" at the end."""
        while received := await self._server.read(n):
            if passed := self.passed(received):
                return passed
        rest, self._waiting = self._waiting, b""
        return rest

    def passed(self, received: bytes) -> bytes:
        """Return received bytes as the client gets them, without the beginning of a packet that may be such an error."""
        waiting, found = self._waiting + received, b""
        while waiting:
            if self._rest:
                found, waiting, self._rest = (
                    found + waiting[: self._rest],
                    waiting[self._rest :],
                    max(self._rest - len(waiting), 0),
                )
                continue
            size, content = int.from_bytes(waiting[:3], "little"), waiting[_HEAD:]
            may_be = _BY_TRANSACTION.startswith(content[: len(_BY_TRANSACTION)])
            if len(waiting) < _HEAD or (may_be and len(content) < size):
                break
            if may_be and size >= len(_BY_TRANSACTION):
                found, waiting = found + _framed(waiting[3], _BY_SERVER), content[size:]
            else:
                found, waiting, self._rest = found + waiting[:_HEAD], content, size
        self._waiting = waiting
        return found


def uncompressed(greeting: bytes) -> bytes:
    """Return a server's greeting without its offer to compress."""
    version, end, _ = greeting[_HEAD + 1 :].partition(b"\0")
    at = _HEAD + 1 + len(version) + len(end) + _BEFORE_FLAGS
    if len(greeting) <= at:
        return greeting
    return greeting[:at] + bytes([greeting[at] & ~_COMPRESSES]) + greeting[at + 1 :]


def _framed(number: int, content: bytes) -> bytes:
    return len(content).to_bytes(3, "little") + bytes([number]) + content
