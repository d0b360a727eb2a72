"""The HTTP/2 protocol on a real socket: streams beside each other, windows, cancellations, refusals, time-outs."""

import asyncio
import contextlib
import shutil
import subprocess

import pytest
from h2.errors import ErrorCodes

from netful.services.http.limits import Limits
from netful.services.http.message import Response
from tests.helpers.http2_client import NAME, Client, serving
from tests.helpers.http2_frames import BEGIN, HEADERS, POST, frame
from tests.helpers.processes import ENOUGH_SECONDS

LARGE = bytes(range(256)) * 4096  # sixteen times a window
SMALL = Limits(target=100, header_count=10, body=1000, linger_seconds=0.05)
SOON = 0.05


class Handler:
    """A handler that says back what it got; `/slow` waits for `release`, `/bug` fails, `/pieces` streams."""

    def __init__(self):
        self.requests = []
        self.release = asyncio.Event()
        self.asked = asyncio.Event()
        self.abandoned = asyncio.Event()

    def __call__(self, request):
        self.requests.append(request)
        if request.path == "/bug":
            raise RuntimeError("secret detail")
        if request.path == "/large":
            return Response(200, (), LARGE)
        if request.path == "/none":
            return Response(204)
        if request.path in ("/slow", "/pieces", "/broken"):
            return self._later(request)
        headers = (("X-Path", request.path), ("Connection", "close"), ("X-Injected", "a\r\nb: c"))
        return Response(200, headers, request.body or request.path.encode(), own=(("X-Amzn-RequestId", "id-1"),))

    async def _later(self, request):
        if request.path != "/slow":
            return Response(200, (("Content-Type", "text/plain"),), stream=self._pieces(request.path))
        self.asked.set()
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.abandoned.set()
            raise
        return Response(200, (), b"slow")

    async def _pieces(self, path):
        yield b"first "
        await self.release.wait()
        if path == "/broken":
            raise RuntimeError("secret detail")
        yield LARGE


def conversation(limits=Limits()):  # noqa: B008  # frozen
    """Run an async test with a client; its `handler` is that of the server."""

    def decorate(test):
        def run(tmp_path):
            async def inner():
                handler = Handler()
                async with serving(tmp_path, handler, limits) as server:
                    client = Client(*await server.open())
                    try:
                        client.handler = handler
                        await asyncio.wait_for(test(client), ENOUGH_SECONDS)
                    finally:
                        client.close()
                        await asyncio.sleep(0)  # what was aborted is closed in the next round

            asyncio.run(inner())

        run.__name__ = test.__name__
        run.__doc__ = test.__doc__
        return run

    return decorate


