"""Answers that are sent as they come (`responseTransferMode: STREAM`), of functions and of web servers."""

import asyncio
import contextlib
import json
import socket
import ssl

import pytest

from netful.engine.http.streaming import due, idle_seconds
from netful.functions.invocations.invocation import Invocation, Usage
from netful.functions.invocations.response_stream import ResponseStream
from netful.gateway.integrations.streaming import BrokenOffError, of_function
from netful.gateway.integrations.web_client import WebClient
from netful.gateway.integrations.web_connection import UnreachableError
from netful.services.front.front import Front
from netful.services.http.message import Response
from netful.services.tls.authority import Authority
from tests.helpers.abused import DOOR, SECONDS, Nothing
from tests.helpers.gateway_bench import FUNCTION, header
from tests.helpers.loop import other_tasks
from tests.helpers.texts import replaced
from tests.helpers.web_client import dial, server

URI = "arn:aws:apigateway:${AWS::Region}:lambda:path/2021-11-15/functions/${Fn.Arn}/response-streaming-invocations"


HOST = "api.execute-api.us-east-1.amazonaws.com"


def template(integration, type_="REGIONAL", more=""):
    return f"""
Transform: AWS::Serverless-2016-10-31
Resources:
{FUNCTION}
  Permission: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}}}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {{Type: {type_}}}
      MinimumCompressionSize: 0
      CacheClusterEnabled: true
      CacheClusterSize: "0.5"
      AccessLogSetting: {{DestinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:calls", Format: "$context.requestId $context.status $context.responseLength $context.integration.responseTransferMode $context.integration.timeToFirstContent"}}
      MethodSettings: [{{HttpMethod: "*", ResourcePath: "/*", CachingEnabled: true, LoggingLevel: ERROR}}]
      DefinitionBody:
        swagger: "2.0"
        info: {{title: api, version: "1"}}
        paths:
          /s:
            x-amazon-apigateway-any-method: {{x-amazon-apigateway-integration: {{{integration}}}}}
            get: {{x-amazon-apigateway-integration: {{{integration}}}}}
{more}
"""


STREAMED = f'type: aws_proxy, httpMethod: POST, responseTransferMode: STREAM, uri: !Sub "{URI}"'
PROXIED = "type: http_proxy, httpMethod: GET, responseTransferMode: STREAM, uri: 'http://localhost:1/x'"


def stream_of(*pieces, then=None):
    """What a function streams: these pieces, and then a wait or an exception."""

    async def pieces_():
        for piece in pieces:
            yield piece
        if isinstance(then, Exception):
            raise then
        if then is not None:
            await then.wait()

    return Response(200, (("Content-Type", "application/octet-stream"),), stream=pieces_())


def prelude(**told):
    return json.dumps(told).encode() + bytes(8)


def asked(bench):
    """What went to the integration: the rest is the logs' own."""
    return [event for event in bench.events if not isinstance(event, tuple)]


async def whole(response):
    return b"".join([piece async for piece in response.stream])


def test_function_says_its_head_first(bench_of):
    told = {"statusCode": 201, "headers": {"X-A": "1"}, "multiValueHeaders": {"X-B": ["2", "3"]}, "cookies": ["c=1"]}
    start = prelude(**told)

    async def run():
        bench = bench_of(template(STREAMED), lambda _event: stream_of(start[:5], start[5:] + b"one ", b"two"))
        response = await bench.call("GET", "/live/s", Accept_Encoding="gzip")
        return bench, response, await whole(response)

    bench, response, body = asyncio.run(run())
    assert (response.status, body) == (201, b"one two")
    assert [header(response, name) for name in ("X-A", "X-B", "Set-Cookie")] == ["1", "2, 3", "c=1"]
    assert header(response, "Content-Type") == "application/json"
    assert header(response, "Content-Encoding") is None
    assert header(response, "X-Amzn-Trace-Id") is not None
    assert bench.events[0]["httpMethod"] == "GET"


def test_pieces_are_there_before_the_function_ends(bench_of):
    async def run():
        more = asyncio.Event()
        bench = bench_of(template(STREAMED), lambda _event: stream_of(prelude(), b"first", then=more))
        response = await bench.call("GET", "/live/s")
        pieces = aiter(response.stream)
        first = await anext(pieces)
        logged = bench.gateway.logs.of("Api").text
        more.set()
        return first, logged, [piece async for piece in pieces], bench.gateway.logs.of("Api").text

    first, early, rest, late = asyncio.run(run())
    assert (first, rest) == (b"first", [])
    assert early == ""
    _, status, length, mode, until_content = late.split()
    assert (status, length, mode, until_content.isdecimal()) == ("200", "5", "STREAMED", True)


@pytest.mark.parametrize(
    "pieces",
    [
        (b'{"statusCode": 200}',),
        (b"{" + bytes(8),),
        (b"[]" + bytes(8),),
        (prelude(body="x"),),
        (prelude(statusCode="x"),),
        (prelude(cookies="x"),),
        (b"x" * 20_000, bytes(8)),
        (),
    ],
)
def test_head_that_is_none(bench_of, pieces):
    bench = bench_of(template(STREAMED), lambda _event: stream_of(*pieces))
    response = asyncio.run(bench.call("GET", "/live/s"))
    assert (response.status, response.body) == (502, b'{"message": "Internal server error"}')
    if pieces:
        assert "Malformed Lambda proxy response" in bench.gateway.logs.of("Api").text


