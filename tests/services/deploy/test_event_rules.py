"""Rules and schedules of a template are in the services that list and change them, and are those that run."""

import asyncio
import json
import os
import signal

import pytest

from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from netful.services.backends.backend import Backends
from netful.services.backends.frames import Timetable
from netful.services.backends.state_folder import StateFolder
from netful.services.deploy.deployed import deployment_of
from netful.services.http.backend_requests import json_request, rest_request
from tests.helpers.processes import ENOUGH_SECONDS

pytestmark = pytest.mark.programs
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:q"
ECS = {
    "TaskCount": "2", "TaskDefinitionArn": "job",
    "NetworkConfiguration": {"AwsVpcConfiguration": {"Subnets": ["subnet-1"]}},
}  # fmt: skip


EMPTY = Cloud.of(region="eu-west-1", account_id="123456789012")


def cloud(expression="rate(5 minutes)", **more):
    rule = {"Name": "every", "ScheduleExpression": expression, "Description": "d",
            "Targets": [{"Id": "q", "Arn": QUEUE, "EcsParameters": ECS}]}  # fmt: skip
    schedule = {"Name": "one", "GroupName": "own", "ScheduleExpression": expression, "FlexibleTimeWindow": {"Mode": "OFF"},
                "StartDate": "2020-01-01T00:00:00Z", "Target": {"Arn": QUEUE, "RoleArn": "arn:aws:iam::123456789012:role/r"}}  # fmt: skip
    resources = (
        Resource("Rule", "AWS::Events::Rule", {**rule, **more}),
        Resource("Group", "AWS::Scheduler::ScheduleGroup", {"Name": "own"}),
        Resource("Schedule", "AWS::Scheduler::Schedule", {**schedule, **more}, depends_on=("Group",)),
    )
    return Cloud.of(region="eu-west-1", account_id="123456789012", resources={one.id: one for one in resources})


def run(folder, check, first, kept=None, warnings=0):
    """What back ends with a cloud answer in a check, and the timetables that they sent."""
    sent = []

    async def main():
        backends = Backends(first, folder, sent.append, kept)
        await backends.start()

        async def events(operation, **members):
            answer = await backends.call("events", json_request(f"AWSEvents.{operation}", members))
            return json.loads(answer.body or "{}")

        async def scheduler(method, path, **members):
            answer = await backends.call("scheduler", rest_request(method, path, json.dumps(members).encode()))
            return json.loads(answer.body)

        try:
            await check(backends, events, scheduler)
        finally:
            await backends.close()
        assert len(backends.warnings) == warnings

    asyncio.run(main())
    return [
        sorted((one.id, one.expression) for one in table.schedules) for table in sent if isinstance(table, Timetable)
    ]


def test_they_are_listed_and_follow_the_template(tmp_path):
    async def check(backends, events, scheduler):
        (rule,) = (await events("ListRules"))["Rules"]
        assert (rule["Name"], rule["ScheduleExpression"], rule["Description"]) == ("every", "rate(5 minutes)", "d")
        (target,) = (await events("ListTargetsByRule", Rule="every"))["Targets"]
        assert target["EcsParameters"]["TaskCount"] == 2
        assert target["EcsParameters"]["NetworkConfiguration"] == {"awsvpcConfiguration": {"Subnets": ["subnet-1"]}}
        one = await scheduler("GET", "/schedules/one?groupName=own")
        assert (one["ScheduleExpression"], one["StartDate"], one["State"]) == ("rate(5 minutes)", 1577836800, "ENABLED")
        await backends.follow(cloud(), cloud("rate(1 hour)"))
        assert (await events("DescribeRule", Name="every"))["ScheduleExpression"] == "rate(1 hour)"
        assert (await scheduler("GET", "/schedules/one?groupName=own"))["ScheduleExpression"] == "rate(1 hour)"
        await backends.follow(cloud("rate(1 hour)"), EMPTY)
        await backends.settle()
        assert (await events("ListRules"))["Rules"] == []
        assert (await scheduler("GET", "/schedules"))["Schedules"] == []
        assert [one["Name"] for one in (await scheduler("GET", "/schedule-groups"))["ScheduleGroups"]] == ["default"]

    tables = run(tmp_path, check, cloud())
    assert (tables[0], tables[-1]) == ([("every", "rate(5 minutes)"), ("one", "rate(5 minutes)")], [])


