"""The gateway's own HTTP client, against servers on the loopback that say exactly what a test wants."""

import asyncio
import ssl

import pytest

from netful.gateway.integrations.web_connection import UnreachableError
from netful.services.tls.authority import Authority
from tests.helpers.web_client import client, request, server

OK = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nok"


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (OK, 200, b"ok"),
        (b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 201, b"abc"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end", 200, b"to the end"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /z\r\nContent-Length: 0\r\n\r\n", 302, b""),
    ],
)
def test_answers(answer, status, body):
    async def run():
        async with server(answer) as (port, heads, _):
            response = await client().send(request(port))
            return response, heads[0], port

    response, head, port = asyncio.run(run())
    assert (response.status, response.body) == (status, body)
    assert head.startswith(f"GET /x?y=1 HTTP/1.1\r\nHost: localhost:{port}\r\n")


def test_connection_is_kept_and_one_that_ended_is_replaced():
    async def run():
        async with server(OK, OK, None, OK) as (port, heads, connections):
            web = client()
            for _ in range(3):
                await web.send(request(port))
            return len(heads), len(connections)

    assert asyncio.run(run()) == (4, 2)  # the third request went out twice: its kept connection had ended


def test_head_has_no_body():
    async def run():
        async with server(OK.partition(b"ok")[0], OK) as (port, _, _):
            web = client()
            first = await web.send(request(port, "HEAD"))
            return first, await web.send(request(port))

    first, second = asyncio.run(run())
    assert (first.status, first.body, second.body) == (200, b"", b"ok")


@pytest.mark.parametrize("answer", [None, b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nclose"])
def test_server_that_breaks_off(answer):
    async def run():
        async with server(answer) as (port, _, _):
            await client().send(request(port))

    with pytest.raises(UnreachableError) as broken:
        asyncio.run(run())
    assert not broken.value.misconfigured


def test_certificate_must_be_trusted_and_name_the_host(tmp_path):
    authority = Authority(tmp_path)
    trusted = ssl.create_default_context(cafile=str(authority.bundle))

    async def ask(trust, host):
        async with server(OK, tls=authority.context(("localhost",))) as (port, _, _):
            return (await client(trust).send(request(port, scheme="https", host=host))).status

    assert asyncio.run(ask(trusted, "localhost")) == 200
    for trust, host in ((trusted, "other.example"), (ssl.create_default_context(), "localhost")):
        with pytest.raises(UnreachableError) as refused:
            asyncio.run(ask(trust, host))
        assert refused.value.misconfigured


def test_headers_cannot_split_a_request():
    from dataclasses import replace

    async def run():
        async with server(OK) as (port, heads, _):
            await client().send(replace(request(port), headers=(("X-A", "1\r\nX-Evil: 2"),)))
            return heads[0]

    assert "\r\nX-Evil" not in asyncio.run(run())
