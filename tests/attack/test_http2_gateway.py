"""Clients of an API that speak HTTP/2 to wear the gateway out: they are sent away, and others are served meanwhile."""

import asyncio
import contextlib
import gc
import resource
import struct

import pytest

from netful.services.http.limits import Limits
from netful.services.http.message import Response
from netful.services.http2.protocol import Http2Protocol
from tests.helpers.http2_client import Client, serving
from tests.helpers.http2_frames import (
    BEGIN,
    END_HEADERS,
    END_STREAM,
    FLOODS,
    FRAMES,
    GOAWAY,
    HEADERS,
    QUESTION,
    SETTINGS,
    WINDOW,
    frame,
    frames,
)
from tests.helpers.processes import ENOUGH_SECONDS

GROWTH_KB = 100_000
LIMITS = Limits(unread_seconds=0.5, head_seconds=0.5)
ANSWER = Response(200, (("Content-Type", "text/plain"),), b"hello")
LARGE = Response(200, (), b"x" * 4_000_000)
ASKED = frame(HEADERS, END_STREAM | END_HEADERS, 1, QUESTION)
ATTACKS = FLOODS | {
    "windows that open byte by byte": frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0))
    + ASKED
    + frame(WINDOW, 0, 1, b"\0\0\0\1") * FRAMES,
    "a large table for answers": frame(SETTINGS, 0, 0, struct.pack(">HI", 1, 0xFFFFFFFF)) + ASKED,
}


def answer(request):
    return ANSWER if request.header("x-quick") else LARGE


async def attack(server, data):
    """Send all of it, read what comes, and return when the server has ended the connection."""
    reader, writer = await server.open()
    with contextlib.suppress(ConnectionError):
        writer.write(BEGIN + data)
        await writer.drain()
        while await reader.read(1 << 16):
            pass
    writer.transport.abort()


async def ask(server):
    client = Client(*await server.open())
    status, _, body = await client.answer(client.ask("/", ("x-quick", "1")))
    client.close()
    return status, body


@pytest.mark.parametrize("data", ATTACKS.values(), ids=ATTACKS)
def test_attackers_are_sent_away_while_others_are_served(tmp_path, data):
    async def scenario():
        async with serving(tmp_path, answer, LIMITS) as server:
            assert await ask(server) == (200, b"hello")
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            attacks = [asyncio.ensure_future(attack(server, data)) for _ in range(3)]
            while not all(one.done() for one in attacks):
                assert await ask(server) == (200, b"hello")
            await asyncio.gather(*attacks)
            assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH_KB

    asyncio.run(asyncio.wait_for(scenario(), ENOUGH_SECONDS))


def test_reason_is_given_to_a_client_that_resets_its_requests(tmp_path):
    async def scenario():
        async with serving(tmp_path, answer) as server:
            reader, writer = await server.open()
            writer.write(BEGIN + FLOODS["rapid reset"][:10_000])
            said = await reader.read()
            assert [body[4:] for kind, body in frames(said) if kind == GOAWAY] == [b"\0\0\0\x0b"]  # ENHANCE_YOUR_CALM
            writer.transport.abort()

    asyncio.run(asyncio.wait_for(scenario(), ENOUGH_SECONDS))


def _protocols():
    return [thing for thing in gc.get_objects() if isinstance(thing, Http2Protocol)]


def test_nothing_is_left_of_connections(tmp_path):
    async def scenario():
        earlier = _protocols()  # of other tests of this process
        async with serving(tmp_path, answer) as server:
            for _ in range(20):
                assert await ask(server) == (200, b"hello")
            gc.disable()  # what only the collector frees stays for long
            try:
                while len(_protocols()) > len(earlier):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            finally:
                gc.enable()

    asyncio.run(asyncio.wait_for(scenario(), ENOUGH_SECONDS))
