"""Times of a stack's start, as `netful up --timings` prints them."""

import asyncio

import pytest

from netful.stack.start_times import StartTimes
from tests.helpers.stacks import EXAMPLES, Stack


def test_pieces_are_in_the_order_of_their_begin_also_if_one_fails():
    times = StartTimes()

    async def failing():
        with times.of("inner"):
            pass
        raise ValueError("full")

    with pytest.raises(ValueError, match="full"):
        asyncio.run(times.during("outer", failing()))
    outer, inner = times.to_json()
    assert (outer["name"], inner["name"]) == ("outer", "inner")
    assert outer["begun"] <= inner["begun"] <= inner["ended"] <= outer["ended"]


@pytest.mark.packets
def test_every_part_that_starts_has_its_line(tmp_path):
    stack = Stack(tmp_path / "state", EXAMPLES / "ssm-demo" / "endpoint.yaml")
    try:
        done = stack.netful("up", "-d", "-t", stack.template.name, "--stack", "s", "--timings", check=0)
        lines = done.stderr.splitlines()
        (head,) = [number for number, line in enumerate(lines) if line.split() == ["begins", "takes", "ms"]]
        names = [line.rsplit(None, 2)[0] for line in lines[head + 1 :] if line.rsplit(None, 2)[-1].isdecimal()]
        assert names[:2] == ["daemon's process", "templates"]
        assert {"BackendsOnDemand", "Networks", "Functions", "ApiGateway"} <= {*names}
    finally:
        stack.netful("down", "--stack", "s")
