"""Tasks of schedules are calls of RunTask, and stop those of before that have ended."""

import asyncio

import pytest

from netful.account.wire.errors import ApiError
from netful.stack.tasks import scheduled

CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/shop"
NETWORK = {"AwsVpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "ENABLED"}}
TARGET = {
    "Arn": CLUSTER, "Id": "1",
    "EcsParameters": {"TaskDefinitionArn": "job", "TaskCount": 2, "LaunchType": "FARGATE", "NetworkConfiguration": NETWORK},
}  # fmt: skip


class Ecs:
    """The operations of ECS, with some tasks; calls that change something are kept."""

    def __init__(self, *tasks, refuses=False):
        self.tasks = [
            {"taskArn": f"t{n}", "startedBy": by, "lastStatus": status} for n, (by, status) in enumerate(tasks)
        ]
        self.calls = []
        self.refuses = refuses
        self.operations = {name: self._call(name) for name in ("ListTasks", "DescribeTasks", "StopTask", "RunTask")}

    def _call(self, name):
        async def call(asked):
            if name == "ListTasks":
                wanted = {"startedBy": asked["startedBy"], "lastStatus": asked["desiredStatus"]}
                return {"taskArns": [one["taskArn"] for one in self.tasks if wanted.items() <= one.items()]}
            if name == "DescribeTasks":
                return {"tasks": [one for one in self.tasks if one["taskArn"] in asked["tasks"]]}
            if self.refuses:
                raise ApiError("ClusterNotFoundException", "Cluster not found.")
            self.calls.append((name, asked))
            return {}

        return call


def run(ecs, text="{}"):
    asyncio.run(scheduled.run_task(ecs.operations, TARGET, "Nightly", text))
    return ecs.calls


@pytest.mark.parametrize(
    ("text", "overrides"),
    [
        ('{"detail-type": "Scheduled Event"}', {}),
        ("no JSON", {}),
        (
            '{"containerOverrides": [{"name": "job", "command": ["a"]}]}',
            {"overrides": {"containerOverrides": [{"name": "job", "command": ["a"]}]}},
        ),
    ],
)
def test_a_schedule_runs_its_task(text, overrides):
    assert run(Ecs(), text) == [
        ("RunTask", {
            "cluster": CLUSTER, "taskDefinition": "job", "count": 2, "startedBy": "events-rule/Nightly", "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "ENABLED"}}, **overrides,
        }),
    ]  # fmt: skip


def test_ended_tasks_of_the_same_rule_are_stopped_first():
    own, other = "events-rule/Nightly", "events-rule/Other"
    calls = run(Ecs((own, "STOPPED"), (own, "RUNNING"), (other, "STOPPED")))
    assert [(name, asked.get("task")) for name, asked in calls] == [("StopTask", "t0"), ("RunTask", None)]


def test_a_task_that_is_refused_is_logged(caplog):
    assert run(Ecs(refuses=True)) == []
    assert "Nightly" in caplog.text
