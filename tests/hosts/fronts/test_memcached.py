"""The front of a node of memcached answers auto discovery, and passes on every other byte."""

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netful.hosts.engines.engine import Engine
from netful.hosts.fronts.front import Front
from netful.hosts.fronts.memcached import Commands, discovered

FRONT = Front(
    "Cache", "Cache", Engine.MEMCACHED, 11211, 11211, nodes=(("one.cfg", "10.0.1.4"), ("two.cfg", "10.0.2.4"))
)
ASKED = b"config get cluster\r\n"


class Written(bytearray):
    write = bytearray.extend


def through(*parts):
    """What the server has of these parts, and what the front answers."""

    async def run():
        client, answers = asyncio.StreamReader(), Written()
        commands = Commands(client, answers, FRONT)
        passed = b""
        for part in parts:
            client.feed_data(part)
            passed += commands.passed(await client.read(1 << 16))
        client.feed_eof()
        return passed + await commands.read(1 << 16), bytes(answers)

    return asyncio.run(run())


def test_the_nodes_as_clients_read_them():
    head, version, nodes, end, last, rest = discovered(FRONT).split(b"\n")
    assert nodes == b"one.cfg|10.0.1.4|11211 two.cfg|10.0.2.4|11211"
    assert head == f"CONFIG cluster 0 {len(version) + len(nodes) + 2}\r".encode()
    assert version.isdigit()
    assert (end, last, rest) == (b"\r", b"END\r", b"")


@pytest.mark.parametrize(
    ("sent", "passed", "answers"),
    [
        (ASKED, b"", 1),
        (b"get a\r\n" + ASKED + b"get b\r\n", b"get a\r\nget b\r\n", 1),
        (b"set a 0 0 20\r\n" + ASKED + b"\r\n" + ASKED, b"set a 0 0 20\r\n" + ASKED + b"\r\n", 1),
        (b"ms a 20 T0\r\n" + ASKED + b"\r\n", b"ms a 20 T0\r\n" + ASKED + b"\r\n", 0),
        (b"config get other\r\n", b"config get other\r\n", 0),
        (b"set a 0 0 x\r\n" + ASKED, b"set a 0 0 x\r\n", 1),
        (b"\x80\x00" + ASKED, b"\x80\x00" + ASKED, 0),
        (b"get " + b"k" * 70_000 + b"\r\n", b"get " + b"k" * 70_000 + b"\r\n", 0),
        (b"without an end", b"without an end", 0),
    ],
)
def test_what_reaches_the_server(sent, passed, answers):
    got, answered = through(sent)
    assert (got, answered.count(b"CONFIG cluster 0")) == (passed, answers)


@given(st.lists(st.integers(0, 60), max_size=6))
def test_it_does_not_matter_how_bytes_arrive(cuts):
    stored, asks = b"set a 0 0 20\r\n" + ASKED + b"\r\n", b"get a\r\n"
    sent = stored + ASKED + asks
    places = sorted({0, *cuts, len(sent)})
    parts = [sent[begin:end] for begin, end in itertools.pairwise(places)]
    got, answered = through(*parts)
    assert (got, answered.count(b"CONFIG")) == (stored + asks, 1)
