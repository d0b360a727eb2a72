"""Clients that mean no good, before a gateway on the loopback: what is refused, what is held to its time, who is served on."""

import asyncio
import contextlib
import gc
import os
import random
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop

from bench.malformed import broken_rules, draw, plain
from netful.services.http import free_memory
from netful.services.http.connection_limits import ConnectionLimits
from netful.services.http.head import RequestReader
from netful.services.http.protocol import HttpProtocol
from tests.helpers.abused import BRISK, CHAT, HOSTS, REST, SECONDS, descriptors, gateway_of, said, served, statuses
from tests.helpers.loop import other_tasks

pytestmark = pytest.mark.slow

SEED = 20191202
PACE = 0.005
GOOD = plain(REST.encode())
RULES = broken_rules(REST.encode())


@pytest.fixture
def gateway(tmp_path):
    return gateway_of(tmp_path)


async def answer(reader):
    """One answer: its status and body."""
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), SECONDS)
    lengths = [int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")]
    return int(head[9:12]), await reader.readexactly(lengths[0] if lengths else 0)


@contextlib.asynccontextmanager
async def customer(port, **tls):
    """A client that is served all the time; gives what it gets."""
    got = []
    reader, writer = await asyncio.open_connection("127.0.0.1", port, **tls)

    async def shop():
        while True:
            writer.write(GOOD)
            got.append((await answer(reader))[0])
            await asyncio.sleep(PACE)

    shopping = asyncio.ensure_future(shop())
    try:
        yield got
    finally:
        before = len(got)
        while not shopping.done() and len(got) == before:  # one more, after all
            await asyncio.wait({shopping}, timeout=PACE)
        if shopping.done():
            await shopping
        shopping.cancel()
        writer.close()


async def gone(before):
    """Wait until there are as many descriptors as before."""
    async with asyncio.timeout(SECONDS):
        while descriptors() > before:  # noqa: ASYNC110  # a descriptor that closes tells nobody
            await asyncio.sleep(0.01)


def test_each_broken_rule_is_refused_and_nothing_behind_it_is_served(gateway, tmp_path):
    async def run():
        async with served(gateway, tmp_path) as (port, _, _):
            answers = await asyncio.gather(*(said(port, data) for data, _ in RULES.values()))
            return {name: statuses(raw) for name, raw in zip(RULES, answers, strict=True)}

    assert uvloop.run(run()) == {name: [status] for name, (_, status) in RULES.items()}


def test_a_request_behind_a_good_one_is_served_and_one_behind_a_bad_one_is_not(gateway, tmp_path):
    bad, status = RULES["length and coding"]

    async def run():
        async with served(gateway, tmp_path) as (port, _, _):
            return statuses(await said(port, GOOD * 300 + bad + GOOD * 300))

    assert uvloop.run(run()) == [200] * 300 + [status]


def test_random_requests_and_idle_connections_while_others_are_served(gateway, tmp_path, caplog):
    rng = random.Random(SEED)
    tries = [draw(rng, HOSTS) for _ in range(2000)]

    async def drip(port):
        """Send a head byte by byte until the server has enough of it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        reading = asyncio.ensure_future(reader.readuntil(b"\r\n\r\n"))
        for byte in plain(REST.encode(), more=b"X: y\r\n" * 500):
            writer.write(bytes([byte]))
            await asyncio.wait({reading}, timeout=0.02)
            if reading.done():
                break
        writer.close()
        return statuses(await reading)

    async def run():
        async with served(gateway, tmp_path, replace(BRISK, head_seconds=2)) as (port, secure, trust):
            before = descriptors()
            async with customer(port) as got, customer(secure, ssl=trust, server_hostname=REST) as other:
                idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(300)]
                slow = [asyncio.ensure_future(drip(port)) for _ in range(100)]
                answers = []
                for start in range(0, len(tries), 60):
                    answers += await asyncio.gather(*(said(port, data) for data in tries[start : start + 60]))
                dripped = await asyncio.gather(*slow)
                silent = [await asyncio.wait_for(reader.read(), SECONDS) for reader, _ in idle]
                for _, writer in idle:
                    writer.close()
            await gone(before)
            return answers, dripped, silent, [*got, *other]

    answers, dripped, silent, got = uvloop.run(run())
    assert not [raw for raw in answers if b"Traceback" in raw or b'File "' in raw]
    assert {status for raw in answers for status in statuses(raw)} >= {200, 400, 403, 404, 431, 501, 505}
    assert dripped == [[408]] * 100
    assert set(silent) == {b""}
    assert set(got) == {200}
    assert len(got) > 10
    assert [record.getMessage() for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}] == []


def test_more_connections_than_there_is_room_for(gateway, tmp_path):
    async def run():
        async with served(gateway, tmp_path, replace(BRISK, connections=50)) as (port, _, _):
            before = descriptors()
            async with customer(port) as got:
                crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(400)]
                oldest = [await asyncio.wait_for(reader.read(), SECONDS) for reader, _ in crowd[:300]]
                crowd[-1][1].write(GOOD)
                newest = await answer(crowd[-1][0])
                for _, writer in crowd:
                    writer.close()
            await gone(before)
            return set(oldest), newest[0], set(got)

    assert uvloop.run(run()) == ({b""}, 200, {200})


HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"  # how a TLS client begins
HANDSHAKE = (
    b"GET /live HTTP/1.1\r\nHost: %b\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" % CHAT.encode()
)


def test_more_unfinished_tls_handshakes_than_there_is_room_for(gateway, tmp_path):
    async def begin(port, number):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HELLO[: number % len(HELLO)])  # some say nothing at all
        return reader, writer

    async def run():
        async with served(gateway, tmp_path, replace(BRISK, connections=50)) as (_, port, trust):
            before = descriptors()
            async with customer(port, ssl=trust, server_hostname=REST) as got:
                crowd = [await begin(port, number) for number in range(400)]
                oldest = [await asyncio.wait_for(reader.read(), SECONDS) for reader, _ in crowd[:300]]
                for _, writer in crowd:
                    writer.close()
            await gone(before)
            return set(oldest), set(got)

    assert uvloop.run(run()) == ({b""}, {200})


def test_more_websockets_than_there_is_room_for(gateway, tmp_path):
    async def talk(port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HANDSHAKE)
        return (await answer(reader))[0], reader, writer

    async def run():
        async with served(gateway, tmp_path, replace(BRISK, connections=50)) as (port, _, _):
            before = descriptors()
            async with customer(port) as got:
                _, lively, says = await talk(port)
                crowd = []
                for _ in range(150):
                    crowd.append(await talk(port))
                    says.write(b"\x89\x80\x00\x00\x00\x00")
                    assert await asyncio.wait_for(lively.readexactly(2), SECONDS) == b"\x8a\x00"  # its pong
                oldest = [await asyncio.wait_for(reader.read(), SECONDS) for _, reader, _ in crowd[:90]]
                for _, _, writer in crowd:
                    writer.close()
                says.close()
            await gone(before)
            return {status for status, _, _ in crowd}, set(oldest), set(got)

    assert uvloop.run(run()) == ({101}, {b""}, {200})
    assert gateway.sockets.count() == 0


def test_a_connection_that_is_gone_needs_no_collector(gateway, tmp_path):
    async def run():
        async with served(gateway, tmp_path) as (port, secure, trust):
            before = descriptors()
            for tls in ({}, {"ssl": trust, "server_hostname": REST}):
                async with customer(secure if tls else port, **tls):
                    pass
            for data in (b"", GOOD[:20], GOOD, RULES["length and coding"][0], HANDSHAKE):
                await said(port, data)
            await gone(before)
            async with asyncio.timeout(SECONDS):
                while any(isinstance(thing, HttpProtocol | RequestReader) for thing in gc.get_objects()):  # noqa: ASYNC110
                    await asyncio.sleep(BRISK.linger_seconds)  # a timer holds the one that was refused for so long

    gc.collect()
    gc.disable()
    try:
        uvloop.run(run())
    finally:
        gc.enable()


def test_garbage_instead_of_tls(gateway, tmp_path, caplog):
    rng = random.Random(SEED)
    garbage = [rng.choice((b"", HELLO, GOOD)) + rng.randbytes(rng.randint(1, 400)) for _ in range(200)]

    async def run():
        async with served(gateway, tmp_path) as (_, port, trust):
            before = descriptors()
            async with customer(port, ssl=trust, server_hostname=REST) as got:
                raws = await asyncio.gather(*(said(port, data) for data in garbage))
            await gone(before)
            return raws, set(got)

    raws, got = uvloop.run(run())
    assert not [raw for raw in raws if b"HTTP" in raw]
    assert got == {200}
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def unread(port, first, again):
    """Ask and never read, until the server is tired of it; gives how often one could ask."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(first)
    await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), SECONDS)
    writer.transport.pause_reading()
    asked = 0
    with contextlib.suppress(ConnectionError):
        while not writer.is_closing():
            writer.write(again)
            asked += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(writer.drain(), 0.2)
    return asked


