"""What is counted of functions, by the minute."""

import pytest

from netful.functions.environments import changes
from netful.functions.invocations.invocation import InvokeRefused
from netful.functions.invocations.metrics import Metrics
from tests.helpers.lambda_bench import function_of


def test_statistics_are_by_minute_and_resource():
    now = 1000.0
    metrics = Metrics(lambda: now)
    metrics.add("Duration", "fn", "", 3.0)
    metrics.add("Duration", "fn", "", 5.0)
    metrics.add("Duration", "fn", "live", 1.0)
    now += 60
    metrics.add("Duration", "fn", "", 7.0)
    told = [
        (one.minute, one.resource, statistics.count, statistics.sum, statistics.minimum, statistics.maximum)
        for one, statistics in metrics.take()
    ]
    assert told == [(960, "fn", 2, 8.0, 3.0, 5.0), (960, "fn:live", 1, 1.0, 1.0, 1.0), (1020, "fn", 1, 7.0, 7.0, 7.0)]
    assert [*metrics.take()] == []


def test_what_nobody_looks_at_is_forgotten_after_a_day():
    now = 0.0
    metrics = Metrics(lambda: now)
    for day in range(4):
        now = day * 86_400.0
        for _ in range(5000):
            metrics.add("Invocations", "fn", "", 1.0)
    assert {one.minute for one, _ in metrics.take()} <= {2 * 86_400, 3 * 86_400}


@pytest.mark.packets
def test_what_runs_fails_and_is_refused(bench):
    async def body(service):
        await service.invoke("Fn")
        await service.invoke("Fn", b'{"fail": true}')
        await changes.reserve(service, "Fn", 0)
        with pytest.raises(InvokeRefused):
            await service.invoke("Fn")
        return {one.metric: (told.count, told.sum) for one, told in service.metrics.take()}

    source = "def handler(event, context):\n    assert not event.get('fail')\n"
    told = bench.run(function_of(source), body)
    assert told["Duration"][0] == 2
    del told["Duration"]
    assert told == {"Invocations": (2, 2), "Errors": (2, 1), "ConcurrentExecutions": (2, 2), "Throttles": (1, 1)}
