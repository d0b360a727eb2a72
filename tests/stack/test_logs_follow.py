"""Following a log: who reads too slowly misses events, and takes no memory of the daemon."""

import asyncio
from types import SimpleNamespace

from netful.functions.invocations.logs import LogGroup
from netful.stack.control.control import ControlRequest
from netful.stack.verbs.verbs import handlers

FLOOD = 10_000  # lines, some times as many as a log keeps
LINE = "{:>300}\n"


def test_a_client_that_does_not_read_misses_events():
    async def follow():
        group = LogGroup("Api")
        stack = SimpleNamespace(
            cloud=SimpleNamespace(apis=SimpleNamespace(by_id={"Api": None})),
            gateway=SimpleNamespace(logs=SimpleNamespace(of=lambda _api_id: group)),
            ended=asyncio.Event(),
        )
        messages = handlers(stack)["logs"](ControlRequest({"function": "Api", "follow": True}, []))
        group.append("s", "first\n")
        assert await anext(messages) == {"event": {"text": "first\n"}}
        for number in range(FLOOD):
            group.append("s", LINE.format(number))
            await asyncio.sleep(0)
        seen = []
        while seen[-1:] != [LINE.format(FLOOD - 1)]:
            seen.append((await anext(messages))["event"]["text"])
        stack.ended.set()
        assert [message async for message in messages] == [{"result": True}]
        return seen

    seen = asyncio.run(follow())
    assert len(seen) < FLOOD / 2
