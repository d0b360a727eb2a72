"""The HTTP protocol on a real socket: what is accepted, what is refused, what times out, what is kept in order."""

import asyncio
import socket
import struct

import pytest

from netful.fabric.doors.door import Door, DoorKind
from netful.services.http.limits import Limits
from netful.services.http.message import Response
from netful.services.http.protocol import HttpProtocol

DOOR = Door(DoorKind.INTERNET)
SMALL = Limits(target=100, head=1000, header_count=10, body=1000, pipelined=3, linger_seconds=0.05)
HASTY = Limits(head_seconds=0.05, body_seconds=0.05, idle_seconds=0.05, linger_seconds=0.05)
WAIT = 5


class Server:
    """A server whose handler says back what it got; `/slow` waits for `release`, `/bug` fails, `/pieces/STATUS` streams."""

    def __init__(self):
        self.requests = []
        self.release = asyncio.Event()
        self.abandoned = asyncio.Event()
        self.arrived = asyncio.Event()
        self.port = 0
        self.clients = []
        self.connections = set()

    async def connect(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.clients.append(writer)
        return reader, writer

    async def end(self):
        """Leave no connection to the collector, whose complaint would be another test's."""
        for writer in self.clients:
            writer.transport.abort()
        for protocol in self.connections:
            protocol.dismiss()
        await asyncio.sleep(0)  # what was aborted is closed in the next round
        await asyncio.sleep(0)

    async def handle(self, request):
        self.requests.append(request)
        self.arrived.set()
        if request.path == "/slow":
            try:
                await self.release.wait()
            except asyncio.CancelledError:
                self.abandoned.set()
                raise
        if request.path == "/bug":
            raise RuntimeError("secret detail")
        if request.path.startswith("/pieces/"):
            framed = (("Content-Length", "1"), ("Transfer-Encoding", "chunked"), ("X-Path", request.path))
            return Response(int(request.path.rpartition("/")[2]), framed, stream=self._pieces())
        return Response(200, (("X-Path", request.path),), request.body or request.path.encode())

    async def _pieces(self):
        yield b"piece"


def served(limits=Limits()):  # noqa: B008  # frozen
    """Run an async test with a server."""

    def decorate(test):
        def run():
            async def inner():
                server = Server()
                loop = asyncio.get_running_loop()

                class Known(HttpProtocol):
                    def connection_made(self, transport):
                        super().connection_made(transport)
                        server.connections.add(self)

                listener = await loop.create_server(lambda: Known(server.handle, DOOR, limits), "127.0.0.1", 0)
                server.port = listener.sockets[0].getsockname()[1]
                await asyncio.wait_for(test(server), 20)
                listener.close()
                await server.end()

            asyncio.run(inner())

        run.__name__ = test.__name__
        return run

    return decorate


async def answer(reader):
    """One response: status, headers, body."""
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT)).decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head[0].split()[1]), headers, body


async def exchange(server, data):
    reader, writer = await server.connect()
    writer.write(data)
    return await answer(reader), reader, writer


async def ended(reader):
    """Whether the server has closed the connection and sent nothing more."""
    return await asyncio.wait_for(reader.read(), WAIT) == b""


@served()
async def test_keep_alive_carries_several_requests(server):
    (status, headers, body), reader, writer = await exchange(server, b"GET /a?q=1 HTTP/1.1\r\nHost: x:80\r\n\r\n")
    assert (status, headers["x-path"], body) == (200, "/a", b"/a")
    writer.write(b"POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
    assert (await answer(reader))[2] == b"abc"
    first = server.requests[0]
    assert (first.method, first.path, first.query, first.host) == ("GET", "/a", "q=1", "x")
    assert first.connection.door is DOOR
    assert first.connection.client[0] == first.connection.server[0] == "127.0.0.1"
    writer.close()


@served()
async def test_a_request_in_single_bytes(server):
    reader, writer = await server.connect()
    for byte in b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi":
        writer.write(bytes([byte]))
        await writer.drain()
    assert (await answer(reader))[2] == b"hi"
    writer.close()


@served(SMALL)
async def test_pipelined_requests_are_answered_in_order(server):
    reader, writer = await server.connect()
    paths = [f"/{n}" for n in range(20)]
    slow = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
    writer.write(slow + b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths))
    server.release.set()
    assert [(await answer(reader))[1]["x-path"] for _ in range(21)] == ["/slow", *paths]
    writer.close()


