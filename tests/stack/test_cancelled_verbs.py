"""Verbs that are cancelled, at each of their first waits: no descriptor, namespace, task or process is left behind."""

import asyncio
import contextlib
import gc
import itertools
import os
import time
import types
from collections import Counter
from pathlib import Path

import pytest
import uvloop

from netful.stack.control.control import ControlRequest
from netful.stack.control.folder import StackFolder
from netful.stack.control.settings import Settings
from netful.stack.stack import Stack
from netful.stack.verbs.verbs import handlers
from tests.helpers import processes

pytestmark = pytest.mark.packets
ENDPOINT = Path(__file__).parents[2] / "examples" / "ssm-demo" / "endpoint.yaml"
ROUNDS = 10  # as many as there are namespaces made ahead
EVENTS = 4


class Cancel:
    """Runs a coroutine, and cancels it at one of its waits: `early`, when it begins to wait, or when it need wait no more."""

    def __init__(self, at, *, early):
        self.at, self.early = at, early
        self.waits = 0

    @types.coroutine
    def run(self, coroutine):
        task, thrown = asyncio.current_task(), None
        while True:
            try:
                future = coroutine.send(None) if thrown is None else coroutine.throw(thrown)
            except StopIteration as end:
                return end.value
            self.waits, thrown = self.waits + 1, None
            if self.waits == self.at:
                if self.early or future is None:
                    task.cancel()
                else:
                    future.add_done_callback(lambda _: task.cancel())
            try:
                yield future
            except BaseException as exception:  # noqa: BLE001  # it is the coroutine's
                thrown = exception


async def cancelled(coroutine, at, *, early):
    """Whether a coroutine was cancelled; False where it had ended before."""
    cancel = Cancel(at, early=early)

    async def main():
        await cancel.run(coroutine)

    task = asyncio.create_task(main())
    await asyncio.wait([task], timeout=processes.ENOUGH_SECONDS)
    assert task.done()
    return cancel.waits >= at


def descriptors():
    return Counter(link.partition(":")[0] for link in processes.descriptors().values())


def tasks_of_verbs():
    """The verbs' own tasks that have not ended."""
    codes = [(task, getattr(task.get_coro(), "cr_code", None)) for task in asyncio.all_tasks()]
    return [task for task, code in codes if code is not None and "/stack/verbs/" in code.co_filename]


async def held(stack):
    """What the process holds once the network's thread is at rest: descriptors by kind, children and tasks."""
    for _ in range(ROUNDS):
        await stack.networks.on_thread(lambda fabric: fabric.sandboxes.prepare())
    gc.collect()  # earlier tests may have left sockets in circles
    return (
        descriptors(),
        len(processes.children(os.getpid())),
        sorted(task.get_coro().__qualname__ for task in asyncio.all_tasks()),
    )


async def left(stack, before):
    """What the process holds and did not hold before, once there is nothing of the kind or it stays."""
    end = time.monotonic() + processes.ENOUGH_SECONDS
    while True:
        now = await held(stack)
        more = now[0] - before[0], max(0, now[1] - before[1]), Counter(now[2]) - Counter(before[2])
        if not any(more) or time.monotonic() > end:
            return more
        await asyncio.sleep(0.05)  # sandboxes and processes that were told to end do so by themselves


def pipe_request(**arguments):
    fds = [os.open("/dev/null", os.O_RDWR) for _ in range(3)] if "command" in arguments else []
    return ControlRequest(arguments, fds)


EXEC = {"source": "ReadParameter", "command": ["/bin/true"], "env": {}, "cwd": "/"}
CALL = {"source": "ReadParameter", "destination": "aws:ssm"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path))
    monkeypatch.chdir(ENDPOINT.parent)
    folder = StackFolder("s")
    folder.take()
    yield folder
    folder.leave()


def run(folder, body):
    async def main():
        settings = Settings("s", str(ENDPOINT.parent), (ENDPOINT.name,))
        stack = Stack(settings, folder, progress=lambda _text: None)
        try:
            await stack.start()
            await asyncio.wait_for(body(stack), 100)
        finally:
            await stack.close()

    uvloop.run(main())


@pytest.mark.usefixtures("settled_heap")
@pytest.mark.parametrize(
    ("verb", "arguments"),
    [("exec", EXEC), ("probe", CALL), ("witness", CALL), ("logs", {"follow": True}), ("probe-matrix", {})],
)
def test_nothing_is_left_of_a_cancelled_verb(folder, verb, arguments):
    async def body(stack):
        async def answer():
            request = pipe_request(**arguments)
            try:
                async with contextlib.aclosing(handlers(stack)[verb](request)) as messages:
                    async for _ in messages:
                        pass
            finally:
                for fd in request.fds:
                    os.close(fd)

        for number in range(EVENTS):
            stack.functions.logs("ReadParameter").append("stream", f"{number}\n")
        endless = verb == "logs"
        if not endless:
            await answer()  # what is made once is there
        before = await held(stack)
        for early in (True, False):
            for at in range(1, EVENTS) if endless else itertools.count(1):
                if not await cancelled(answer(), at, early=early):
                    assert at > 2
                    break
                assert tasks_of_verbs() == []
                assert not any(await left(stack, before)), (at, early)

    run(folder, body)