@pytest.mark.parametrize("kind", ["requests", "pings"])
def test_a_client_that_never_reads_is_cut_off(gateway, tmp_path, kind):
    ping = bytes([0x89, 0x80 | 125]) + bytes(4) + b"p" * 125
    first, again = {"requests": (GOOD, GOOD * 200), "pings": (HANDSHAKE, ping * 500)}[kind]
    gateway.sockets.limits = replace(gateway.sockets.limits, unread_seconds=0.3)

    async def run():
        async with served(gateway, tmp_path, replace(BRISK, unread_seconds=0.3)) as (port, _, _):
            before = descriptors()
            asked = await asyncio.wait_for(unread(port, first, again), SECONDS)
            await gone(before)
            return asked

    assert uvloop.run(run()) > 1
    assert gateway.sockets.count() == 0


def test_random_frames(gateway, tmp_path, caplog):
    rng = random.Random(SEED)

    async def attack(port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(HANDSHAKE)
            assert (await answer(reader))[0] == 101
            for _ in range(rng.randint(1, 5)):
                size = rng.choice((0, 1, 5, 125, 126, 127))
                head = bytes([rng.choice((0x81, 0x82, 0x88, 0x89, 0x01, 0x00, 0x80, rng.randrange(256)))])
                writer.write(head + bytes([0x80 | size]) + rng.randbytes(4 + rng.choice((size, size, 2, 300))))
            writer.write_eof()
            return await asyncio.wait_for(reader.read(), SECONDS)
        except ConnectionError:
            return b""
        finally:
            writer.close()

    async def run():
        async with served(gateway, tmp_path) as (port, _, _):
            servers, before = asyncio.all_tasks(), descriptors()
            async with customer(port) as got:
                for _ in range(10):
                    await asyncio.gather(*(attack(port) for _ in range(50)))
            await gone(before)
            await other_tasks(servers)
            return set(got)

    assert uvloop.run(run()) == {200}
    assert gateway.sockets.count() == 0
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_descriptors_are_counted():
    before = descriptors()
    fd = os.open("/dev/null", os.O_RDONLY)
    assert descriptors() == before + 1
    os.close(fd)


class Caller:
    """One of a crowd, without a connection."""

    def __init__(self, crowd):
        self.crowd = crowd
        self.here = True
        crowd.enter(self)

    def dismiss(self):
        self.here = False
        self.crowd.leave(self)

    def is_served(self):
        self.crowd.begin(self)
        self.crowd.rest(self)


def test_who_goes_when_there_is_no_room():
    crowd = ConnectionLimits(4)
    kept, regular, busy, stranger = (Caller(crowd) for _ in range(4))
    for served_one in (regular, kept, regular):
        served_one.is_served()
    crowd.begin(busy)
    first = Caller(crowd)  # as many strangers as others: a stranger goes
    assert [one.here for one in (kept, regular, busy, stranger, first)] == [True, True, True, False, True]
    crowd.rest(busy)
    last = Caller(crowd)  # more others
    assert [one.here for one in (kept, regular, busy, first, last)] == [False, True, True, True, True]
    for one in (regular, busy, first, last):
        one.crowd.begin(one)
    assert not Caller(crowd).here  # nobody else may go


def test_a_flood_that_has_gone_leaves_its_memory(monkeypatch):
    given = []
    monkeypatch.setattr(free_memory, "give_back", lambda: given.append(len(given)))
    crowd = ConnectionLimits(5000)
    few = [Caller(crowd) for _ in range(900)]
    for one in few:
        one.dismiss()
    assert not given
    many = [Caller(crowd) for _ in range(2000)]
    for one in many[:1500]:
        one.dismiss()
    assert not given
    for one in many[1500:]:
        one.dismiss()
    assert len(given) == 1


def test_memory_is_given_back():
    def held():
        return int(Path("/proc/self/statm").read_text().split()[1])

    blocks = [bytes(2000) for _ in range(20_000)]  # of the C library: more than Python's own allocator takes
    kept = blocks[1::1000]
    before = held()
    blocks.clear()
    free_memory.give_back()
    assert held() < before - 5000
    assert len(kept) == 20
