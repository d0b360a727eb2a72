"""Answers of a reader of MySQL, packet by packet, however they arrive."""

import asyncio
import struct

import pytest

from netful.hosts.fronts.mysql_answers import Answers, uncompressed


def packet(number, content):
    return len(content).to_bytes(3, "little") + bytes([number]) + content


REFUSED = packet(1, b"\xff" + struct.pack("<H", 1792) + b"#25006Cannot execute statement in a READ ONLY transaction")
OTHER = packet(1, b"\xff" + struct.pack("<H", 1146) + b"#42S02no such table")
ROWS = packet(1, b"\x01") + packet(2, b"x" * 300) + packet(3, b"\xfe\0\0\x02\0")


@pytest.mark.parametrize("size", [1, 2, 5, 11, 1000])
def test_a_refused_write_has_the_error_of_a_server_that_only_reads(size):
    async def passed(sent):
        answers = Answers(asyncio.StreamReader())
        return b"".join([answers.passed(sent[at : at + size]) for at in range(0, len(sent), size)])

    got = asyncio.run(passed(ROWS + REFUSED + OTHER + packet(4, b"")))
    assert got.startswith(ROWS)
    assert got.endswith(OTHER + packet(4, b""))
    refused = got[len(ROWS) : -len(OTHER + packet(4, b""))]
    assert (refused[3], struct.unpack("<H", refused[5:7])[0], refused[7:13]) == (1, 1290, b"#HY000")
    assert int.from_bytes(refused[:3], "little") == len(refused) - 4


def test_a_greeting_without_compression():
    flags = 0xA7FF
    greeting = packet(0, b"\x0a10.11.4-MariaDB\0" + b"\1\0\0\0" + b"12345678\0" + struct.pack("<H", flags) + b"rest")
    changed = uncompressed(greeting)
    assert int.from_bytes(changed, "little") ^ int.from_bytes(greeting, "little") == 0x20 << (8 * (len(greeting) - 6))
    assert uncompressed(packet(0, b"\x0agreeting")) == packet(0, b"\x0agreeting")
