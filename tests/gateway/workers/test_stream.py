"""Calls between the daemon and a worker: results and errors arrive as they were, and what nobody waits for ends."""

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest

from netful.functions.invocations.invocation import InvokeRefused
from netful.gateway.integrations.web_connection import UnreachableError
from netful.gateway.workers.stream import Stream
from netful.model.core import ConsentError, StackError
from tests.helpers.processes import ENOUGH_SECONDS

ERRORS = {
    "refused": InvokeRefused(413, "RequestEntityTooLargeException", "too large", "size"),
    "unreachable": UnreachableError("nobody is there", timed_out=True),
    "no consent": ConsentError("it wants more", digest="d1", why="a reason", hint="agree"),
    "bug": ZeroDivisionError("an unlucky number"),
}


class Side:
    """What one side serves."""

    def __init__(self):
        self.began, self.ended = asyncio.Event(), asyncio.Event()
        self.heard = []

    async def echo(self, *words, mark):
        return [*words, mark]

    async def fail(self, how):
        raise ERRORS[how]

    async def wait(self):
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()

    def hear(self, word):
        self.heard.append(word)


@asynccontextmanager
async def joined():
    """A stream, and what its other side serves."""
    side, ends = Side(), (Stream(), Stream())
    ends[1].serve({Side: side})
    for end, sock in zip(ends, socket.socketpair(), strict=True):
        sock.setblocking(False)
        await asyncio.get_running_loop().create_unix_connection(lambda end=end: end, sock=sock)
    try:
        yield ends[0], side
    finally:
        ends[0].close()


def run(scenario):
    async def scene():
        async with joined() as (stream, side):
            return await asyncio.wait_for(scenario(stream, side), ENOUGH_SECONDS)

    return asyncio.run(scene())


def test_results_and_words_arrive():
    async def scenario(stream, side):
        stream.say(Side.hear, "first")
        answered = await stream.ask(Side.echo, "a", b"b", mark=3)
        return answered, side.heard

    assert run(scenario) == (["a", b"b", 3], ["first"])


@pytest.mark.parametrize("how", ["refused", "unreachable", "no consent"])
def test_errors_arrive_as_they_were(how):
    error = ERRORS[how]
    with pytest.raises(type(error)) as caught:
        run(lambda stream, _side: stream.ask(Side.fail, how))
    assert (str(caught.value), vars(caught.value)) == (str(error), vars(error))


def test_a_bug_of_the_other_side_is_an_error_of_the_stack():
    with pytest.raises(StackError, match="an unlucky number"):
        run(lambda stream, _side: stream.ask(Side.fail, "bug"))


def test_a_call_that_is_given_up_ends_on_the_other_side():
    async def scenario(stream, side):
        asking = asyncio.create_task(stream.ask(Side.wait))
        await side.began.wait()
        asking.cancel()
        await side.ended.wait()

    run(scenario)


def test_calls_fail_when_the_other_side_is_gone():
    async def scenario(stream, side):
        asking = asyncio.create_task(stream.ask(Side.wait))
        await side.began.wait()
        stream.close()
        with pytest.raises(ConnectionResetError):
            await asking
        with pytest.raises(ConnectionResetError):
            await stream.ask(Side.echo, mark=1)

    run(scenario)