@pytest.mark.parametrize(
    ("offered", "chosen"), [(["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1"), (["spdy/3"], None)]
)
def test_protocol_is_the_one_that_tls_negotiates(tmp_path, offered, chosen):
    async def main():
        async with serving(tmp_path, Handler()) as server:
            reader, writer = await server.open(*offered)
            assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == chosen
            if chosen == "h2":
                client = Client(reader, writer)
                status, _, body = await client.answer(client.ask())
            else:
                writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                said = await asyncio.wait_for(reader.read(), ENOUGH_SECONDS)
                status, body = int(said.split()[1]), said.rpartition(b"\r\n\r\n")[2]
            assert (status, body) == (200, b"/")
            writer.transport.abort()

    asyncio.run(main())


@conversation()
async def test_request_and_response(client):
    status, head, body = await client.answer(client.ask("/a?q=1", ("x-one", "1"), ("cookie", "a=1"), ("cookie", "b=2")))
    request = client.handler.requests[0]
    assert (request.method, request.target, request.host, request.version) == ("GET", "/a?q=1", NAME, "2.0")
    assert request.headers == (("Host", NAME), ("x-one", "1"), ("Cookie", "a=1; b=2"))
    assert (request.connection.sni, request.connection.tls) == (NAME, True)
    assert (status, body) == (200, b"/a")
    own = {"x-path": "/a", "x-injected": "ab: c", "content-length": "2", "x-amzn-requestid": "id-1"}
    assert head == {":status": "200", **own}


@conversation()
async def test_streams_are_answered_as_they_are_ready(client):
    slow = [client.ask("/slow") for _ in range(50)]
    assert (await client.answer(client.ask("/quick")))[2] == b"/quick"
    assert not client.ended.intersection(slow)
    client.handler.release.set()
    for stream in slow:
        assert (await client.answer(stream))[2] == b"slow"


@conversation()
async def test_bodies_that_are_larger_than_windows(client):
    stream = client.ask("/up", method="POST", body=LARGE)
    await client.upload(stream, LARGE)
    status, head, body = await client.answer(stream)
    assert (status, head["content-length"], body == LARGE) == (200, str(len(LARGE)), True)
    several = [client.ask("/large") for _ in range(3)]
    for stream in several:
        assert (await client.answer(stream))[2] == LARGE


@conversation()
async def test_answers_without_a_body(client):
    status, head, body = await client.answer(client.ask("/long", method="HEAD"))
    assert (status, head["content-length"], body) == (200, "5", b"")
    assert (await client.answer(client.ask("/pieces", method="HEAD")))[2] == b""
    status, head, body = await client.answer(client.ask("/none"))
    assert (status, "content-length" in head, body) == (204, False, b"")


@conversation()
async def test_stream_of_pieces(client):
    stream = client.ask("/pieces")
    await client.until(lambda: client.bodies[stream] == b"first ")
    assert "content-length" not in client.heads[stream]
    client.handler.release.set()
    assert (await client.answer(stream))[2] == b"first " + LARGE


@conversation()
async def test_failures_cost_one_stream(client):
    client.handler.release.set()
    status, _, body = await client.answer(client.ask("/bug"))
    assert (status, b"secret" in body) == (500, False)
    stream = client.ask("/broken")
    await client.until(lambda: stream in client.resets)
    assert client.resets[stream] == ErrorCodes.INTERNAL_ERROR
    assert (await client.answer(client.ask("/after")))[0] == 200


@conversation()
async def test_client_cancels_a_request(client):
    stream = client.ask("/slow")
    await client.handler.asked.wait()
    client.http.reset_stream(stream, ErrorCodes.CANCEL)
    client.flush()
    await client.handler.abandoned.wait()
    assert (await client.answer(client.ask("/after")))[0] == 200


@conversation(Limits(idle_seconds=SOON))
async def test_request_that_is_cancelled_in_the_same_bytes(client):
    stream = client.ask("/slow", send=False)
    client.http.reset_stream(stream, ErrorCodes.CANCEL)
    await client.until(lambda: client.goaway is not None)  # nothing is open: the connection is idle


@conversation()
async def test_client_that_is_gone_cancels_its_requests(client):
    client.ask("/slow")
    await client.handler.asked.wait()
    client.close()
    await client.handler.abandoned.wait()


REFUSED = {
    400: [
        {"path": "no-path"},
        {"path": "/a b"},
        {"path": "/a#b"},
        {"host": "a b"},
        {"method": "get"},
        {"method": "A B"},
    ],
    413: [{"more": [("content-length", "1001")], "body": b""}],
    414: [{"path": "/" + "a" * 100}],
    431: [{"more": [(f"x-{n}", "1") for n in range(11)]}],
}


@conversation(SMALL)
async def test_requests_that_are_refused_leave_the_others(client):
    for status, asked in REFUSED.items():
        for one in asked:
            stream = client.ask(one.pop("path", "/"), *one.pop("more", ()), **one)
            assert (await client.answer(stream))[0] == status
    assert (await client.answer(client.ask("/after")))[0] == 200


@conversation(SMALL)
async def test_body_that_is_too_large_without_a_length(client):
    stream = client.ask("/up", method="POST", body=b"")
    for _ in range(3):
        client.http.send_data(stream, b"x" * 400)
    client.flush()
    assert (await client.answer(stream))[0] == 413
    await client.until(lambda: stream in client.resets)
    assert client.resets[stream] == ErrorCodes.NO_ERROR
    assert not client.handler.requests
    assert (await client.answer(client.ask("/after")))[0] == 200


@conversation(SMALL)
async def test_bodies_of_a_connection_are_limited_together(client):
    streams = [client.ask("/up", method="POST", body=b"") for _ in range(3)]
    for stream in streams:
        client.http.send_data(stream, b"x" * 400)
    client.flush()
    assert (await client.answer(streams[2]))[0] == 413
    for stream in streams[:2]:
        client.http.end_stream(stream)
        client.flush()
        assert (await client.answer(stream))[2] == b"x" * 400


@conversation(Limits(body_seconds=SOON))
async def test_body_that_does_not_come(client):
    assert (await client.answer(client.ask("/up", method="POST", body=b"")))[0] == 408
    assert not client.handler.requests


@conversation(Limits(idle_seconds=SOON))
async def test_idle_connection_is_told_to_go(client):
    await client.until(lambda: client.goaway is not None)
    assert client.goaway == ErrorCodes.NO_ERROR


@conversation(Limits(idle_seconds=SOON))
async def test_connection_with_an_open_request_is_not_idle(client):
    stream = client.ask("/slow")
    await client.handler.asked.wait()
    await asyncio.sleep(3 * SOON)
    client.handler.release.set()
    assert (await client.answer(stream))[2] == b"slow"


@pytest.mark.parametrize(
    "begun",
    [b"", BEGIN[:20], BEGIN + frame(HEADERS, 0, 1, POST + b"\0\1a\1b" * 200)],
    ids=["nothing", "preface", "head"],
)
def test_client_that_does_not_finish_what_it_began(tmp_path, begun):
    async def main():
        async with serving(tmp_path, Handler(), Limits(head_seconds=SOON)) as server:
            reader, writer = await server.open()
            writer.write(begun)
            with contextlib.suppress(ConnectionError):
                await asyncio.wait_for(reader.read(), ENOUGH_SECONDS)  # until the server has ended it
            writer.transport.abort()

    asyncio.run(main())


@conversation(Limits(unread_seconds=0.2))
async def test_client_that_does_not_take_its_answer(client):
    client.takes = False
    client.ask("/large")
    with pytest.raises((AssertionError, ConnectionError), match=r"ended|reset"):
        await client.until(lambda: False)
    assert len(client.bodies[1]) < len(LARGE)


@pytest.mark.programs
def test_another_implementation_of_http2(tmp_path):
    async def main():
        async with serving(tmp_path, Handler()) as server:
            assert shutil.which("h2load"), "apt-get install nghttp2-client"
            command = ["h2load", "-n", "600", "-c", "3", "-m", "100", f"https://localhost:{server.port}/large"]
            return await asyncio.to_thread(
                subprocess.run, command, capture_output=True, text=True, timeout=ENOUGH_SECONDS
            )

    said = asyncio.run(main()).stdout
    assert "Application protocol: h2" in said
    assert "600 succeeded, 0 failed, 0 errored, 0 timeout" in said
    assert f"({600 * len(LARGE)}) data" in said
