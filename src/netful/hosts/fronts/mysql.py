"""Beginning of a connection in the protocol of MySQL and MariaDB.

The server's greeting goes to the client, and the client's answer to the server, until the server has accepted the user: the password
is between these two. If the client begins TLS, so does the front with the server. A read-only front then makes the session's
transactions read-only.
"""

from __future__ import annotations

from netful.hosts.fronts.connection import Connection
from netful.hosts.fronts.front import Certificates, Dial, Front, Refused

_HEAD = 4
_TLS_BEGINS = 32  # bytes of a request for TLS, which is an answer to the greeting that ends before the user
_WITH_TLS = 0x800
_ACCEPTED, _REFUSED = 0x00, 0xFF
_READ_ONLY = b"\x03SET SESSION TRANSACTION READ ONLY"
_LONGEST = 1 << 16


async def opened(near: Connection, dial: Dial, front: Front, certificates: Certificates) -> Connection:
    """Return the server's side of a client's connection, after its user was accepted. Raises Refused."""
    far = await dial()
    greeting = await _packet(far)
    await near.write(greeting)
    if greeting[_HEAD] == _REFUSED:
        raise Refused("the server has refused the connection")
    answer = await _packet(near)
    await far.write(answer)
    if len(answer) == _TLS_BEGINS + _HEAD and int.from_bytes(answer[_HEAD : _HEAD + 4], "little") & _WITH_TLS:
        await far.begin_tls(certificates.far)
        await near.begin_tls(certificates.near)
        await far.write(await _packet(near))
    while (answer := await _packet(far))[_HEAD] != _ACCEPTED:
        await near.write(answer)
        if answer[_HEAD] == _REFUSED:
            raise Refused("the server has refused the user")
        await far.write(await _packet(near))
    if front.read_only:
        await _read_only(far)
    await near.write(answer)
    return far


async def _read_only(far: Connection) -> None:
    await far.write(len(_READ_ONLY).to_bytes(3, "little") + b"\0" + _READ_ONLY)
    if (await _packet(far))[_HEAD] != _ACCEPTED:
        raise Refused("the server has refused a read-only session")


async def _packet(connection: Connection) -> bytes:
    """Return a packet with its head."""
    head = await connection.read(_HEAD)
    size = int.from_bytes(head[:3], "little")
    if not 0 < size <= _LONGEST:
        raise Refused(f"a packet of {size} bytes")
    return head + await connection.read(size)
