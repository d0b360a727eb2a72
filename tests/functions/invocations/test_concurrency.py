"""Many invocations: a new environment for each that finds none idle, the most recently used first, limits."""

import asyncio
import json

import pytest

from netful.functions.invocations.invocation import InvokeRefused

pytestmark = pytest.mark.packets

# Logs that it runs, and then either returns or runs until the caller goes away.
SLOW = """
import signal
def handler(event, context):
    print('running', flush=True)
    if event == "for ever":
        signal.pause()
    return event
"""
FOR_EVER = b'"for ever"'
WHO = "import os\ndef handler(event, context):\n    return os.environ['AWS_LAMBDA_LOG_STREAM_NAME']\n"


async def until_running(service, count: int = 1) -> None:
    async for event in service.logs("Fn").follow():
        count -= event.message == "running\n"
        if not count:
            return


def test_fifty_at_once_have_fifty_environments(bench):
    async def body(service):
        calls = [asyncio.create_task(service.invoke("Fn", FOR_EVER)) for _ in range(50)]
        await until_running(service, 50)
        states = service.environments("Fn")
        for call in calls:
            call.cancel()
        return states, await asyncio.gather(*calls, return_exceptions=True)

    states, outcomes = bench.run(SLOW, body, timeout=60)
    assert len({state.id for state in states}) == 50
    assert all(state.busy for state in states)
    assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)
    assert all(attachment.closed for attachment in bench.attachments)


def test_fifty_quick_ones_all_answer(bench):
    async def body(service):
        return await asyncio.gather(*(service.invoke("Fn", b"0") for _ in range(50)))

    assert [i.payload for i in bench.run(SLOW, body)] == [b"0"] * 50


def test_the_most_recently_used_environment_serves(bench):
    async def body(service):
        await asyncio.gather(*(service.invoke("Fn") for _ in range(3)))
        last = await service.invoke("Fn")
        return last.payload, (await service.invoke("Fn")).payload, len(service.environments("Fn"))

    last, again, count = bench.run(WHO, body)
    assert last == again
    assert count == 3


@pytest.mark.parametrize("reserved", [0, 1])
def test_reserved_concurrency_throttles(bench, reserved):
    async def body(service):
        running = asyncio.create_task(service.invoke("Fn", FOR_EVER)) if reserved else None
        if running:
            await until_running(service)
        with pytest.raises(InvokeRefused) as refusal:
            await service.invoke("Fn", b"0")
        if running:
            running.cancel()
        return refusal.value

    refusal = bench.run(SLOW, body, reserved_concurrent_executions=reserved, timeout=60)
    assert (refusal.status, refusal.code, refusal.message) == (429, "TooManyRequestsException", "Rate Exceeded.")
    assert refusal.reason == "ReservedFunctionConcurrentInvocationLimitExceeded"


def test_the_accounts_limit_throttles(bench):
    async def body(service):
        running = asyncio.create_task(service.invoke("Fn", FOR_EVER))
        await until_running(service)
        with pytest.raises(InvokeRefused) as refusal:
            await service.invoke("Fn", b"0")
        running.cancel()
        return refusal.value.reason

    assert bench.run(SLOW, body, concurrency=1, timeout=60) == "ConcurrentInvocationLimitExceeded"


def test_a_caller_that_goes_away_frees_its_environment(bench):
    async def body(service):
        call = asyncio.create_task(service.invoke("Fn", FOR_EVER))
        await until_running(service)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        return service.environments("Fn"), await service.invoke("Fn", b"0")

    left, after = bench.run(SLOW, body, timeout=60)
    assert left == ()
    assert after.usage.init_ms
    assert bench.attachments[0].closed


def test_an_environment_that_is_idle_for_long_is_reclaimed(bench):
    async def body(service):
        await service.invoke("Fn")
        await service.fleet.reclaim(3600)
        kept = len(service.environments("Fn"))
        await service.fleet.reclaim(0)
        return kept, service.environments("Fn")

    assert bench.run(WHO, body) == (1, ())
    assert bench.attachments[0].closed


def test_each_environment_has_its_own_tmp(bench):
    source = (
        "import os\ndef handler(event, context):\n"
        "    open(f'/tmp/{context.aws_request_id}', 'w').close()\n    return len(os.listdir('/tmp'))\n"
    )

    async def body(service):
        return [(await service.invoke("Fn", cold=True)).payload for _ in range(3)]

    assert json.loads(b"[" + b",".join(bench.run(source, body)) + b"]") == [1, 1, 1]


def test_environments_draw_different_random_numbers(bench):
    source = "import random\ndef handler(event, context):\n    return random.random()\n"

    async def body(service):
        return {(await service.invoke("Fn", cold=True)).payload for _ in range(3)}

    assert len(bench.run(source, body)) == 3
