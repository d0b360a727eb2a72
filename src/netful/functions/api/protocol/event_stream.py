"""The framing of `application/vnd.amazon.eventstream`: messages with headers, between a length and checksums.

total length, length of the headers, CRC of these two (4 bytes each), headers, payload, CRC of all before it

A header is its name's length, its name, the type of its value (7 for text), the value's length and the value.
"""

import struct
import zlib

_TEXT = 7
_AROUND = 16  # bytes besides headers and payload


def message(event_type: str, payload: bytes, content_type: str) -> bytes:
    """Return one encoded event."""
    headers = b"".join(
        _header(name, value)
        for name, value in ((":event-type", event_type), (":content-type", content_type), (":message-type", "event"))
    )
    prelude = struct.pack(">II", _AROUND + len(headers) + len(payload), len(headers))
    checked = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return checked + struct.pack(">I", zlib.crc32(checked))


def _header(name: str, value: str) -> bytes:
    encoded = value.encode()
    return struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", _TEXT, len(encoded)) + encoded