def test_function_that_fails_before_it_begins(bench_of):
    bench = bench_of(template(STREAMED), lambda _event: Response(200, (("x-amz-function-error", "Unhandled"),)))
    assert asyncio.run(bench.call("GET", "/live/s")).status == 502


def test_function_that_fails_on_the_way(bench_of):
    async def run():
        broken = BrokenOffError("the function failed")
        bench = bench_of(template(STREAMED), lambda _event: stream_of(prelude(), b"begun", then=broken))
        response = await bench.call("GET", "/live/s")
        with pytest.raises(BrokenOffError):
            await whole(response)
        return response.status, bench.gateway.logs.of("Api").text.split()[1:3]

    assert asyncio.run(run()) == (200, ["200", "5"])


def test_function_that_has_failed_before_anybody_looks():
    """It has begun all the same: what it streamed until then is the client's, and the end is missing."""

    async def run():
        stream = ResponseStream()
        stream.begin("text/plain")
        stream.feed(b"begun")
        failed = Invocation("id", b"{}", "Unhandled", b"", Usage(1, None, 1))
        stream.follow(asyncio.ensure_future(asyncio.sleep(0, failed)))
        await other_tasks()
        response = await of_function(stream)
        with pytest.raises(BrokenOffError):
            await whole(response)

    asyncio.run(run())


@pytest.mark.parametrize("pieces", [(), (prelude(), b"begun")])
def test_answer_that_takes_too_long(bench_of, pieces):
    async def run():
        short = STREAMED + ", timeoutInMillis: 50"
        bench = bench_of(template(short), lambda _event: stream_of(*pieces, then=asyncio.Event()))
        response = await bench.call("GET", "/live/s")
        if response.stream is not None:
            with pytest.raises(BrokenOffError):
                await whole(response)
        return response.status

    assert asyncio.run(run()) == (200 if pieces else 504)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_answer_that_has_no_body(bench_of, method, status):
    bench = bench_of(template(STREAMED), lambda _event: stream_of(prelude(statusCode=status), b"body"))
    response = asyncio.run(bench.call(method, "/live/s"))
    assert (response.status, response.stream, response.body) == (status, None, b"")


@pytest.mark.parametrize(("integration", "made"), [(STREAMED, prelude), (PROXIED, lambda: b"")])
def test_nothing_is_kept(bench_of, integration, made):
    async def run():
        bench = bench_of(template(integration), lambda _event: stream_of(made(), b"body"))
        return [await whole(await bench.call("GET", "/live/s")) for _ in range(2)], len(asked(bench))

    assert asyncio.run(run()) == ([b"body", b"body"], 2)


@pytest.mark.parametrize(
    "integration",
    [
        "type: mock, responseTransferMode: STREAM",
        replaced(STREAMED, {"responseTransferMode: STREAM, ": ""}),
        replaced(STREAMED, {"response-streaming-": ""}),
    ],
)
def test_mode_that_does_not_fit(bench_of, integration):
    bench = bench_of(template(integration), lambda _event: stream_of(prelude(), b"body"))
    assert asyncio.run(bench.call("GET", "/live/s")).status == 500
    assert asked(bench) == []


def test_more_than_10_megabytes_are_slow_and_whole(bench_of):
    assert [due(size << 20) for size in (0, 10, 12, 30)] == [0, 0, 1, 10]

    async def run():
        piece = bytes(1 << 20)
        bench = bench_of(template(STREAMED), lambda _event: stream_of(prelude(), *([piece] * 10), b"x" * 4096))
        return len(await whole(await bench.call("GET", "/live/s")))

    assert asyncio.run(run()) == (10 << 20) + 4096


@pytest.mark.parametrize(("type_", "seconds"), [("REGIONAL", 300), ("EDGE", 30)])
def test_silence_is_borne_for_so_long(bench_of, type_, seconds):
    (api,) = bench_of(template(STREAMED, type_)).gateway.cloud.apis.by_id.values()
    assert idle_seconds(api) == seconds


def test_answer_above_10_megabytes_that_is_not_streamed(bench_of):
    bench = bench_of(
        template(replaced(PROXIED, {"responseTransferMode: STREAM, ": ""})),
        lambda request: Response(200, (), bytes((10 << 20) + (request.target == "/x?more=1"))),
    )
    assert asyncio.run(bench.call("GET", "/live/s")).status == 200
    response = asyncio.run(bench.call("POST", "/live/s?more=1"))
    assert (response.status, response.body) == (500, b'{"message": "Internal server error"}')
    why = "Integration response of reported length 10485761 is larger than allowed maximum of 10485760 bytes."
    assert f"Execution failed due to configuration error: {why}" in bench.gateway.logs.of("Api").text


