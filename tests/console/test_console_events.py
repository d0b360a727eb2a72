"""The console's stream of events and its versions: what they tell, and that nothing goes on when the page is closed."""

import asyncio
from types import MappingProxyType

from netful.account.model_json import encoded
from netful.console.site import event_stream
from netful.console.subject import RunningStack
from netful.library.network import load
from tests.helpers.places import EXAMPLES


class Running:
    """In the place of a stack: it looks the same all the time, and logs one line."""

    construct_paths = MappingProxyType({})

    async def look(self):
        return {"state": "running", "warnings": []}

    async def logs(self):
        yield "a line"
        await asyncio.Event().wait()

    async def refused(self):
        await asyncio.Event().wait()
        yield {}


class Ended(Running):
    async def look(self):
        raise ConnectionError


def test_a_page_that_is_closed_leaves_nothing_behind():
    async def run():
        events = event_stream(Running(), asyncio.Event())
        seen = {await anext(events), await anext(events)}
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        return seen, asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(run()) == (
        {'event: look\ndata: {"state": "running", "warnings": []}\n\n', 'event: log\ndata: "a line"\n\n'}, set(),
    )  # fmt: skip


def test_the_stream_ends_with_the_stack():
    async def run():
        return [event async for event in event_stream(Ended(), asyncio.Event())]

    assert all("log" in event for event in asyncio.run(asyncio.wait_for(run(), 30)))


class Link:
    """In the place of a connection to a stack: it has one of several versions of a cloud."""

    def __init__(self, *versions):
        self.versions, self.version = [encoded(one) for one in versions], 0

    async def ask(self, verb):
        await asyncio.sleep(0)
        return {"look": {"cloud": self.version, "construct_paths": {}}, "cloud": self.versions[self.version]}[verb]


def test_questions_at_the_same_time_have_the_same_version_before():
    old, new = (load(EXAMPLES / "ssm-demo" / name).cloud for name in ("endpoint.yaml", "closed-endpoint.yaml"))

    async def run():
        link = Link(old, new)
        stack = RunningStack(link)
        await stack.cloud()
        link.version = 1
        clouds = await asyncio.gather(stack.cloud(), stack.cloud())
        return stack.before, clouds

    assert asyncio.run(run()) == (old, [new, new])