@served()
async def test_close_and_http_1_0_end_the_connection(server):
    for request in (b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"GET /a HTTP/1.0\r\n\r\n"):
        (status, headers, _), reader, _ = await exchange(server, request)
        assert (status, headers["connection"]) == (200, "close")
        assert await ended(reader)


@served()
async def test_a_client_that_waits_for_continue_gets_it(server):
    (status, _, _), reader, writer = await exchange(
        server, b"PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    )
    assert status == 100
    writer.write(b"hi")
    assert (await answer(reader))[2] == b"hi"
    writer.close()


@served()
async def test_continue_does_not_overtake_an_answer(server):
    reader, writer = await server.connect()
    writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    writer.write(b"PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    await asyncio.sleep(0)
    server.release.set()
    assert (await answer(reader))[1]["x-path"] == "/slow"
    assert (await answer(reader))[0] == 100
    writer.close()


@served()
async def test_head_tells_the_length_and_sends_no_body(server):
    reader, writer = await server.connect()
    writer.write(b"HEAD /abc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    raw = await asyncio.wait_for(reader.read(), WAIT)
    assert b"Content-Length: 4\r\n" in raw
    assert raw.endswith(b"\r\n\r\n")


@served()
async def test_a_streamed_answer_has_the_length_of_its_pieces(server):
    (status, headers, body), reader, writer = await exchange(server, b"GET /pieces/200 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (status, headers["transfer-encoding"], "content-length" in headers, body) == (200, "chunked", False, b"")
    assert await asyncio.wait_for(reader.readuntil(b"\r\n0\r\n\r\n"), WAIT) == b"5\r\npiece\r\n0\r\n\r\n"
    writer.close()


@served()
async def test_a_streamed_answer_that_may_have_no_body_ends_with_its_head(server):
    for line in (b"HEAD /pieces/200", b"GET /pieces/204", b"GET /pieces/304"):
        again = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
        reader, writer = await server.connect()
        writer.write(line + b" HTTP/1.1\r\nHost: x\r\n\r\n" + again)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT)
        assert b"Transfer-Encoding" not in head
        assert (await answer(reader))[2] == b"/a"
        writer.close()


@served()
async def test_an_absolute_target_names_the_host(server):
    _, _, writer = await exchange(server, b"GET http://Other.Example:81/a?b HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (server.requests[0].host, server.requests[0].path_and_query) == ("other.example", "/a?b")
    writer.close()


@served()
async def test_a_wish_for_another_protocol_is_ignored(server):
    (status, headers, _), reader, _ = await exchange(
        server, b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    )
    assert (status, headers["connection"]) == (200, "close")
    assert await ended(reader)


BODIES = {
    "length": b"Content-Length: 5\r\n\r\nhello",
    "chunks": b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("cut", [0, 3, 200])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_behind_a_wish_for_another_protocol_is_read(body, cut):
    @served()
    async def run(server):
        reader, writer = await server.connect()
        request = b"POST /a HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n" + body
        writer.write(request[: len(request) - cut])
        await writer.drain()
        await asyncio.sleep(0)
        writer.write(request[len(request) - cut :] + b"GET /b HTTP/1.1\r\nHost: x\r\n\r\n")
        assert [(await answer(reader))[2] for _ in range(2)] == [b"hello", b"/b"]
        assert "upgrade" not in server.requests[0].first
        writer.close()

    run()


@served(Limits(linger_seconds=0.01))
async def test_trailers_are_no_headers_and_excuse_none(server):
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    _, reader, writer = await exchange(server, head + b"\r\n1\r\na\r\n0\r\nHost: other\r\n\r\n")
    assert [name for name, _ in server.requests[0].headers] == ["Host", "Transfer-Encoding"]
    writer.write(head + b"Host: other\r\n\r\n0\r\n\r\n")
    assert (await answer(reader))[0] == 400
    assert await ended(reader)


@served()
async def test_a_bug_is_a_500_without_a_word_about_it(server):
    (status, _, body), reader, writer = await exchange(server, b"GET /bug HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (status, body) == (500, b'{"message":"Internal server error"}')
    writer.write(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await answer(reader))[0] == 200
    writer.close()


@served()
async def test_a_request_whose_client_leaves_is_abandoned(server):
    _, writer = await server.connect()
    writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    await asyncio.wait_for(server.arrived.wait(), WAIT)
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset: not just the end of input
    writer.transport.abort()
    await asyncio.wait_for(server.abandoned.wait(), WAIT)


@served()
async def test_a_client_that_has_sent_all_still_gets_its_answer(server):
    reader, writer = await server.connect()
    writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    writer.write_eof()
    await asyncio.wait_for(server.arrived.wait(), WAIT)
    server.release.set()
    assert (await answer(reader))[0] == 200
    assert await ended(reader)


REFUSED = {
    "no request": (b"hello\r\n\r\n", 400),
    "tls on a plain port": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "http/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    "length and coding": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        400,
    ),
    "coding and length": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        400,
    ),
    "two lengths": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", 400),
    "negative length": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\n", 400),
    "bad chunk": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    "folded header": (b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", 400),
    "space before colon": (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    "nul in a header": (b"GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 400),
    "long target": (b"GET /" + b"a" * 200 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "long head": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 2000 + b"\r\n\r\n", 431),
    "endless head": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 2000, 431),
    "many headers": (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: 1\r\n" * 20 + b"\r\n", 431),
    "large body": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n", 413),
    "huge length": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400),
    "a URL of another scheme": (b"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a proxy's request": (b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501),
    "another coding": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
    "coding in an old version": (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    "old version": (b"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505),
    "large chunks": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + b"a" * 2000, 413),
}


@pytest.mark.parametrize(("data", "status"), REFUSED.values(), ids=REFUSED)
def test_refused_and_closed(data, status):
    @served(SMALL)
    async def run(server):
        (found, headers, body), reader, writer = await exchange(server, data)
        assert (found, headers["connection"]) == (status, "close")
        assert body.startswith(b'{"message":')
        writer.write(b"GET /after HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await ended(reader)
        assert server.requests == []

    run()


CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS = {
    "trailer": (CHUNKED + b"0\r\nX: ", b"a" * 500),
    "trailers": (CHUNKED + b"0\r\n", b"X: y\r\n" * 5),
    "extension": (CHUNKED + b"1;x=", b"a" * 500),
}


@pytest.mark.parametrize(("first", "more"), ENDLESS.values(), ids=ENDLESS)
def test_what_stands_beside_a_body_has_an_end(first, more):
    @served(SMALL)
    async def run(server):
        reader, writer = await server.connect()
        writer.write(first)
        coming = asyncio.ensure_future(answer(reader))
        while not coming.done():
            writer.write(more)
            await asyncio.wait({coming}, timeout=0.01)
        assert (await coming)[0] == 431
        assert server.requests == []
        writer.close()

    run()


@served(SMALL)
async def test_a_body_of_small_chunks_is_no_abuse(server):
    reader, writer = await server.connect()
    writer.write(CHUNKED)
    for _ in range(900):
        writer.write(b"1\r\na\r\n")
        await writer.drain()
        await asyncio.sleep(0)
    writer.write(b"0\r\n\r\n")
    assert (await answer(reader))[2] == b"a" * 900
    writer.close()


@served(SMALL)
async def test_a_refusal_waits_for_the_answers_before_it(server):
    reader, writer = await server.connect()
    writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n")
    await asyncio.wait_for(server.arrived.wait(), WAIT)
    server.release.set()
    assert (await answer(reader))[1]["x-path"] == "/slow"
    assert (await answer(reader))[0] == 400
    assert await ended(reader)


TOO_SLOW = {
    "half a head": (b"GET / HT", 408),
    "half a body": (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc", 408),
}


@pytest.mark.parametrize(("data", "status"), TOO_SLOW.values(), ids=TOO_SLOW)
def test_slow_requests_time_out(data, status):
    @served(HASTY)
    async def run(server):
        (found, _, _), reader, _ = await exchange(server, data)
        assert found == status
        assert await ended(reader)

    run()


@served(HASTY)
async def test_idle_connections_are_closed_without_a_word(server):
    reader, _ = await server.connect()
    assert await ended(reader)
    _, reader, _ = await exchange(server, b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await ended(reader)


@served(HASTY)
async def test_a_slow_handler_has_all_the_time_it_needs(server):
    reader, writer = await server.connect()
    writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    asyncio.get_running_loop().call_later(3 * HASTY.idle_seconds, server.release.set)
    assert (await answer(reader))[0] == 200
    writer.close()


@served()
async def test_a_client_that_does_not_read_is_not_served_further(server):
    reader, writer = await server.connect()
    body = b"a" * 200_000
    request = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    writer.transport.pause_reading()
    for _ in range(200):
        writer.write(request)
    seen = -1
    while seen != len(server.requests):  # until nothing moves any more
        seen = len(server.requests)
        await asyncio.sleep(0.05)
    assert seen < 200
    writer.transport.resume_reading()
    for _ in range(200):
        assert (await answer(reader))[2] == body
    writer.close()
