"""Beginning of a connection in PostgreSQL's protocol, version 3.

| the client sends | the front |
|---|---|
| request for TLS | accepts it, and asks the server for it as well |
| request for GSSAPI's encryption | refuses it |
| request to cancel a query | passes it on |
| its user, database and options | passes them on; a reader adds `default_transaction_read_only` |

The server admits a user with `rds_iam` by the certificate that a front shows, and the front asks the client for a token of IAM.

A proxy asks the server for TLS always. To a client without TLS it does not offer channel binding. If it admits tokens of IAM, it asks
for a password in clear text, as RDS does, and logs in itself with the password of the user's secret.
"""

import ssl
import struct
from collections.abc import Mapping

from netful.hosts.engines.scram import Login
from netful.hosts.fronts.connection import Connection
from netful.hosts.fronts.front import EXHAUSTED, Certificates, Dial, Exhausted, Front, Logins, Refused, admitted

_TLS, _GSSAPI, _CANCEL = 80877103, 80877104, 80877102
_MAJOR = 3
_LONGEST = 10_000  # the server's own limit
_READ_ONLY = b"-c default_transaction_read_only=on"
_BOUND = b"SCRAM-SHA-256-PLUS\0"  # by channel binding, which only TLS has
_CLEAR_TEXT, _SASL, _SASL_CONTINUES, _SASL_ENDS, _ACCEPTED = 3, 10, 11, 12, 0


async def opened(near: Connection, dial: Dial, front: Front, certificates: Certificates, logins: Logins) -> Connection:
    """Return the server's side of a client's connection, after its beginning. Raises Refused."""
    code, content, encrypted = await _beginning(near, certificates)
    if code == _CANCEL:
        far = await dial()
        await far.write(_message(code, content))
        return far
    if code >> 16 != _MAJOR:
        raise Refused(f"protocol {code >> 16} is not PostgreSQL's")
    given = _parameters(content)
    user = given.get(b"user", b"").decode(errors="replace")
    if front.proxy is not None:
        await _admit(near, front, logins, user, encrypted=encrypted)
    by_token = front.tokens and encrypted
    try:
        own = certificates.far_as(user) if by_token else certificates.far
        far = await _session(dial, own, encrypted=encrypted or front.proxy is not None)
    except Exhausted:
        await _refuse(near, "53300", EXHAUSTED)
    await far.write(_message(code, _startup(given) if front.read_only else content))
    if by_token:
        await _show_token(near, far, logins, user)
    if front.proxy is not None and front.proxy.tokens:
        await _log_in(near, far, await logins.password_of(user) or "")
    elif front.proxy is not None and not encrypted:
        kind, question = await _typed(far)
        await near.write(_of_type(kind, question.replace(_BOUND, b"")))
    return far


async def _beginning(near: Connection, certificates: Certificates) -> tuple[int, bytes, bool]:
    """Return the message with which a session begins, and whether it is encrypted."""
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
            return code, content, encrypted


async def _admit(near: Connection, front: Front, logins: Logins, user: str, *, encrypted: bool) -> None:
    """Refuse a user whom a proxy does not admit, as RDS Proxy does."""
    proxy = front.proxy
    assert proxy is not None
    if proxy.require_tls and not encrypted:
        await _refuse(near, "28000", "This RDS Proxy requires TLS connections")
    if await logins.password_of(user) is None:
        why = (
            f"This RDS proxy has no credentials for the role {user}. Check the credentials for this role and try again."
        )
        await _refuse(near, "28P01", why)
    if not proxy.tokens:
        return
    if not encrypted:
        await _refuse(near, "28000", "IAM authentication is allowed only with SSL connections.")
    await near.write(_of_type(b"R", struct.pack("!I", _CLEAR_TEXT)))
    kind, shown = await _typed(near)
    if kind != b"p" or await admitted(front, logins, user, shown.rstrip(b"\0").decode(errors="replace")):
        why = f"IAM authentication failed for the role {user}. Check the IAM token for this role and try again."
        await _refuse(near, "28P01", why)


async def _show_token(near: Connection, far: Connection, logins: Logins, user: str) -> None:
    """Ask for a token if the server admits a user by its certificate alone; else its question goes to the client."""
    kind, content = await _typed(far)
    if kind == b"R" and content == struct.pack("!I", _ACCEPTED):
        await near.write(_of_type(b"R", struct.pack("!I", _CLEAR_TEXT)))
        shown, token = await _typed(near)
        if shown != b"p" or logins.refusal(token.rstrip(b"\0").decode(errors="replace"), user):
            await _refuse(near, "28000", f'PAM authentication failed for user "{user}"')
    await near.write(_of_type(kind, content))


async def _log_in(near: Connection, far: Connection, password: str) -> None:
    """Log in at the server; the client hears of the end alone."""
    login = Login(password)
    while True:
        kind, content = await _typed(far)
        step = struct.unpack("!I", content[:4])[0] if kind == b"R" else -1
        if kind == b"E" or step == _ACCEPTED:
            await near.write(_of_type(kind, content))
        if step == _ACCEPTED:
            return
        if step == _SASL:
            first = login.first()
            await far.write(_of_type(b"p", b"SCRAM-SHA-256\0" + struct.pack("!I", len(first)) + first))
        elif step == _SASL_CONTINUES:
            await far.write(_of_type(b"p", login.final(content[4:])))
        elif step != _SASL_ENDS:
            raise Refused("the server has refused the proxy's user")


async def _refuse(near: Connection, state: str, message: str) -> None:
    """Send an error that ends the connection. Raises Refused."""
    fields = {"S": "FATAL", "V": "FATAL", "C": state, "M": message}
    await near.write(_of_type(b"E", b"".join(f"{k}{v}\0".encode() for k, v in fields.items()) + b"\0"))
    raise Refused(message)


async def _session(dial: Dial, tls: ssl.SSLContext, *, encrypted: bool) -> Connection:
    far = await dial()
    if encrypted:
        await far.write(_message(_TLS, b""))
        if await far.read(1) != b"S":
            raise Refused("the server has no TLS")
        await far.begin_tls(tls)
    return far


async def _first_message(near: Connection) -> tuple[int, bytes]:
    """Return the code and content of a message as they are before a session: without a type."""
    size, code = struct.unpack("!II", await near.read(8))
    if not 8 <= size <= _LONGEST:
        raise Refused(f"a first message of {size} bytes")
    return code, await near.read(size - 8)


async def _typed(connection: Connection) -> tuple[bytes, bytes]:
    """Return the type and content of a message."""
    kind, size = struct.unpack("!cI", await connection.read(5))
    if not 4 <= size <= _LONGEST:
        raise Refused(f"a message of {size} bytes")
    return kind, await connection.read(size - 4)


def _of_type(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("!I", len(content) + 4) + content


def _message(code: int, content: bytes) -> bytes:
    return struct.pack("!II", len(content) + 8, code) + content


def _parameters(content: bytes) -> dict[bytes, bytes]:
    parts = content.rstrip(b"\0").split(b"\0")
    return dict(zip(parts[::2], parts[1::2], strict=False))


def _startup(given: Mapping[bytes, bytes]) -> bytes:
    """Return the parameters of a session with the option that makes its transactions read-only."""
    options = b" ".join((given.get(b"options", b""), _READ_ONLY)).strip()
    return b"".join(name + b"\0" + value + b"\0" for name, value in {**given, b"options": options}.items()) + b"\0"
