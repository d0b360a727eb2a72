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

import functools
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime

from netful.engine.events.schedules import Next, ScheduleError, schedule
from netful.functions.events.event_queue import Clock, WallClock
from netful.functions.events.kept_tasks import KeptTasks, Run
from netful.model.cloud import Cloud
from netful.model.core.frozen import Frozen
from netful.model.core.numbers import whole_number
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


class TimedRotations:
    """Rotates secrets at their times, until `close`. `rotate` rotates the secret with a name or ARN."""

    def __init__(self, rotate: Callable[[str], Awaitable[object]], clock: Clock | None = None) -> None:
        self._rotate = rotate
        self._clock = clock or WallClock()
        self._tasks = KeptTasks(self._start, clock)

    async def follow(self, cloud: Cloud) -> None:
        """Keep exactly the times of a cloud."""
        await self._tasks.follow(rotation_times(cloud))

    async def close(self) -> None:
        """End all rotations by time."""
        await self._tasks.close()

    def _start(self, one: RotationTimes) -> Run | None:
        try:
            due = schedule(one.expression)
        except ScheduleError as problem:
            log.warning("`%s` rotates at no time: invalid schedule expression: %s", one.id, problem)
            return None
        return functools.partial(self._keep, one, due)

    async def _keep(self, one: RotationTimes, due: Next) -> None:
        moment: datetime | None = datetime.fromtimestamp(self._clock.epoch(), UTC)
        while moment and (moment := due(moment)):
            await self._clock.sleep(max(moment.timestamp() - self._clock.epoch(), 0.0))
            await self._rotate(one.secret)
