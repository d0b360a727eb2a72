"""Schedules of EventBridge and of EventBridge Scheduler. moto keeps their records; the daemon runs them."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from netful.engine.events.schedules import ScheduleError, schedule
from netful.services.backends.frames import CalledSchedule, Timetable
from netful.services.moto.replacements import replacing


class Timetables:
    """Reader of the schedules in moto."""

    def __init__(self) -> None:
        self._last: list[_Found] = []

    def changed(self) -> list[Timetable]:
        """Return all enabled schedules if schedules have changed since the last time."""
        found = [*_of_rules(), *_of_scheduler()]
        if found == self._last:
            return []
        self._last = found
        return [Timetable([one for one, state in found if state != _DISABLED])]


_Found = tuple[CalledSchedule, str]
"""A schedule and its state."""
_DISABLED = "DISABLED"


def _backends(service: str) -> Iterator[Any]:
    module: Any = sys.modules.get(f"moto.{service}.models")
    of_accounts: Mapping[str, Mapping[str, Any]] = getattr(module, f"{service}_backends", {})
    for regions in of_accounts.values():
        yield from regions.values()


def _of_rules() -> Iterator[_Found]:
    for backend in _backends("events"):
        for rule in (rule for bus in backend.event_buses.values() for rule in bus.rules.values()):
            if rule.scheduled_expression:
                targets = json.dumps(rule.targets)
                one = CalledSchedule(rule.name, "aws.events", rule.arn, rule.scheduled_expression, "UTC", targets)
                yield one, rule.state


def _of_scheduler() -> Iterator[_Found]:
    for backend in _backends("scheduler"):
        for one in (one for group in backend.schedule_groups.values() for one in group.schedules.values()):
            zone, targets = one.schedule_expression_timezone, json.dumps([one.target])
            start, end = (None if date is None else float(date) for date in (one.start_date, one.end_date))
            is_deleted = one.action_after_completion == "DELETE"
            found = CalledSchedule(
                one.name, "aws.scheduler", one.arn, one.schedule_expression, zone, targets, start, end, is_deleted
            )
            yield found, one.state


_OF_RULES = re.compile(r"rate\((1 (minute|hour|day)|(?!1 )\d+ (minutes|hours|days))\)|cron\(.+\)")
"""Form of the expressions of rules: one minute, but five minutes, and no single time."""


def refuse_rules(responses: Any) -> None:
    """Have PutRule refuse expressions that would never be due; moto takes any."""
    from moto.events.exceptions import ValidationException  # noqa: PLC0415

    @replacing(responses.EventsHandler)
    def put_rule(put: Any, answer: Any) -> Any:
        expression = answer._get_param("ScheduleExpression")  # noqa: SLF001  # moto's own way
        if expression and not (_OF_RULES.fullmatch(expression) and _is_schedule(expression)):
            raise ValidationException("Parameter ScheduleExpression is not valid.")
        return put(answer)


def refuse_schedules(responses: Any) -> None:
    """Have CreateSchedule and UpdateSchedule refuse expressions that would never be due, unknown time zones and unknown groups.

    UpdateSchedule enables a schedule unless the call says otherwise.
    """
    from moto.scheduler.exceptions import ScheduleExists, ValidationException  # noqa: PLC0415

    ScheduleExists.code = 409
    backend = responses.EventBridgeSchedulerBackend
    update = backend.update_schedule
    backend.update_schedule = lambda self, *, state, **given: update(self, state=state or "ENABLED", **given)

    def checking(write: Callable[[Any], str]) -> Callable[[Any], str]:
        def checked(answer: Any) -> str:
            expression = str(answer._get_param("ScheduleExpression"))  # noqa: SLF001  # moto's own way
            if not _is_schedule(expression):
                raise ValidationException(f"Invalid Schedule Expression {expression}.")
            zone = answer._get_param("ScheduleExpressionTimezone") or "UTC"  # noqa: SLF001
            if not _is_zone(zone):
                raise ValidationException(f"Invalid Schedule Expression Timezone {zone}.")
            answer.scheduler_backend.get_schedule_group(answer._get_param("GroupName"))  # noqa: SLF001  # it raises
            return write(answer)

        return checked

    handler = responses.EventBridgeSchedulerResponse
    handler.create_schedule, handler.update_schedule = map(checking, (handler.create_schedule, handler.update_schedule))


def _is_schedule(expression: str) -> bool:
    try:
        schedule(expression)
    except ScheduleError:
        return False
    return True


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
