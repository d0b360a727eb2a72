"""Tasks that schedules run: a target of EventBridge with `EcsParameters` is a call of RunTask.

A task that has ended keeps its interface until it is stopped; the next one of the same rule stops those before it.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from netful.account.ecs.spelling import described
from netful.account.wire.errors import ApiError
from netful.hosts.tasks.state import Status
from netful.model.json_texts import json_object

log = logging.getLogger(__name__)

_PLACES = ("AwsVpcConfiguration", "AwsvpcConfiguration", "awsvpcConfiguration")
"""The spellings of CloudFormation for rules and for schedules, and that of both services' APIs."""

Operations = Mapping[str, Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]]


async def run_task(operations: Operations, target: Mapping[str, Any], rule: str, text: str) -> None:
    """Run the tasks of a target; `text` is its event, which has overrides where the target has an input of its own."""
    given = target["EcsParameters"]
    cluster, started_by = str(target["Arn"]), f"events-rule/{rule}"[:36]
    network = given.get("NetworkConfiguration") or {}
    place = next((network[name] for name in _PLACES if name in network), None)
    asked = {
        "cluster": cluster,
        "taskDefinition": given.get("TaskDefinitionArn"),
        "count": int(given.get("TaskCount") or 1),
        "startedBy": started_by,
        **({"launchType": given["LaunchType"]} if "LaunchType" in given else {}),
        **({"networkConfiguration": {"awsvpcConfiguration": described(place)}} if place else {}),
        **_overrides(text),
    }
    try:
        await _stop_ended(operations, cluster, started_by)
        await operations["RunTask"](asked)
    except ApiError as refusal:
        log.warning("`%s` runs no task: %s", rule, refusal)


def _overrides(text: str) -> dict[str, Any]:
    given = json_object(text).get("containerOverrides")
    return {"overrides": {"containerOverrides": given}} if given else {}


async def _stop_ended(operations: Operations, cluster: str, started_by: str) -> None:
    listed = await operations["ListTasks"](
        {"cluster": cluster, "startedBy": started_by, "desiredStatus": Status.STOPPED}
    )
    tasks = (await operations["DescribeTasks"]({"cluster": cluster, "tasks": listed["taskArns"]}))["tasks"]
    for task in tasks:
        if task["lastStatus"] == Status.STOPPED:
            await operations["StopTask"]({"cluster": cluster, "task": task["taskArn"]})
