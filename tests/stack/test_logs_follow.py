"""Following a log: who reads too slowly misses events, and takes no memory of the daemon."""

import asyncio
from types import SimpleNamespace

import pytest

from netful.functions.invocations.logs import LogGroup
from netful.sources import load
from netful.stack.control.control import ControlRequest
from netful.stack.verbs.verbs import handlers

FLOOD = 10_000  # lines, some times as many as a log keeps
LINE = "{:>300}\n"


TEMPLATE = "Resources: {Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: orders}}}"


@pytest.fixture
def cloud(tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    return load([tmp_path / "template.yaml"])


def test_the_log_of_an_api_by_its_name_at_aws(cloud):
    async def read():
        group = LogGroup("Api")
        group.append("s", "one\n")
        stack = SimpleNamespace(cloud=cloud, gateway=SimpleNamespace(logs=SimpleNamespace(of={"Api": group}.get)))
        request = ControlRequest({"function": cloud.aws_id("Api")}, [])
        return [message async for message in handlers(stack)["logs"](request)]

    assert asyncio.run(read()) == [{"event": {"text": "one\n"}}, {"result": True}]


def test_a_client_that_does_not_read_misses_events(cloud):
    async def follow():
        group = LogGroup("Api")
        stack = SimpleNamespace(
            cloud=cloud,
            gateway=SimpleNamespace(logs=SimpleNamespace(of={"Api": group}.get)),
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
