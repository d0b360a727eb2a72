"""Rotations of secrets by time: `RotationRules` of a rotation schedule, and the seven days of the secrets that RDS makes.

| of `RotationRules` | times |
|---|---|
| `ScheduleExpression` | those of the expression, `rate(…)` or `cron(…)`, in UTC |
| `AutomaticallyAfterDays` | each time that number of days has passed |
| neither | none |

A rate counts from the moment at which the stack has the schedule. `Duration`, the window in which AWS may rotate, begins at these times:
a secret rotates at its beginning.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial

from netful.engine.events.schedules import ScheduleError, schedule
from netful.functions.events.event_queue import Clock
from netful.functions.events.kept_tasks import KeptTasks, Run
from netful.model.cloud import Cloud
from netful.model.core import Frozen, whole_number
from netful.services.deploy.database_secrets import managed_secrets

log = logging.getLogger(__name__)

SCHEDULE = "AWS::SecretsManager::RotationSchedule"
_OF_RDS = "rate(7 days)"


class RotationTimes(Frozen):
    """The times at which the secret of a schedule rotates."""

    id: str
    secret: str
    expression: str


def rotation_times(cloud: Cloud) -> Iterator[RotationTimes]:
    """Yield the times of a cloud's secrets."""
    for one in cloud.template.resources.values():
        rules, secret = one.properties.get("RotationRules"), one.properties.get("SecretId")
        if one.type == SCHEDULE and isinstance(rules, Mapping) and isinstance(secret, str):
            days = whole_number(rules.get("AutomaticallyAfterDays"))
            expression = rules.get("ScheduleExpression") or (f"rate({days} days)" if days else None)
            if isinstance(expression, str):
                yield RotationTimes(one.id, secret, expression)
    for secret_of_rds in managed_secrets(cloud):
        yield RotationTimes(secret_of_rds.id, str(secret_of_rds.properties["Name"]), _OF_RDS)


class TimedRotations(KeptTasks[RotationTimes]):
    """Rotates secrets at their times, until `close`. `rotate` rotates the secret with a name or ARN."""

    def __init__(self, rotate: Callable[[str], Awaitable[object]], clock: Clock | None = None) -> None:
        super().__init__(clock)
        self._rotate = rotate

    def _wanted(self, cloud: Cloud) -> Iterator[RotationTimes]:
        return rotation_times(cloud)

    def _start(self, key: RotationTimes) -> Run | None:
        try:
            due = schedule(key.expression)
        except ScheduleError as problem:
            log.warning("`%s` rotates at no time: invalid schedule expression: %s", key.id, problem)
            return None
        return partial(self._at_times, due, lambda _moment: self._rotate(key.secret))
