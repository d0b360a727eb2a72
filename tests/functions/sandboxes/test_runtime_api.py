"""The Runtime API over a plain connection: states, refusals, any pace of bytes."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable

import pytest

from netful.functions.sandboxes.outcome import RuntimeReport
from netful.functions.sandboxes.runtime_api import Event, RuntimeApi
from tests.helpers.processes import ENOUGH_SECONDS

EVENT = Event("id-1", b'{"a":1}', 1234, "arn:fn", "Root=1", '{"c":1}')
NEXT = b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n"


def post(path: str, body: bytes, headers: str = "") -> bytes:
    head = f"POST /2018-06-01/runtime/{path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


class Runtime:
    """The client's side, and what the server told its owner."""

    def __init__(self, api: RuntimeApi, settled: asyncio.Queue, reader, writer) -> None:
        self.api, self.settled, self.reader, self.writer = api, settled, reader, writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def response(self) -> tuple[int, dict[str, str], bytes]:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        status, *lines = head.rstrip().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        return int(status.split()[1]), headers, await self.reader.readexactly(int(headers["Content-Length"]))

    async def take_turns(self) -> None:
        """Ask and be answered many times: what the server does meanwhile, it has done."""
        for _ in range(300):
            self.send(b"GET /ping HTTP/1.1\r\n\r\n")
            assert (await self.response())[0] == 200

    async def take_event(self) -> None:
        self.send(NEXT)
        assert await self.settled.get() == "next"
        self.api.deliver(EVENT)
        assert (await self.response())[0] == 200


def run(body: Callable[[Runtime], Awaitable[None]]) -> None:
    async def main() -> None:
        settled: asyncio.Queue = asyncio.Queue()
        api = RuntimeApi(settled.put_nowait, lambda: settled.put_nowait("next"))
        listener = socket.create_server(("127.0.0.1", 0))
        await api.serve(listener)
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        try:
            await asyncio.wait_for(body(Runtime(api, settled, reader, writer)), ENOUGH_SECONDS)
        finally:
            writer.close()
            api.close()

    asyncio.run(main())


def test_an_event_and_its_response():
    async def body(runtime):
        runtime.send(NEXT)
        await runtime.settled.get()
        runtime.api.deliver(EVENT)
        status, headers, payload = await runtime.response()
        assert (status, payload) == (200, b'{"a":1}')
        assert headers["Lambda-Runtime-Aws-Request-Id"] == "id-1"
        assert headers["Lambda-Runtime-Deadline-Ms"] == "1234"
        assert headers["Lambda-Runtime-Invoked-Function-Arn"] == "arn:fn"
        assert headers["Lambda-Runtime-Trace-Id"] == "Root=1"
        assert headers["Lambda-Runtime-Client-Context"] == '{"c":1}'

    run(body)


def test_a_response_and_the_wait_for_the_next_event():
    async def body(runtime):
        await runtime.take_event()
        runtime.send(post("invocation/id-1/response", b"7") + NEXT)
        assert await runtime.settled.get() == RuntimeReport(b"7")
        assert await runtime.settled.get() == "next"
        runtime.api.flush()
        status, _, payload = await runtime.response()
        assert (status, payload) == (202, b'{"status":"OK"}\n')

    run(body)


def test_the_answer_to_a_response_comes_with_the_next_event():
    async def body(runtime):
        await runtime.take_event()
        runtime.send(post("invocation/id-1/response", b"7") + NEXT)
        assert await runtime.settled.get() == RuntimeReport(b"7")
        assert await runtime.settled.get() == "next"
        runtime.api.deliver(EVENT)
        both = await runtime.reader.read(65_536)
        assert both.startswith(b"HTTP/1.1 202 ")
        assert both.endswith(b'\r\n\r\n{"a":1}')

    run(body)


def test_a_runtime_tells_its_peak():
    async def body(runtime):
        await runtime.take_event()
        runtime.send(post("invocation/id-1/response", b"7", "Lambda-Runtime-Peak-Kb: 30000\r\n"))
        assert (await runtime.response())[0] == 202
        assert await runtime.settled.get() == RuntimeReport(b"7", peak_kb=30_000)

    run(body)


def test_a_request_may_come_byte_by_byte():
    async def body(runtime):
        await runtime.take_event()
        for byte in post("invocation/id-1/error", b'{"errorType":"X"}', "Lambda-Runtime-Function-Error-Type: X\r\n"):
            runtime.send(bytes([byte]))
            await asyncio.sleep(0)
        assert (await runtime.response())[0] == 202
        assert await runtime.settled.get() == RuntimeReport(b'{"errorType":"X"}', "X")

    run(body)


def test_an_error_of_the_init():
    async def body(runtime):
        runtime.send(post("init/error", b"{}", "Lambda-Runtime-Function-Error-Type: Runtime.ImportModuleError\r\n"))
        assert (await runtime.response())[0] == 202
        assert await runtime.settled.get() == RuntimeReport(b"{}", "Runtime.ImportModuleError")

    run(body)