def test_an_archive_of_a_template_keeps_the_events_of_its_bus(tmp_path):
    def archived(days):
        bus = {"SourceArn": "arn:aws:events:eu-west-1:123456789012:event-bus/default", "RetentionDays": days}
        kept = {"ArchiveName": "kept", "EventPattern": {"source": ["shop"]}, **bus}
        return EMPTY.having(resources={"Archive": Resource("Archive", "AWS::Events::Archive", kept)})

    async def check(backends, events, _scheduler):
        entries = [{"Source": source, "DetailType": "t", "Detail": "{}"} for source in ("shop", "other")]
        await events("PutEvents", Entries=entries)
        assert (await events("DescribeArchive", ArchiveName="kept"))["EventCount"] == 1
        await backends.follow(archived("3"), archived("5"))
        found = await events("DescribeArchive", ArchiveName="kept")
        assert (found["RetentionDays"], found["EventCount"]) == (5, 1)
        await backends.follow(archived("5"), EMPTY)
        await backends.settle()
        assert (await events("ListArchives"))["Archives"] == []

    run(tmp_path, check, archived("3"))


def test_calls_change_them(tmp_path):
    async def check(_backends, events, scheduler):
        await events("DisableRule", Name="every")
        one = await scheduler("GET", "/schedules/one?groupName=own")
        kept = {name: one[name] for name in ("FlexibleTimeWindow", "GroupName", "Target")}
        await scheduler("PUT", "/schedules/one", ScheduleExpression="rate(2 days)", **kept)
        assert (await scheduler("GET", "/schedules/one?groupName=own"))["State"] == "ENABLED"

    assert run(tmp_path, check, cloud())[-1] == [("one", "rate(2 days)")]


def test_a_schedule_of_a_group_that_does_not_exist_is_refused(tmp_path):
    async def check(_backends, _events, scheduler):
        asked = {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": QUEUE}}
        assert "none" in (await scheduler("POST", "/schedules/two", GroupName="none", **asked))["message"].lower()

    run(tmp_path, check, cloud())


def test_what_the_template_disables_does_not_run(tmp_path):
    async def check(_backends, events, _scheduler):
        assert (await events("DescribeRule", Name="every"))["State"] == "DISABLED"

    assert run(tmp_path, check, cloud(State="DISABLED")) == [[]]


def test_schedules_of_one_name_in_two_groups_are_two(tmp_path):
    def groups(**expressions):
        own = {"Name": "one", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": QUEUE, "RoleArn": "r"}}
        resources = {name: Resource(name, "AWS::Scheduler::ScheduleGroup", {"Name": name}) for name in ("a", "b")}
        for name, expression in expressions.items():
            given = {**own, "GroupName": name, "ScheduleExpression": expression}
            resources[f"In{name}"] = Resource(f"In{name}", "AWS::Scheduler::Schedule", given, depends_on=("a", "b"))
        return EMPTY.having(resources=resources)

    async def check(backends, _events, scheduler):
        await backends.follow(groups(a="rate(1 day)", b="rate(1 day)"), groups(a="rate(2 days)", b="rate(1 day)"))
        found = [(await scheduler("GET", f"/schedules/one?groupName={name}"))["ScheduleExpression"] for name in "ab"]
        assert found == ["rate(2 days)", "rate(1 day)"]
        await backends.follow(groups(a="rate(2 days)", b="rate(1 day)"), groups(b="rate(1 day)"))
        await backends.settle()
        assert [one["GroupName"] for one in (await scheduler("GET", "/schedules"))["Schedules"]] == ["b"]

    run(tmp_path, check, groups(a="rate(1 day)", b="rate(1 day)"))


def test_a_state_folder_without_rules_of_schedules_gets_them(tmp_path):
    state = StateFolder(tmp_path / "state")
    state.take()
    state.keep(deployment_of(cloud(), ()))
    state.close()
    (tmp_path / "state" / "format").write_text("netful state folder 1\n")

    async def check(_backends, events, _scheduler):
        assert [one["Name"] for one in (await events("ListRules"))["Rules"]] == ["every"]

    assert ("every", "rate(5 minutes)") in run(tmp_path, check, cloud(), state)[-1]


def test_schedules_of_calls_end_with_the_back_ends_that_have_them(tmp_path, monkeypatch):
    monkeypatch.setattr("netful.services.backends.backend.SOON_SECONDS", 0)

    async def check(backends, events, _scheduler):
        await events("PutRule", Name="called", ScheduleExpression="rate(1 day)")
        os.kill(backends.pid, signal.SIGKILL)
        async with asyncio.timeout(ENOUGH_SECONDS):
            while not backends.warnings:  # noqa: ASYNC110  # they tell of it when they are up again
                await asyncio.sleep(0.02)
        backends.warnings = ()

    assert run(tmp_path, check, EMPTY) == [[("called", "rate(1 day)")], []]


def test_what_has_no_known_time_is_left_out_with_a_warning(tmp_path):
    async def check(_backends, events, scheduler):
        assert (await events("ListRules"))["Rules"] == []
        assert (await scheduler("GET", "/schedules"))["Schedules"] == []

    run(tmp_path, check, cloud(Unknown("not known")), warnings=2)
