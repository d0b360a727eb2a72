"""WebSocket frames, as bytes and back (RFC 6455 §5). Pure: a reader is fed bytes and gives what they complete.

What a client sends must be masked, and what a server sends must not be. A reader raises FrameError with the code by which
the connection has to be closed; after that it is fed no more.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_LONGEST_CONTROL = 125

NORMAL, GOING_AWAY, PROTOCOL_ERROR, NOT_TEXT, TOO_BIG = 1000, 1001, 1002, 1007, 1009


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


_KNOWN = frozenset(Opcode)
_LEAST = {2: 0, 4: 126, 10: 1 << 16}
"""The least length that is told in a head of so many bytes."""
_CODES = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)})
"""The codes that a client may close with (RFC 6455 §7.4)."""


class FrameError(Exception):
    """Bytes that no client may send."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message, or a control frame. `binary` is for data."""

    opcode: Opcode
    payload: bytes

    @property
    def close_code(self) -> int:
        """The code of a close; 1005 stands for none (RFC 6455 §7.4.1)."""
        return int.from_bytes(self.payload[:2], "big") if len(self.payload) >= 2 else 1005


def accept_key(key: str) -> str:
    """The server's answer to a client's key."""
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID).digest()).decode()  # noqa: S324  # what the RFC says


def frame(opcode: Opcode, payload: bytes = b"") -> bytes:
    """A server's frame."""
    size = len(payload)
    head = bytes([0x80 | opcode])
    if size < 126:
        return head + bytes([size]) + payload
    if size < 1 << 16:
        return head + b"\x7e" + size.to_bytes(2, "big") + payload
    return head + b"\x7f" + size.to_bytes(8, "big") + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """The frame that closes a connection."""
    return frame(Opcode.CLOSE, code.to_bytes(2, "big") + reason.encode()[: _LONGEST_CONTROL - 2])


class FrameReader:
    """Reads what a client sends; `largest_frame` and `largest_message` are in bytes."""

    def __init__(self, largest_frame: int, largest_message: int) -> None:
        self._largest_frame = largest_frame
        self._largest_message = largest_message
        self._buffer = bytearray()
        self._parts = bytearray()
        self._opcode: Opcode | None = None

    def feed(self, data: bytes) -> Iterator[Message]:
        """Add bytes; yields each message that they complete. Raises FrameError."""
        self._buffer += data
        while (found := self._frame()) is not None:
            final, opcode, payload = found
            message = self._control(final, opcode, payload) if opcode >= 8 else self._data(final, opcode, payload)
            if message is not None:
                yield message

    def _frame(self) -> tuple[bool, Opcode, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1] & 0x7F, 2
        if size >= 126:
            start = 4 if size == 126 else 10
            size = int.from_bytes(buffer[2:start], "big")
        if buffer[0] & 0x70 or buffer[0] & 0x0F not in _KNOWN or not buffer[1] & 0x80:
            raise FrameError(PROTOCOL_ERROR, "a frame that is not masked, or of no known kind")
        if len(buffer) >= start and size > self._largest_frame:
            raise FrameError(TOO_BIG, "frame too big")
        if len(buffer) >= start and size < _LEAST[start]:
            raise FrameError(PROTOCOL_ERROR, "a length in more bytes than it needs")
        end = start + 4 + size
        if len(buffer) < end:
            return None
        mask, payload = bytes(buffer[start : start + 4]), bytes(buffer[start + 4 : end])
        final, opcode = bool(buffer[0] & 0x80), Opcode(buffer[0] & 0x0F)
        del buffer[:end]
        return final, opcode, _unmasked(payload, mask)

    def _control(self, final: bool, opcode: Opcode, payload: bytes) -> Message:  # noqa: FBT001  # the frame's own bit
        if not final or len(payload) > _LONGEST_CONTROL:
            raise FrameError(PROTOCOL_ERROR, "a control frame in parts, or too long")
        message = Message(opcode, payload)
        if opcode is Opcode.CLOSE and payload:
            if len(payload) < 2 or message.close_code not in _CODES:
                raise FrameError(PROTOCOL_ERROR, "a close with a code that nobody may send")
            if not _is_text(payload[2:]):
                raise FrameError(NOT_TEXT, "a reason that is no UTF-8")
        return message

    def _data(self, final: bool, opcode: Opcode, payload: bytes) -> Message | None:  # noqa: FBT001  # the same
        if (opcode is Opcode.CONTINUATION) == (self._opcode is None):
            raise FrameError(PROTOCOL_ERROR, "a part of no message, or a message within another")
        if self._opcode is None:
            self._opcode = opcode
        self._parts += payload
        if len(self._parts) > self._largest_message:
            raise FrameError(TOO_BIG, "message too big")
        if not final:
            return None
        whole, kind = bytes(self._parts), self._opcode
        self._parts.clear()
        self._opcode = None
        if kind is Opcode.TEXT and not _is_text(whole):
            raise FrameError(NOT_TEXT, "a text that is no UTF-8")
        return Message(kind, whole)


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    whole = int.from_bytes(mask * (size // 4 + 1), "big") >> (8 * (4 - size % 4))
    return (int.from_bytes(payload, "big") ^ whole).to_bytes(size, "big")


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
