"""Schedules of templates and calls: EventBridge rules with a `ScheduleExpression`, and those of EventBridge Scheduler.

Their events are delivered as all others: to a function as an asynchronous invocation. A target with `EcsParameters` is a task. A rule's rate counts from the moment
at which the stack has it. An invalid expression is logged once.
"""

import json
import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from netful.engine.events.event_inputs import text_for
from netful.engine.events.schedules import ScheduleError, schedule
from netful.functions.events.event_queue import Clock
from netful.functions.events.kept_tasks import KeptTasks, Run
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, known_parts

log = logging.getLogger(__name__)

_RULE, _SCHEDULE = "AWS::Events::Rule", "AWS::Scheduler::Schedule"

Send = Callable[[str, str, str], None]
"""Sends a text to the target with an ARN; for a queue with groups, also the group."""

RunTask = Callable[[Mapping[str, Any], str, str], None]
"""Runs the ECS task of a target for a schedule, with the text of its event."""


class Schedule(Frozen):
    """A schedule: its times, events and targets. Targets are kept as JSON, so that two schedules can be compared."""

    id: str
    source: str
    arn: str
    expression: str
    zone: str
    targets: str


def schedules_of(cloud: Cloud) -> Iterator[Schedule]:
    """Yield the enabled schedules whose expression and targets are known."""
    for resource in cloud.template.resources.values():
        written = resource.properties
        expression = written.get("ScheduleExpression")
        if resource.type in {_RULE, _SCHEDULE} and isinstance(expression, str) and written.get("State") != "DISABLED":
            targets = written.get("Targets") if resource.type == _RULE else [written.get("Target")]
            known = [
                known_parts(one)
                for one in targets or ()
                if isinstance(one, Mapping) and isinstance(one.get("Arn"), str)
            ]
            zone = written.get("ScheduleExpressionTimezone")
            yield Schedule(
                resource.id, "aws.events" if resource.type == _RULE else "aws.scheduler", _arn(cloud, resource),
                expression, zone if isinstance(zone, str) else "UTC", json.dumps(known),
            )  # fmt: skip


class Schedules(KeptTasks[Schedule]):
    """Follows the schedules of a cloud, until `close`."""

    def __init__(self, send: Send, run_task: RunTask, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self._send = send
        self._run_task = run_task
        self._written: tuple[Schedule, ...] = ()
        self._called: tuple[Schedule, ...] = ()

    def _wanted(self, cloud: Cloud) -> Iterable[Schedule]:
        self._written = (*schedules_of(cloud),)
        return (*self._written, *self._called)

    async def take(self, called: Iterable[Schedule]) -> None:
        """Follow the schedules that calls have made, in place of those before."""
        self._called = (*called,)
        await self._follow({*self._written, *self._called})

    def _start(self, key: Schedule) -> Run | None:
        try:
            due = schedule(key.expression, _zone(key.zone))
        except ScheduleError as problem:
            log.warning("`%s` ignored: invalid schedule expression: %s", key.id, problem)
            return None
        return partial(self._at_times, due, partial(self._deliver, key))

    async def _deliver(self, one: Schedule, moment: datetime) -> None:
        event = _event(one, moment)
        for target in json.loads(one.targets):
            if "EcsParameters" in target:
                self._run_task(target, one.id, text_for(target, event))
                continue
            group = (target.get("SqsParameters") or {}).get("MessageGroupId", "")
            self._send(target["Arn"], text_for(target, event), group)


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
    place = f"{cloud.region_of(resource.id)}:{cloud.account_id}"
    if resource.type == _RULE:
        return f"arn:aws:events:{place}:rule/{name}"
    return f"arn:aws:scheduler:{place}:schedule/{resource.properties.get('GroupName', 'default')}/{name}"


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ScheduleError(name) from error
