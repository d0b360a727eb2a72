"""Output of a sandbox that writes without end."""

import asyncio
import contextlib
import os

import pytest

from netful.functions.invocations.logs import PIECE_BYTES
from netful.functions.sandboxes.output import Output
from tests.helpers.processes import ENOUGH_SECONDS


@pytest.fixture
def taken():
    return []


def run(taken, body):
    async def main():
        output = Output(taken.append)
        writing = output.open()
        os.set_blocking(writing, False)
        try:
            await body(output, writing)
        finally:
            output.close()
            os.close(writing)

    asyncio.run(main())


def fill(writing):
    """Write until the pipe is full; return how much that was."""
    size = 0
    while True:
        try:
            size += os.write(writing, b"x" * PIECE_BYTES)
        except BlockingIOError:
            return size


def test_what_is_written_is_read(taken):
    async def body(output, writing):
        os.write(writing, b"one\n")
        assert output.read()
        assert taken == [b"one\n"]

    run(taken, body)


def test_one_call_reads_one_piece(taken):
    async def body(output, writing):
        fill(writing)
        assert not output.read()
        assert sum(map(len, taken)) == PIECE_BYTES

    run(taken, body)


def test_catching_up_ends_while_a_function_goes_on_writing(taken):
    async def body(output, writing):
        written = fill(writing)

        async def write_on():
            while True:
                with contextlib.suppress(BlockingIOError):
                    os.write(writing, b"x" * 65536)
                await asyncio.sleep(0)

        writer = asyncio.ensure_future(write_on())
        await asyncio.wait_for(output.catch_up(), ENOUGH_SECONDS)
        writer.cancel()
        assert sum(map(len, taken)) >= written

    run(taken, body)


def test_other_work_goes_on_while_it_catches_up(taken):
    async def body(output, writing):
        pieces = fill(writing) // PIECE_BYTES
        turns = 0
        task = asyncio.ensure_future(output.catch_up())
        while not task.done():
            turns += 1
            await asyncio.sleep(0)
        assert turns >= pieces // 2  # the loop's own reader takes every second one

    run(taken, body)
