"""Schedules of a template, as time goes."""

import asyncio
import json
from dataclasses import replace

import pytest

from netful.functions.events.schedules import Schedule, Schedules, schedules_of
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from tests.helpers.passing_clock import Clock

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:fn"


async def delete(_arn):
    """No schedule is deleted."""


def sent(seconds, *resources, admits=lambda *_: True):
    """What is sent within so many seconds."""
    got = []

    async def main():
        clock = Clock(seconds)
        schedules = Schedules(
            lambda *all_of_it: got.append(all_of_it), lambda *task: got.append(task), admits, delete, clock
        )
        await schedules.follow(Cloud.of(resources={one.id: one for one in resources}))
        await asyncio.wait_for(clock.over.wait(), 5)
        await schedules.close()

    asyncio.run(main())
    return got


def rule(expression="rate(1 minute)", targets=({"Arn": FUNCTION, "Id": "1"},), **more):
    return Resource("R", "AWS::Events::Rule", {"ScheduleExpression": expression, "Targets": [*targets], **more})


def test_a_rate_sends_an_event_each_period():
    events = [json.loads(text) for target, text, _ in sent(150, rule()) if target == FUNCTION]
    assert [event["time"] for event in events] == ["1970-01-01T00:01:00Z", "1970-01-01T00:02:00Z"]
    told = {name: events[0][name] for name in ("version", "detail-type", "source", "account", "region", "resources", "detail")}  # fmt: skip
    assert told == {
        "version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "account": "123456789012",
        "region": "us-east-1", "resources": ["arn:aws:events:us-east-1:123456789012:rule/R"], "detail": {},
    }  # fmt: skip


def test_a_target_has_an_input_and_a_group_of_its_own():
    targets = ({"Arn": FUNCTION, "Input": '{"own": 1}'}, {"Arn": "arn:q", "InputPath": "$.source", "SqsParameters": {"MessageGroupId": "g"}})  # fmt: skip
    assert sent(70, rule(targets=targets)) == [(FUNCTION, '{"own": 1}', ""), ("arn:q", '"aws.events"', "g")]


def test_schedules_of_the_back_ends_run_in_place_of_those_of_the_template():
    got = []

    async def main():
        clock = Clock(150)
        schedules = Schedules(lambda target, *_: got.append(target), lambda *_: None, lambda *_: True, delete, clock)
        called = Schedule("c", "aws.scheduler", "arn:aws:scheduler:us-east-1:1:schedule/default/c", "rate(1 minute)", "UTC", '[{"Arn": "arn:called"}]')  # fmt: skip
        await schedules.follow(Cloud.of(resources={"R": rule()}))
        await schedules.take([called])
        await schedules.follow(Cloud.of(resources={"R": rule()}))
        await asyncio.wait_for(clock.over.wait(), 5)
        await schedules.take([])
        await schedules.close()

    asyncio.run(main())
    assert got == ["arn:called"] * 2


@pytest.mark.parametrize(
    ("expression", "more", "deleted"),
    [
        ("at(1970-01-01T00:01:00)", {"ActionAfterCompletion": "DELETE"}, True),
        ("rate(1 minute)", {"ActionAfterCompletion": "DELETE", "EndDate": "1970-01-01T00:01:30Z"}, True),
        ("rate(1 minute)", {"ActionAfterCompletion": "DELETE"}, False),
        ("at(1970-01-01T00:01:00)", {}, False),
    ],
)
def test_a_schedule_is_deleted_after_its_last_time(expression, more, deleted):
    target = {"Arn": FUNCTION, "Input": "{}"}
    one = Resource(
        "S", "AWS::Scheduler::Schedule", {"Name": "s", "ScheduleExpression": expression, "Target": target, **more}
    )
    got = []

    async def delete(arn):
        got.append(arn)

    async def main():
        schedules = Schedules(lambda *_: got.append("sent"), lambda *_: None, lambda *_: True, delete, Clock(100))
        await schedules.follow(Cloud.of(resources={"S": one}))
        for _ in range(10):
            await asyncio.sleep(0)
        await schedules.close()

    asyncio.run(main())
    assert got == ["sent", *(["arn:aws:scheduler:us-east-1:123456789012:schedule/default/s"] if deleted else [])]


class Waiting(Clock):
    """A clock that goes on when it is told to; it counts what waits."""

    def __init__(self):
        super().__init__(0)
        self.waits, self.on = 0, asyncio.Event()

    async def sleep(self, _seconds):
        self.waits += 1
        await self.on.wait()
        self.on.clear()