class Wire:
    """A gateway behind a front on the loopback, before a real web server; and a client's connection to it."""

    def __init__(self, bench, folder, port, *, tls=False):
        self.bench, self.folder, self.tls = bench, folder, tls
        client = WebClient(lambda request: dial(_at(request, port)), ssl.create_default_context())
        bench.send = bench.send_streaming = client.send_streaming

    async def __aenter__(self):
        handlers = {"execute-api": self.bench.gateway.answer}
        self.front = Front(self.bench.gateway.cloud, Authority(self.folder), Nothing(), handlers)
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        address = listener.getsockname()
        self.server = await self.front.listen(DOOR, listener, tls=self.tls)
        context = ssl.create_default_context(cafile=self.folder / "bundle.pem") if self.tls else None
        self.reader, self.writer = await asyncio.open_connection(
            *address, ssl=context, server_hostname=HOST if self.tls else None
        )
        return self

    async def __aexit__(self, *_):
        self.writer.close()
        self.server.close()

    async def ask(self, version="1.1"):
        self.writer.write(f"GET /live/s HTTP/{version}\r\nHost: {HOST}\r\n\r\n".encode())
        return (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), SECONDS)).decode()

    async def read(self, until):
        return await asyncio.wait_for(self.reader.readuntil(until), SECONDS)


def _at(request, port):
    from dataclasses import replace

    return replace(request, port=port)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_server_speaks_and_the_client_hears_it_at_once(bench_of, tmp_path):
    async def run():
        said = HEAD + b"6\r\ndata 1\r\n"
        async with server(said) as (port, _, servers), Wire(bench_of(template(PROXIED)), tmp_path / "a", port) as wire:
            head = await wire.ask()
            first = await wire.read(b"data 1\r\n")
            servers[0].write(b"6\r\ndata 2\r\n0\r\n\r\n")
            return head, first, await wire.read(b"0\r\n\r\n")

    head, first, rest = asyncio.run(run())
    assert "text/event-stream" in head
    assert "Transfer-Encoding: chunked" in head
    assert (first, rest) == (b"6\r\ndata 1\r\n", b"6\r\ndata 2\r\n0\r\n\r\n")


def test_client_that_goes_away_ends_the_servers_connection(bench_of, tmp_path):
    async def run():
        gone = asyncio.Event()

        async def serve(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(HEAD + b"6\r\ndata 1\r\n")
            with contextlib.suppress(ConnectionError):
                await reader.read()
            gone.set()
            writer.close()

        listener = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        async with Wire(bench_of(template(PROXIED)), tmp_path / "a", port, tls=True) as wire:
            await wire.ask()
            await wire.read(b"data 1\r\n")
            wire.writer.close()
            await asyncio.wait_for(gone.wait(), SECONDS)
        listener.close()

    asyncio.run(run())


def test_server_that_breaks_off_ends_the_clients_connection(bench_of, tmp_path):
    async def run():
        said = HEAD + b"6\r\ndata 1\r\n"
        async with server(said) as (port, _, servers), Wire(bench_of(template(PROXIED)), tmp_path / "a", port) as wire:
            await wire.ask()
            await wire.read(b"data 1\r\n")
            servers[0].close()
            return await asyncio.wait_for(wire.reader.read(), SECONDS)

    assert asyncio.run(run()) == b""  # no last chunk


def test_old_client_gets_no_chunks(bench_of, tmp_path):
    async def run():
        said = HEAD + b"6\r\ndata 1\r\n0\r\n\r\n"
        async with server(said) as (port, _, _), Wire(bench_of(template(PROXIED)), tmp_path / "a", port) as wire:
            head = await wire.ask("1.0")
            return head, await asyncio.wait_for(wire.reader.read(), SECONDS)

    head, body = asyncio.run(run())
    assert "chunked" not in head
    assert body == b"data 1"


def test_much_that_nobody_reads_waits_in_the_server():
    """What is taken from a server is bounded, however much it says."""

    async def run():
        piece, pieces = bytes(1 << 20), 64
        stuck = asyncio.get_running_loop().create_future()

        async def serve(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(piece) * pieces))
            for number in range(pieces):
                writer.write(piece)
                try:
                    await asyncio.wait_for(asyncio.shield(draining := asyncio.ensure_future(writer.drain())), 0.3)
                except TimeoutError:  # the client takes no more
                    if not stuck.done():
                        stuck.set_result(number)
                    await draining
            writer.close()

        listener = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        client = WebClient(lambda request: dial(_at(request, port)), ssl.create_default_context())
        from tests.helpers.web_client import request

        response = await client.send_streaming(request(port))
        held = await stuck
        total = sum([len(read) async for read in response.stream])
        listener.close()
        return held < pieces // 2, total == len(piece) * pieces

    assert asyncio.run(run()) == (True, True)


def test_server_that_says_nothing_at_all():
    async def run():
        async with server(None) as (port, _, _):
            from tests.helpers.web_client import client, request

            await client().send_streaming(request(port))

    with pytest.raises(UnreachableError, match="without an answer"):
        asyncio.run(run())
