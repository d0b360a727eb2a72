"""Schedules: EventBridge rules with a `ScheduleExpression`, and those of EventBridge Scheduler.

The back ends have all of them, those of the template and those of calls, and say which are enabled. Until the back ends
run, no call has changed any, and they are those of the template.

Their events are delivered as all others: to a function as an asynchronous invocation. A target with `EcsParameters` is a task. A rate counts from the moment
at which the stack has it; other targets do not change that. An invalid expression is logged once.
"""

import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from netful.engine.events.event_inputs import of_scheduler, text_for
from netful.engine.events.schedules import Next, ScheduleError, schedule, seconds_of, within
from netful.engine.events.senders import RULE, SCHEDULE, rule_arn
from netful.functions.events.event_queue import Clock
from netful.functions.events.kept_tasks import KeptTasks, Run
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, known_parts, mappings

log = logging.getLogger(__name__)

_SCHEDULER = "aws.scheduler"  # source of its events

Send = Callable[[str, str, str], None]
"""Sends a text to the target with an ARN; for a queue with groups, also the group, and for a stream the partition key."""

RunTask = Callable[[Mapping[str, Any], str, str], None]
"""Runs the ECS task of a target for a schedule, with the text of its event."""


Delete = Callable[[str], Awaitable[None]]
"""Deletes the schedule with an ARN."""

Admits = Callable[[str, Mapping[str, Any]], bool]
"""Returns whether a target admits the events of the schedule with an ARN."""


class Schedule(Frozen):
    """A schedule: its times, events and targets. Targets are JSON, so that two schedules can be compared.

    One of EventBridge Scheduler may be due only between `start` and `end`. `deleted_after`: it is deleted when it has been
    due for the last time.
    """

    id: str
    source: str
    arn: str
    expression: str
    zone: str
    targets: str
    start: float | None = None
    end: float | None = None
    deleted_after: bool = False


def schedules_of(cloud: Cloud) -> Iterator[Schedule]:
    """Yield the enabled schedules whose expression and targets are known."""
    for resource in cloud.template.resources.values():
        written = resource.properties
        expression = written.get("ScheduleExpression")
        if resource.type in {RULE, SCHEDULE} and isinstance(expression, str) and written.get("State") != "DISABLED":
            targets = written.get("Targets") if resource.type == RULE else [written.get("Target")]
            known = [known_parts(one) for one in mappings(targets) if isinstance(one.get("Arn"), str)]
            zone = written.get("ScheduleExpressionTimezone")
            yield Schedule(
                str(written.get("Name") or resource.id), "aws.events" if resource.type == RULE else _SCHEDULER, _arn(cloud, resource),
                expression, zone if isinstance(zone, str) else "UTC", json.dumps(known),
                seconds_of(written.get("StartDate")), seconds_of(written.get("EndDate")),
                written.get("ActionAfterCompletion") == "DELETE",
            )  # fmt: skip


class Schedules(KeptTasks[Schedule]):
    """Follows the schedules of a cloud, until `close`."""

    def __init__(
        self, send: Send, run_task: RunTask, admits: Admits, delete: Delete, clock: Clock | None = None
    ) -> None:
        super().__init__(clock)
        self._delete = delete
        self._send = send
        self._admits = admits
        self._run_task = run_task
        self._written: tuple[Schedule, ...] = ()
        self._kept: tuple[Schedule, ...] | None = None
        self._targets: dict[str, str] = {}

    def _wanted(self, cloud: Cloud) -> Iterable[Schedule]:
        self._written = (*schedules_of(cloud),)
        return self._times()

    async def take(self, kept: Iterable[Schedule]) -> None:
        """Follow the schedules that the back ends have, in place of those before and of the template."""
        self._kept = (*kept,)
        await self._follow({*self._times()})

    def _times(self) -> list[Schedule]:
        """Return the schedules without their targets, which each has when it is due."""
        every = self._written if self._kept is None else self._kept
        self._targets = {one.arn: one.targets for one in every}
        return [replace(one, targets="") for one in every]

    def _start(self, key: Schedule) -> Run | None:
        try:
            due = within(schedule(key.expression, _zone(key.zone)), key.start, key.end)
        except ScheduleError as problem:
            log.warning("`%s` ignored: invalid schedule expression: %s", key.id, problem)
            return None
        return partial(self._run, key, due)

    async def _run(self, one: Schedule, due: Next) -> None:
        was_due = False

        async def act(moment: datetime) -> None:
            nonlocal was_due
            was_due = True
            await self._deliver(one, moment)

        await self._at_times(due, act)
        if was_due and one.deleted_after:
            await self._delete(one.arn)

    async def _deliver(self, one: Schedule, moment: datetime) -> None:
        event = _event(one, moment)
        of_rule = (one.arn, str(event["time"]))
        for target in json.loads(self._targets.get(one.arn, "[]")):
            text = text_for(target, event, *of_rule)
            if one.source == _SCHEDULER:
                text = of_scheduler(text, *of_rule, str(event["id"]))
            if "EcsParameters" in target:
                self._run_task(target, one.id, text)
                continue
            if not self._admits(one.arn, target):
                log.warning(
                    "`%s` is not sent to `%s`: neither a permission nor its role allows it", one.id, target["Arn"]
                )
                continue
            group = (target.get("SqsParameters") or {}).get("MessageGroupId", "")
            group = group or (target.get("KinesisParameters") or {}).get("PartitionKey", "")
            self._send(target["Arn"], text, group)


def _event(one: Schedule, moment: datetime) -> dict[str, Any]:
    _, _, _, region, account, _ = one.arn.split(":", 5)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": one.source,
        "account": account,
        "time": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "region": region,
        "resources": [one.arn],
        "detail": {} if one.source == "aws.events" else "{}",
    }


def _arn(cloud: Cloud, resource: Resource) -> str:
    written = resource.properties.get("Name")
    name = written if isinstance(written, str) else resource.id
    if resource.type == RULE:
        return rule_arn(cloud, resource)
    return cloud.arn("scheduler", f"schedule/{resource.properties.get('GroupName', 'default')}/{name}", resource.id)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ScheduleError(name) from error