def test_a_rate_goes_on_where_the_back_ends_take_it_over_with_other_targets():
    got = asyncio.Queue()

    async def main():
        clock, cloud = Waiting(), Cloud.of(resources={"R": rule()})
        schedules = Schedules(
            lambda target, *_: got.put_nowait(target), lambda *_: None, lambda *_: True, delete, clock
        )
        (written,) = schedules_of(cloud)
        await schedules.follow(cloud)
        await asyncio.sleep(0)
        await schedules.take([written])
        await schedules.take([replace(written, targets='[{"Id": "1", "Arn": "arn:other"}]')])
        await asyncio.sleep(0)
        waits = clock.waits
        clock.on.set()
        target = await asyncio.wait_for(got.get(), 5)
        await schedules.close()
        return waits, target

    assert asyncio.run(main()) == (1, "arn:other")


def test_a_disabled_schedule_and_one_that_cannot_be_read_send_nothing(caplog):
    never = Resource("N", "AWS::Events::Rule", {"ScheduleExpression": "rate(9 days)"})
    assert sent(1000, rule(State="DISABLED"), never) == []
    assert caplog.messages == []
    assert sent(1000, rule("cron(0/0 * * * ? *)"), never) == []
    assert [message.partition(":")[0] for message in caplog.messages] == ["`R` ignored"]


def test_a_target_without_a_known_arn_does_not_end_a_schedule():
    targets = ({"Arn": Unknown("an import")}, {"Arn": FUNCTION, "Input": "x"})
    assert sent(150, rule(targets=targets)) == [(FUNCTION, "x", "")] * 2


def test_targets_that_are_not_known_are_none():
    one = Resource(
        "R", "AWS::Events::Rule", {"ScheduleExpression": "rate(1 minute)", "Targets": Unknown("a condition")}
    )
    assert sent(70, one) == []


def test_a_schedule_of_the_scheduler_in_its_time_zone():
    written = {"ScheduleExpression": "cron(0 9 * * ? *)", "ScheduleExpressionTimezone": "Asia/Tokyo", "Target": {"Arn": FUNCTION}}  # fmt: skip
    ((target, text, _),) = sent(90_000, Resource("S", "AWS::Scheduler::Schedule", written))
    event = json.loads(text)
    assert (target, event["source"], event["time"]) == (FUNCTION, "aws.scheduler", "1970-01-02T00:00:00Z")
    assert event["resources"] == ["arn:aws:scheduler:us-east-1:123456789012:schedule/default/S"]


def test_the_input_of_a_schedule_of_the_scheduler_has_its_own_values():
    names = ("schedule-arn", "scheduled-time", "execution-id", "attempt-number", "other")
    given = {"Arn": FUNCTION, "Input": json.dumps({name: f"<aws.scheduler.{name}>" for name in names})}
    ((_, text, _),) = sent(
        90, Resource("S", "AWS::Scheduler::Schedule", {"ScheduleExpression": "rate(1 minute)", "Target": given})
    )
    event = json.loads(text)
    assert len(event.pop("execution-id")) == 36
    assert event == {
        "schedule-arn": "arn:aws:scheduler:us-east-1:123456789012:schedule/default/S",
        "scheduled-time": "1970-01-01T00:01:00Z", "attempt-number": "1", "other": "<aws.scheduler.other>",
    }  # fmt: skip


def test_a_target_with_ecs_parameters_is_a_task():
    target = {"Arn": "arn:aws:ecs:us-east-1:123456789012:cluster/c", "Id": "1", "EcsParameters": {"TaskCount": 2}}
    ((given, rule_id, text),) = sent(90, rule(targets=({**target, "Input": '{"containerOverrides": []}'},)))
    assert (given["EcsParameters"], rule_id, text) == ({"TaskCount": 2}, "R", '{"containerOverrides": []}')


def test_a_target_that_admits_no_events_gets_none():
    targets = ({"Arn": FUNCTION}, {"Arn": "arn:q"})
    got = sent(70, rule(targets=targets), admits=lambda schedule, target: (schedule[-7:], target["Arn"]) != (":rule/R", FUNCTION))  # fmt: skip
    assert [target for target, *_ in got] == ["arn:q"]


@pytest.mark.parametrize(
    ("dates", "minutes"),
    [
        ({}, [1, 2, 3, 4]),
        ({"StartDate": "1970-01-01T00:02:00Z"}, [3, 4]),
        ({"EndDate": "1970-01-01T00:02:30.000Z"}, [1, 2]),
        ({"StartDate": "2099-01-01T00:00:00Z"}, []),
    ],
)
def test_a_schedule_is_due_between_its_dates(dates, minutes):
    written = {"ScheduleExpression": "rate(1 minute)", "Target": {"Arn": FUNCTION}, **dates}
    never = Resource("N", "AWS::Events::Rule", {"ScheduleExpression": "rate(9 days)"})
    got = sent(260, Resource("S", "AWS::Scheduler::Schedule", written), never)
    assert [json.loads(text)["time"] for _, text, _ in got] == [f"1970-01-01T00:0{one}:00Z" for one in minutes]
