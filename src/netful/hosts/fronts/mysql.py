"""Beginning of a connection in the protocol of MySQL and MariaDB.

The server's greeting goes to the client, and the client's answer to the server, until the server has accepted the user: the password
is between these two. If the client begins TLS, so does the front with the server. A reader then makes the session's transactions
read-only. A proxy that admits tokens of IAM asks for a password in clear text, and answers the greeting itself with the password of
the user's secret.
"""

from __future__ import annotations

import hashlib
import struct

from netful.hosts.fronts.connection import Connection
from netful.hosts.fronts.front import EXHAUSTED, Certificates, Dial, Exhausted, Front, Logins, Refused, admitted
from netful.hosts.fronts.mysql_answers import uncompressed
from netful.model.core import Frozen

_HEAD = 4
_TLS_BEGINS = 32  # bytes of a request for TLS, which is an answer to the greeting that ends before the user
_WITH_DATABASE, _WITH_TLS, _WITH_PLUGIN = 0x8, 0x800, 0x80000
_ACCEPTED, _REFUSED, _SWITCHES = 0x00, 0xFF, 0xFE
_SALT_BYTES = 20
_READ_ONLY = b"\x03SET SESSION TRANSACTION READ ONLY"
_CLEAR_TEXT, _NATIVE = b"\xfemysql_clear_password\0\0", b"mysql_native_password\0"
_LONGEST = 1 << 16


async def opened(near: Connection, dial: Dial, front: Front, certificates: Certificates, logins: Logins) -> Connection:
    """Return the server's side of a client's connection, after its user was accepted. Raises Refused."""
    try:
        far = await dial()
    except Exhausted:
        await _refuse(near, 0, 9501, EXHAUSTED)
    greeting = await _packet(far)
    await near.write(uncompressed(greeting) if front.read_only else greeting)
    if greeting[_HEAD] == _REFUSED:
        raise Refused("the server has refused the connection")
    answer = await _packet(near)
    encrypted = len(answer) == _TLS_BEGINS + _HEAD and bool(_flags_in(answer[_HEAD:]) & _WITH_TLS)
    if encrypted:
        await far.write(answer)
        await far.begin_tls(certificates.far)
        await near.begin_tls(certificates.near)
        answer = await _packet(near)
    if front.proxy is not None:
        await _admit(near, front, logins, answer, encrypted=encrypted)
    if front.proxy is not None and front.proxy.tokens:
        return await _by_token(near, far, front, logins, greeting, answer)
    await far.write(answer)
    while (answer := await _packet(far))[_HEAD] != _ACCEPTED:
        await near.write(answer)
        if answer[_HEAD] == _REFUSED:
            raise Refused("the server has refused the user")
        await far.write(await _packet(near))
    if front.read_only:
        await _read_only(far)
    await near.write(answer)
    return far


class _Answer(Frozen, dict=True):
    """A client's answer to the greeting, which names its user."""

    before: bytes
    user: bytes
    after: bytes

    @classmethod
    def of(cls, packet: bytes) -> _Answer:
        """Return the parts of an answer: what is before the user, and what is after its proof of the password."""
        before, rest = packet[_HEAD : _HEAD + _TLS_BEGINS], packet[_HEAD + _TLS_BEGINS :]
        user, _, rest = rest.partition(b"\0")
        if not rest or rest[0] >= 0xFB:
            raise Refused("an answer to the greeting that cannot be read")
        return cls(before, user, rest[1 + rest[0] :])

    def proving(self, proof: bytes) -> bytes:
        """Return the answer with the proof of another password. Its flags stay: the server has read them before TLS."""
        flags, rest, named = _flags_in(self.before), self.after, b""
        if flags & _WITH_DATABASE:
            database, _, rest = rest.partition(b"\0")
            named = database + b"\0"
        if flags & _WITH_PLUGIN:
            named, rest = named + _NATIVE, rest.partition(b"\0")[2]
        return self.before + self.user + b"\0" + bytes([len(proof)]) + proof + named + rest


async def _admit(near: Connection, front: Front, logins: Logins, answer: bytes, *, encrypted: bool) -> None:
    """Refuse a user whom a proxy does not admit, as RDS Proxy does."""
    proxy, number = front.proxy, answer[3] + 1
    assert proxy is not None
    if not encrypted and (proxy.require_tls or proxy.tokens):
        await _refuse(near, number, 3159, "This RDS Proxy requires TLS connections")
    user = _Answer.of(answer).user.decode(errors="replace")
    if await logins.password_of(user) is None:
        await _refuse(near, number, 1045, f"Access denied for user '{user}': this RDS proxy has no credentials for it")


async def _by_token(
    near: Connection, far: Connection, front: Front, logins: Logins, greeting: bytes, answer: bytes
) -> Connection:
    parts, number = _Answer.of(answer), answer[3]
    user = parts.user.decode(errors="replace")
    await near.write(_framed(number + 1, _CLEAR_TEXT))
    shown = await _packet(near)
    last = shown[3]
    if await admitted(front, logins, user, shown[_HEAD:].rstrip(b"\0").decode(errors="replace")):
        await _refuse(near, last + 1, 1045, f"IAM authentication failed for user '{user}'")
    password = (await logins.password_of(user) or "").encode()
    await far.write(_framed(number, parts.proving(_proof(password, _salt(greeting)))))
    reply = await _packet(far)
    if reply[_HEAD] == _SWITCHES:
        salt = reply[_HEAD + 1 :].partition(b"\0")[2][:_SALT_BYTES]
        await far.write(_framed(reply[3] + 1, _proof(password, salt)))
        reply = await _packet(far)
    await near.write(_framed(last + 1, reply[_HEAD:]))
    if reply[_HEAD] != _ACCEPTED:
        raise Refused("the server has refused the proxy's user")
    return far


def _salt(greeting: bytes) -> bytes:
    """Return the salt in a greeting: eight bytes after the version and the connection's number, the rest at the end."""
    rest = greeting[_HEAD + 1 :].partition(b"\0")[2][4:]
    return rest[:8] + rest[27:39]


def _proof(password: bytes, salt: bytes) -> bytes:
    """Return the proof of a password (`mysql_native_password`)."""
    once = hashlib.sha1(password, usedforsecurity=False).digest()
    twice = hashlib.sha1(once, usedforsecurity=False).digest()
    mask = hashlib.sha1(salt + twice, usedforsecurity=False).digest()
    return bytes(a ^ b for a, b in zip(once, mask, strict=True))


async def _read_only(far: Connection) -> None:
    await far.write(_framed(0, _READ_ONLY))
    if (await _packet(far))[_HEAD] != _ACCEPTED:
        raise Refused("the server has refused a read-only session")


async def _refuse(near: Connection, number: int, code: int, message: str) -> None:
    """Send an error that ends the connection. Raises Refused."""
    state = b"" if number == 0 else b"#28000"  # the client has not said yet that it understands one
    await near.write(_framed(number, bytes([_REFUSED]) + struct.pack("<H", code) + state + message.encode()))
    raise Refused(message)


def _flags_in(answer: bytes) -> int:
    return int.from_bytes(answer[:4], "little")


def _framed(number: int, content: bytes) -> bytes:
    return len(content).to_bytes(3, "little") + bytes([number & 0xFF]) + content


async def _packet(connection: Connection) -> bytes:
    """Return a packet with its head."""
    head = await connection.read(_HEAD)
    size = int.from_bytes(head[:3], "little")
    if not 0 < size <= _LONGEST:
        raise Refused(f"a packet of {size} bytes")
    return head + await connection.read(size)
