"""Beginning of a connection in PostgreSQL's protocol, version 3.

| the client sends | the front |
|---|---|
| request for TLS | accepts it, and asks the server for it as well |
| request for GSSAPI's encryption | refuses it |
| request to cancel a query | passes it on |
| its user, database and options | passes them on; a read-only front adds `default_transaction_read_only` |
"""

from __future__ import annotations

import struct

from netful.hosts.fronts.connection import Connection
from netful.hosts.fronts.front import Certificates, Dial, Front, Refused

_TLS, _GSSAPI, _CANCEL = 80877103, 80877104, 80877102
_MAJOR = 3
_LONGEST = 10_000  # the server's own limit
_READ_ONLY = b"-c default_transaction_read_only=on"


async def opened(near: Connection, dial: Dial, front: Front, certificates: Certificates) -> Connection:
    """Return the server's side of a client's connection, after its beginning. Raises Refused."""
    encrypted = False
    while True:
        code, content = await _first_message(near)
        if code == _TLS and not encrypted:
            await near.write(b"S")
            await near.begin_tls(certificates.near)
            encrypted = True
        elif code == _GSSAPI and not encrypted:
            await near.write(b"N")
        else:
            break
    if code == _CANCEL:
        far = await dial()
    elif code >> 16 == _MAJOR:
        far = await _session(dial, certificates, encrypted=encrypted)
        content = _startup(content) if front.read_only else content
    else:
        raise Refused(f"protocol {code >> 16} is not PostgreSQL's")
    await far.write(_message(code, content))
    return far


async def _session(dial: Dial, certificates: Certificates, *, encrypted: bool) -> Connection:
    far = await dial()
    if encrypted:
        await far.write(_message(_TLS, b""))
        if await far.read(1) != b"S":
            raise Refused("the server has no TLS")
        await far.begin_tls(certificates.far)
    return far


async def _first_message(near: Connection) -> tuple[int, bytes]:
    """Return the code and content of a message as they are before a session: without a type."""
    size, code = struct.unpack("!II", await near.read(8))
    if not 8 <= size <= _LONGEST:
        raise Refused(f"a first message of {size} bytes")
    return code, await near.read(size - 8)


def _message(code: int, content: bytes) -> bytes:
    return struct.pack("!II", len(content) + 8, code) + content


def _startup(content: bytes) -> bytes:
    """Return the parameters of a session with the option that makes its transactions read-only."""
    parts = content.rstrip(b"\0").split(b"\0")
    given = dict(zip(parts[::2], parts[1::2], strict=False))
    given[b"options"] = b" ".join((given.get(b"options", b""), _READ_ONLY)).strip()
    return b"".join(name + b"\0" + value + b"\0" for name, value in given.items()) + b"\0"
