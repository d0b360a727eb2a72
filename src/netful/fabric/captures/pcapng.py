"""Files of packets in the format pcapng (draft-ietf-opsawg-pcapng): a section, its interfaces, their packets."""

import struct
from collections.abc import Sequence

from netful.fabric.captures.filters import SNAPSHOT
from netful.model.core import Frozen

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_MAGIC = 0x1A2B3C4D
_COMMENT, _END = 1, 0
_NAME, _DESCRIPTION, _RESOLUTION = 2, 3, 9
_NANOSECONDS = 9
_FLAGS, _INBOUND, _OUTBOUND = 2, 1, 2
_ETHERNET = 1
_APPLICATION = 4


class CapturedInterface(Frozen):
    """An interface of a file: its name, its description, and a comment."""

    name: str
    description: str
    comment: str


def section(interfaces: Sequence[CapturedInterface], application: str) -> bytes:
    """Return the beginning of a file."""
    options = _option(_APPLICATION, application.encode())
    begun = _block(_SECTION, struct.pack("=IHHq", _MAGIC, 1, 0, -1) + _options(options))
    return begun + b"".join(map(_interface, interfaces))


def _interface(one: CapturedInterface) -> bytes:
    options = _option(_NAME, one.name.encode()) + _option(_DESCRIPTION, one.description.encode())
    options += _option(_COMMENT, one.comment.encode()) + _option(_RESOLUTION, bytes([_NANOSECONDS]))
    return _block(_INTERFACE, struct.pack("=HHI", _ETHERNET, 0, SNAPSHOT) + _options(options))


def packet(number: int, at_ns: int, frame: bytes, length: int, *, outbound: bool) -> bytes:
    """Return the block of a packet of the interface with a number, which may be cut; `length` is that of the whole packet."""
    head = struct.pack("=IIIII", number, at_ns >> 32, at_ns & 0xFFFFFFFF, len(frame), length)
    flags = _option(_FLAGS, struct.pack("=I", _OUTBOUND if outbound else _INBOUND))
    return _block(_PACKET, head + _padded(frame) + _options(flags))


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("=I", len(body) + 12)
    return struct.pack("=I", kind) + length + body + length


def _options(options: bytes) -> bytes:
    return options + struct.pack("=HH", _END, 0)


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("=HH", code, len(value)) + _padded(value)


def _padded(value: bytes) -> bytes:
    return value + b"\0" * (-len(value) % 4)
