"""The one way to another cloud: all parts or none, one change after another."""

import asyncio

import pytest

from netful.model.cloud import Cloud
from netful.model.core import StackError
from netful.stack.running_cloud import Part, RunningCloud

FIRST = Cloud(region="first")


def to(region):
    return lambda cloud: Cloud(region=f"{cloud.region} {region}")


class Noting(Part):
    """Notes what it is asked for. It fails on the way to the regions in `fails`, waits on the way to those in `waits`."""

    def __init__(self, name, notes, fails=(), waits=()):
        self.name, self.notes = name, notes
        self.fails, self.waits = {*fails}, {*waits}
        self.waiting = asyncio.Event()

    async def start(self):
        self.notes.append(f"{self.name} starts")
        if "start" in self.fails:
            raise OSError(self.name)

    async def follow(self, _before, cloud):
        self.notes.append(f"{self.name} to {cloud.region}")
        if cloud.region in self.waits:
            self.waiting.set()
            await asyncio.Event().wait()
        if cloud.region in self.fails:
            raise OSError(self.name)

    async def close(self):
        self.notes.append(f"{self.name} ends")


class Keeping(Noting):
    """A part that keeps something until a change is over."""

    async def settle(self):
        self.notes.append(f"{self.name} settles")


async def started(*parts):
    running = RunningCloud(FIRST)
    async with running.starting() as start:
        for part in parts:
            await start(part)
    for part in parts:
        part.notes.clear()
    return running


def test_parts_follow_in_order_and_settle_when_all_have():
    async def scenario():
        notes = []
        running = await started(Keeping("a", notes), Noting("b", notes))
        cloud = await running.become(to("second"))
        assert running.cloud is cloud
        return notes, cloud.region

    assert asyncio.run(scenario()) == (["a to first second", "b to first second", "a settles"], "first second")


def test_a_part_that_fails_takes_the_change_back():
    """Also the parts that have not followed yet: what one before them has built again, they find again."""

    async def scenario():
        notes = []
        parts = Keeping("a", notes), Noting("b", notes, fails={"first second"}), Noting("c", notes)
        running = await started(*parts)
        with pytest.raises(OSError, match="b"):
            await running.become(to("second"))
        assert running.cloud is FIRST
        return notes, running.warnings

    notes, warnings = asyncio.run(scenario())
    assert notes == ["a to first second", "b to first second", "a to first", "b to first", "c to first", "a settles"]
    assert warnings == ()


def test_what_cannot_be_taken_back_is_a_warning():
    async def scenario():
        notes = []
        running = await started(Noting("a", notes, fails={"first", "first second"}), Noting("b", notes))
        with pytest.raises(OSError, match="a"):
            await running.become(to("second"))
        return notes, running.warnings

    notes, warnings = asyncio.run(scenario())
    assert notes == ["a to first second", "a to first", "b to first"]
    assert len(warnings) == 1


def test_a_step_that_raises_or_changes_nothing_reaches_no_part():
    async def scenario():
        notes = []
        running = await started(Noting("a", notes))
        with pytest.raises(ZeroDivisionError):
            await running.become(lambda _cloud: 1 / 0)
        assert await running.become(lambda cloud: cloud) is FIRST
        return notes

    assert asyncio.run(scenario()) == []


def test_changes_queue_and_each_begins_where_the_one_before_ended():
    async def scenario():
        running = await started(Noting("a", []), Noting("b", [], fails={"first 1 2"}))
        changes = [running.become(to(n)) for n in range(1, 5)]
        done = await asyncio.gather(*changes, return_exceptions=True)
        return [str(one) if isinstance(one, OSError) else one.region for one in done], running.cloud.region

    done, last = asyncio.run(scenario())
    assert done == ["first 1", "b", "first 1 3", "first 1 3 4"]
    assert last == "first 1 3 4"


def test_a_caller_that_is_cancelled_takes_the_change_back_to_its_end():
    async def scenario():
        notes = []
        part = Noting("a", notes, waits={"first second"})
        running = await started(part)
        change = asyncio.create_task(running.become(to("second")))
        await part.waiting.wait()
        next_change = asyncio.create_task(running.become(to("third")))
        change.cancel()
        with pytest.raises(asyncio.CancelledError):
            await change
        return notes, (await next_change).region

    notes, last = asyncio.run(scenario())
    assert notes == ["a to first second", "a to first", "a to first third"]
    assert last == "first third"


def test_the_end_cuts_a_change_off_and_refuses_others():
    async def scenario():
        notes = []
        parts = Noting("a", notes), Noting("b", notes, waits={"first second"})
        running = await started(*parts)
        change = asyncio.create_task(running.become(to("second")))
        await parts[1].waiting.wait()
        waiting = asyncio.create_task(running.become(to("third")))
        await running.close()
        done = await asyncio.gather(change, waiting, return_exceptions=True)
        return notes, [type(one) for one in done]

    notes, done = asyncio.run(scenario())
    assert notes == ["a to first second", "b to first second", "b ends", "a ends"]
    assert done == [asyncio.CancelledError, StackError]


def test_a_start_that_fails_leaves_what_has_begun_to_the_end():
    async def scenario():
        notes = []
        running = RunningCloud(FIRST)

        async def begin():
            async with running.starting() as start:
                for part in (Noting("a", notes), Noting("b", notes, fails={"start"}), Noting("c", notes)):
                    await start(part)

        with pytest.raises(OSError, match="b"):
            await begin()
        await running.close()
        return notes

    assert asyncio.run(scenario()) == ["a starts", "b starts", "b ends", "a ends"]
