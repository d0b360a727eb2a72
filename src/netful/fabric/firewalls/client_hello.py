"""Server name in a TLS ClientHello, read before the handshake (RFC 8446 §4.1.2, RFC 6066 §3)."""

_HANDSHAKE, _CLIENT_HELLO, _SERVER_NAME = 22, 1, 0
_LONGEST = 1 << 16  # maximum size of a ClientHello in bytes


def server_name(data: bytes) -> str | None:
    """Return the server name of a ClientHello.

    "" if it has none, or if the data is not a ClientHello; None if the ClientHello is incomplete.
    """
    hello, at = b"", 0
    while at + 5 <= len(data):
        if data[at] != _HANDSHAKE:
            return ""
        size = int.from_bytes(data[at + 3 : at + 5], "big")
        hello += data[at + 5 : at + 5 + size]
        at += 5 + size
        if hello and hello[0] != _CLIENT_HELLO:
            return ""
        if len(hello) >= 4 and len(hello) >= (end := 4 + int.from_bytes(hello[1:4], "big")):
            return _name_in(hello[4:end])
    return None if len(data) < _LONGEST and data[:1] in (b"", bytes([_HANDSHAKE])) else ""


def _name_in(body: bytes) -> str:
    """Return the server name in a ClientHello's body: version and random, then four lists, of which the last is the extensions."""
    rest = body[2 + 32 :]
    for width in (1, 2, 1):
        rest = _behind(rest, width)
    extensions = rest[2 : 2 + int.from_bytes(rest[:2], "big")]
    while len(extensions) >= 4:
        kind, size = int.from_bytes(extensions[:2], "big"), int.from_bytes(extensions[2:4], "big")
        if kind == _SERVER_NAME:
            name = extensions[4 + 2 + 1 : 4 + size]  # after the list's length and the type of the name
            return name[2 : 2 + int.from_bytes(name[:2], "big")].decode("ascii", "replace").lower()
        extensions = extensions[4 + size :]
    return ""


def _behind(data: bytes, width: int) -> bytes:
    """Return the data after a list, whose length takes `width` bytes."""
    return data[width + int.from_bytes(data[:width], "big") :]
