"""Fronts read the beginning of a connection and no more; what is not the protocol's is refused."""

import asyncio
import socket
import struct
from dataclasses import replace

import pytest

from netful.hosts.engines.engine import Engine
from netful.hosts.fronts import mysql, postgresql
from netful.hosts.fronts.connection import Connection
from netful.hosts.fronts.front import Certificates, Exhausted, Front, Proxy, Refused
from tests.helpers.processes import ENOUGH_SECONDS

READER = Front("Reader", "Db", Engine.POSTGRESQL, 5432, 5432, read_only=True)
PROXY = Front("Proxy", "Db", Engine.POSTGRESQL, 5432, 5432, proxy=Proxy())
PLUS, SCRAM = b"SCRAM-SHA-256-PLUS\0", b"SCRAM-SHA-256\0\0"
STARTUP = b"user\0app\0database\0shop\0options\0-c a=b\0\0"


class Logins:
    """The one user of a proxy."""

    async def password_of(self, user):
        return "secret-word" if user == "app" else None

    def refusal(self, token, user):
        return "" if token == f"token of {user}" else "no"


async def plain(_connection, _context):
    """Begin no TLS: the sockets of these tests are plain."""


def pair():
    """Both ends of a connection: a plain socket, and the front's."""
    far, near = socket.socketpair()
    near.setblocking(False)
    return far, Connection(near, accepted=True)


def begun(protocol, front, sent, answers=b""):
    """What the server of a front receives for what a client sends; `answers` is what the server sends."""
    client, near = pair()
    server, own = pair()
    client.sendall(sent)
    server.sendall(answers)

    async def dial():
        return own

    async def run():
        async with asyncio.timeout(ENOUGH_SECONDS):
            await protocol.opened(near, dial, front, Certificates(None, None, lambda _user: None), Logins())

    try:
        asyncio.run(run())
        return server.recv(1 << 16), client
    finally:
        for one in (server, near, own):
            one.close()


def message(code, content=b""):
    return struct.pack("!II", len(content) + 8, code) + content


def question(names):
    """The server's question for a password by one of these mechanisms."""
    return b"R" + struct.pack("!II", len(names) + 8, 10) + names


@pytest.mark.parametrize(
    ("front", "options"), [(PROXY, b"-c a=b"), (READER, b"-c a=b -c default_transaction_read_only=on")]
)
def test_a_session_of_postgresql(front, options, monkeypatch):
    monkeypatch.setattr(Connection, "begin_tls", plain)
    answers = b"S" + question(SCRAM) if front.proxy else b""  # a proxy asks its server for TLS
    got, client = begun(postgresql, front, message(80877104) + message(3 << 16, STARTUP) + b"more", answers)
    got = got.removeprefix(message(80877103))
    assert got == message(3 << 16, b"user\0app\0database\0shop\0options\0" + options + b"\0\0")
    assert client.recv(1) == b"N"  # no encryption by GSSAPI
    client.close()


def test_a_proxy_offers_no_channel_binding_to_a_client_without_tls(monkeypatch):
    monkeypatch.setattr(Connection, "begin_tls", plain)
    _, client = begun(postgresql, PROXY, message(3 << 16, STARTUP), b"S" + question(PLUS + SCRAM))
    assert client.recv(100) == question(SCRAM)
    client.close()


def test_a_request_to_cancel_is_passed_on():
    got, client = begun(postgresql, READER, message(80877102, b"\0" * 8))
    assert got == message(80877102, b"\0" * 8)
    client.close()


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\n\r\n", message(2 << 16), message(0)])
def test_what_is_not_postgresqls(sent):
    with pytest.raises(Refused):
        begun(postgresql, READER, sent)


def packet(number, content):
    return len(content).to_bytes(3, "little") + bytes([number]) + content


def test_a_session_of_mysql_becomes_read_only_before_the_client_hears_of_it():
    greeting, answer, accepted = packet(0, b"\x0agreeting"), packet(1, b"\0" * 40), packet(2, b"\0ok")
    got, client = begun(mysql, READER, answer, greeting + accepted + packet(1, b"\0ok"))
    assert got == answer + packet(0, b"\x03SET SESSION TRANSACTION READ ONLY")
    assert client.recv(100) == greeting + accepted
    client.close()


def test_a_refusal_of_mysql_is_passed_on():
    with pytest.raises(Refused):
        begun(mysql, READER, packet(1, b"\0" * 40), packet(0, b"\x0agreeting") + packet(2, b"\xffno"))
    with pytest.raises(Refused):
        begun(mysql, READER, b"", packet(0, b"\xfftoo many connections"))


def test_the_end_at_the_beginning():
    client, near = pair()
    client.close()
    with pytest.raises(EOFError):
        asyncio.run(postgresql.opened(near, None, READER, None, None))


@pytest.mark.parametrize(
    ("proxy", "user", "why"),
    [
        (Proxy(require_tls=True), "app", b"requires TLS"),
        (Proxy(), "other", b"no credentials for the role other"),
        (Proxy(tokens=True), "app", b"only with SSL"),
    ],
)
def test_a_proxy_of_postgresql_refuses(proxy, user, why):
    client, near = pair()
    client.sendall(message(3 << 16, b"user\0" + user.encode() + b"\0\0"))
    front = replace(PROXY, proxy=proxy)
    with pytest.raises(Refused):
        asyncio.run(postgresql.opened(near, None, front, Certificates(None, None, None), Logins()))
    assert why in client.recv(1000)
    client.close()
    near.close()


def test_no_free_connection():
    async def dial():
        raise Exhausted

    for protocol, sent in ((postgresql, message(3 << 16, b"user\0app\0\0")), (mysql, b"")):
        client, near = pair()
        client.sendall(sent)
        with pytest.raises(Refused):
            asyncio.run(protocol.opened(near, dial, PROXY, Certificates(None, None, None), Logins()))
        assert b"Timed-out waiting to acquire" in client.recv(1000)
        client.close()
        near.close()
