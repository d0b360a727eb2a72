"""Schedules that calls have made, of EventBridge and of EventBridge Scheduler. moto keeps their records; the daemon runs them."""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from netful.services.backends.frames import CalledSchedule, Timetable


class Timetables:
    """Reader of the schedules in moto."""

    def __init__(self) -> None:
        self._last: list[CalledSchedule] = []

    def changed(self) -> list[Timetable]:
        """Return all enabled schedules if they have changed since the last time."""
        found = [*_of_rules(), *_of_scheduler()]
        if found == self._last:
            return []
        self._last = found
        return [Timetable(found)]


def _backends(service: str) -> Iterator[Any]:
    module: Any = sys.modules.get(f"moto.{service}.models")
    of_accounts: Mapping[str, Mapping[str, Any]] = getattr(module, f"{service}_backends", {})
    for regions in of_accounts.values():
        yield from regions.values()


def _of_rules() -> Iterator[CalledSchedule]:
    for backend in _backends("events"):
        for rule in (rule for bus in backend.event_buses.values() for rule in bus.rules.values()):
            if rule.scheduled_expression and rule.state != "DISABLED":
                targets = json.dumps(rule.targets)
                yield CalledSchedule(rule.name, "aws.events", rule.arn, rule.scheduled_expression, "UTC", targets)


def _of_scheduler() -> Iterator[CalledSchedule]:
    for backend in _backends("scheduler"):
        for one in (one for group in backend.schedule_groups.values() for one in group.schedules.values()):
            if one.state != "DISABLED":
                zone, targets = one.schedule_expression_timezone, json.dumps([one.target])
                yield CalledSchedule(one.name, "aws.scheduler", one.arn, one.schedule_expression, zone, targets)
