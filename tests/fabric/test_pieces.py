"""Input of connections in pieces: each turn of the event loop takes one, and nothing is read meanwhile."""

import asyncio

import pytest

from netful.fabric.doors.pieces import Pieces


class Transport:
    """A transport that records whether it reads."""

    def __init__(self):
        self.reads = True

    def pause_reading(self):
        assert self.reads
        self.reads = False

    def resume_reading(self):
        assert not self.reads
        self.reads = True

    def is_closing(self):
        return False


@pytest.fixture
def transport():
    return Transport()


def pieces(transport, take, size=4):
    return Pieces(transport, take, lambda: size)


async def turn():
    await asyncio.sleep(0)


def test_little_is_taken_at_once(transport):
    taken = []
    pieces(transport, taken.append).feed(b"abcd")
    assert (taken, transport.reads) == ([b"abcd"], True)


def test_a_turn_takes_one_piece(transport):
    async def main():
        taken = []
        pieces(transport, taken.append).feed(b"abcdefghij")
        seen = []
        for _ in range(4):
            seen.append((len(taken), transport.reads))
            await turn()
        return taken, seen

    taken, seen = asyncio.run(main())
    assert taken == [b"abcd", b"efgh", b"ij"]
    assert seen == [(0, False), (1, False), (2, False), (3, True)]


def test_what_comes_meanwhile_comes_after(transport):
    async def main():
        taken = []
        fed = pieces(transport, taken.append)
        fed.feed(b"abcdef")
        fed.feed(b"g")
        for _ in range(3):
            await turn()
        return taken

    assert b"".join(asyncio.run(main())) == b"abcdefg"


def test_nothing_is_taken_during_a_pause(transport):
    async def main():
        taken = []
        fed = pieces(transport, taken.append)
        fed.feed(b"abcdef")
        fed.pause()
        for _ in range(3):
            await turn()
        before = list(taken)
        fed.resume()
        for _ in range(3):
            await turn()
        return before, taken

    assert asyncio.run(main()) == ([], [b"abcd", b"ef"])
    assert transport.reads


def test_after_the_end_everything_is_read_and_ignored(transport):
    async def main():
        taken = []
        fed = pieces(transport, taken.append)
        fed.feed(b"abcdef")
        fed.end()
        fed.resume()
        fed.feed(b"x" * 100)
        await turn()
        return taken

    assert asyncio.run(main()) == []
    assert transport.reads
