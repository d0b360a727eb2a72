"""Secrets rotate at the times of their schedules."""

import asyncio
from datetime import UTC, datetime

import pytest

from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.stack.parts.rotation_times import TimedRotations, rotation_times
from tests.helpers.passing_clock import Clock

DAY = 86_400


def rotated(days, *resources):
    """The days on which secrets rotate within so many days."""
    got = []

    async def main():
        clock = Clock(days * DAY)

        async def rotate(secret):
            got.append((secret, f"{datetime.fromtimestamp(clock.time, UTC):%m-%d %H:%M}"))

        times = TimedRotations(rotate, clock)
        await times.follow(Cloud.of(resources={one.id: one for one in resources}))
        await asyncio.wait_for(clock.over.wait(), 5)
        await times.close()

    asyncio.run(main())
    return got


def scheduled(**rules):
    return Resource("S", "AWS::SecretsManager::RotationSchedule", {"SecretId": "orders", "RotationRules": rules})


@pytest.mark.parametrize(
    ("rules", "times"),
    [
        ({"AutomaticallyAfterDays": 30}, ["01-31 00:00", "03-02 00:00"]),
        ({"AutomaticallyAfterDays": "40"}, ["02-10 00:00"]),
        ({"ScheduleExpression": "rate(1000 hours)", "Duration": "3h"}, ["02-11 16:00"]),
        ({"ScheduleExpression": "cron(0 16 1 * ? *)"}, ["01-01 16:00", "02-01 16:00", "03-01 16:00"]),
    ],
)
def test_a_secret_rotates_at_the_times_of_its_rules(rules, times):
    assert rotated(62, scheduled(**rules)) == [("orders", time) for time in times]


def test_a_secret_that_rds_makes_rotates_each_week():
    database = Resource("Db", "AWS::RDS::DBInstance", {"ManageMasterUserPassword": True, "MasterUsername": "app"})
    (own,) = rotation_times(Cloud.of(resources={"Db": database}))
    assert own.secret.startswith("rds!db-")
    assert rotated(15, database) == [(own.secret, "01-08 00:00"), (own.secret, "01-15 00:00")]


def test_a_schedule_without_times_rotates_nothing(caplog):
    assert [*rotation_times(Cloud.of(resources={"S": scheduled(Duration="3h")}))] == []
    other = Resource(
        "T",
        "AWS::SecretsManager::RotationSchedule",
        {"SecretId": "late", "RotationRules": {"ScheduleExpression": "rate(9 days)"}},
    )
    assert rotated(5, scheduled(ScheduleExpression="every day"), other) == []
    assert [message.partition(":")[0] for message in caplog.messages] == ["`S` rotates at no time"]
