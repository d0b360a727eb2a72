"""The console's stream of events: what it tells, and that nothing goes on when its page is closed."""

import asyncio
from types import MappingProxyType

from netful.console.site import event_stream


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