@pytest.mark.parametrize(
    ("request_bytes", "status", "error_type"),
    [
        (post("invocation/other/response", b"1"), 400, b"InvalidRequestID"),
        (post("init/error", b"{}"), 403, b"InvalidStateTransition"),
        (NEXT, 403, b"InvalidStateTransition"),
        (post("nowhere", b"{}"), 404, b"NotFound"),
        (post("invocation/id-1/response", b"x" * 6_291_557), 413, b"RequestEntityTooLarge"),
    ],
)
def test_what_is_refused_while_an_event_is_worked_on(request_bytes, status, error_type):
    async def body(runtime):
        await runtime.take_event()
        runtime.send(request_bytes)
        got, _, payload = await runtime.response()
        assert got == status
        assert b'"errorType":"' + error_type + b'"' in payload

    run(body)


def test_a_second_response_is_refused():
    async def body(runtime):
        await runtime.take_event()
        runtime.send(post("invocation/id-1/response", b"1") * 2)
        assert [(await runtime.response())[0] for _ in range(2)] == [202, 403]
        assert await runtime.settled.get() == RuntimeReport(b"1")
        assert runtime.settled.empty()

    run(body)


@pytest.mark.parametrize("mode", ["", "Lambda-Runtime-Function-Response-Mode: streaming\r\n"])
def test_a_client_that_offers_another_protocol_gets_http_1(mode):
    """Java's own client offers HTTP/2 with the first request of each connection."""
    offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n"

    async def body(runtime):
        runtime.send(NEXT.replace(b"Host: x\r\n", offer.encode()))
        assert await runtime.settled.get() == "next"
        runtime.api.deliver(EVENT)
        assert (await runtime.response())[2] == b'{"a":1}'
        for byte in post("invocation/id-1/response", b'"GET /"', f"{mode}{offer}"):
            runtime.send(bytes([byte]))
        assert (await runtime.response())[0] == 202
        runtime.send(b"GET /ping HTTP/1.1\r\n\r\n")
        assert (await runtime.response())[2] == b"pong"
        return await runtime.settled.get()

    async def whole(runtime):
        assert (await body(runtime)).payload == b'"GET /"'

    run(whole if not mode else body)


@pytest.mark.parametrize("sent", [b"\x16\x03\x01 hello\r\n\r\n", b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"])
def test_what_is_not_http_is_hung_up_on(sent):
    async def body(runtime):
        runtime.send(sent)
        assert (await runtime.reader.read()).startswith(b"HTTP/1.1 400 ") or runtime.reader.at_eof()

    run(body)


def test_ping():
    async def body(runtime):
        runtime.send(b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await runtime.response())[2] == b"pong"

    run(body)


@pytest.mark.parametrize(
    ("head", "more", "status"),
    [
        (b"GET /", b"a" * 65_536, 431),
        (b"GET / HTTP/1.1\r\nLambda-X: ", b"a" * 65_536, 431),
        (b"GET / HTTP/1.1\r\n", b"Lambda-X: a\r\n" * 100, 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a" * 65_536, 431),
    ],
)
def test_a_head_has_limits(head, more, status):
    async def body(runtime):
        runtime.send(head)

        async def send():
            with contextlib.suppress(ConnectionError):
                while True:
                    runtime.send(more)
                    await runtime.writer.drain()

        sending = asyncio.ensure_future(send())
        assert (await runtime.response())[0] == status
        sending.cancel()

    run(body)


def test_the_cause_of_an_error_for_x_ray_fits_into_a_head():
    async def body(runtime):
        await runtime.take_event()
        cause = f"Lambda-Runtime-Function-XRay-Error-Cause: {'x' * (1 << 20)}\r\n"
        runtime.send(post("invocation/id-1/error", b"{}", cause))
        assert (await runtime.response())[0] == 202

    run(body)


def test_requests_that_arrive_together_leave_turns_to_others():
    number = 1000
    request = b"GET /ping HTTP/1.1\r\n\r\n"

    async def body(runtime):
        turns = 0

        async def others():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.ensure_future(others())
        runtime.send(request * number)
        for _ in range(number):
            assert (await runtime.response())[0] == 200
        task.cancel()
        assert turns >= number * len(request) // 2048

    run(body)


def test_a_process_that_does_not_read_is_not_read_from():
    async def body(runtime):
        sock = runtime.writer.get_extra_info("socket")
        loop = asyncio.get_running_loop()
        sent = 0

        async def send():
            nonlocal sent
            while True:
                await loop.sock_sendall(other, b"GET /ping HTTP/1.1\r\n\r\n" * 100)
                sent += 100

        with socket.socket() as other:
            other.setblocking(False)
            await loop.sock_connect(other, sock.getpeername())
            sending = asyncio.ensure_future(send())
            before = -1
            while sent != before:
                before = sent
                await runtime.take_turns()
            assert not sending.done()
            sending.cancel()

    run(body)


def test_connections_have_a_limit():
    async def body(runtime):
        address = runtime.writer.get_extra_info("peername")
        opened = [await asyncio.open_connection(*address) for _ in range(128)]
        with contextlib.suppress(ConnectionError):
            assert await opened[-1][0].read() == b""
        runtime.send(b"GET /ping HTTP/1.1\r\n\r\n")
        assert (await runtime.response())[0] == 200
        for _, writer in opened:
            writer.close()

    run(body)
