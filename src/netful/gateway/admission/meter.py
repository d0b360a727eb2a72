"""Meters: they count the tokens and the quotas that requests use, and refuse requests beyond them.

A route has an `Admission` for each of its keys, made once, with the buckets of its ladder and the quota. A meter that
shares its counts with other processes may have to ask a server first. A meter in this process never waits.
"""

from collections.abc import Iterable
from typing import Any, Literal, Protocol

from netful.engine.http.gateway_errors import KEY_TOO_MANY, QUOTA_SPENT, TOO_MANY, GatewayAnswer
from netful.engine.usage.quotas import DAY_SECONDS, Spent, allowance, day_of, window
from netful.gateway.admission.buckets import Bucket, Buckets, Rated, take
from netful.gateway.calls.call_stage import Later
from netful.model.apis.usage import Quota
from netful.model.core import Frozen

_NOTHING = (0, 0)


class Counted(Frozen):
    """A key of a usage plan, with the quota."""

    plan_id: str
    key_id: str
    quota: Quota


class Admission(Protocol):
    """Admission of the requests to one route, and of one key if the route requires one.

    Times are monotonic (`now`) and of day (`at`).
    """

    def at_once(self, now: float, at: float) -> GatewayAnswer | Literal[Later.LATER] | None:
        """Use the tokens and the quota of a request, or return the refusal. Return LATER, and use nothing, if a server decides."""

    async def admit(self, now: float, at: float) -> GatewayAnswer | None:
        """Use the tokens and the quota of a request, or return the refusal."""


class Meter:
    """Counter for all routes of a gateway, in this process. Times are monotonic (`now`) and of day (`at`)."""

    def __init__(self) -> None:
        self._buckets = Buckets()
        self._counts: dict[tuple[str, str], tuple[Counted, str, int]] = {}
        self._first: dict[tuple[str, str], str] = {}
        self._days: dict[tuple[str, str], dict[int, tuple[int, int]]] = {}

    def admission(self, rungs: tuple[Rated, ...], counted: Counted | None, now: float) -> Admission:
        """Return the admission for a ladder."""
        of_key = bool(rungs) and is_of_key(rungs[0])  # a plan's is the first rung
        return _LocalAdmission(self, tuple(self._buckets.bucket(r, now) for r in rungs), counted, of_key=of_key)

    def change(self) -> None:
        """Apply other limits from now on: a bucket gets them with its next admission."""

    def count(self, counted: Counted, at: float) -> GatewayAnswer | None:
        """Count a request against a quota that is not used up."""
        place, period = (counted.plan_id, counted.key_id), window(counted.quota, at)
        first = self._first.setdefault(place, period) == period
        most = allowance(counted.quota, first=first)
        _, of_period, used = self._counts.get(place, (counted, period, 0))
        used = used if of_period == period else 0
        if most is not None and used >= most:
            return QUOTA_SPENT
        self._counts[place] = (counted, period, used + 1)
        days, day = self._days.setdefault(place, {}), int(at // DAY_SECONDS)
        days[day] = days.get(day, _NOTHING)[0] + 1, used + 1
        return None

    async def spent(self, counted: Counted) -> Spent:
        """Return the use of a plan by a key, day by day."""
        place = counted.plan_id, counted.key_id
        return Spent(dict(self._days.get(place, {})), self._first.get(place, ""))

    async def grant(self, counted: Counted, at: float, remaining: int) -> None:
        """Set the requests that remain in the period of a time."""
        place, period = (counted.plan_id, counted.key_id), window(counted.quota, at)
        first = self._first.setdefault(place, period) == period
        used = (allowance(counted.quota, first=first) or 0) - remaining
        self._counts[place] = (counted, period, used)
        days, day = self._days.setdefault(place, {}), day_of(at)
        days[day] = days.get(day, _NOTHING)[0], used

    async def status(self, now: float) -> dict[str, Any]:
        """Return the buckets with their tokens, and the quotas with their use, for `netful status`."""
        buckets = [bucket_entry(rated, bucket.fill(now)) for rated, bucket in self._buckets]
        quotas = [quota_entry(counted, period, used) for counted, period, used in self._counts.values()]
        return {"buckets": buckets, "quotas": quotas}


class _LocalAdmission:
    def __init__(self, meter: Meter, buckets: tuple[Bucket, ...], counted: Counted | None, *, of_key: bool) -> None:
        self._meter = meter
        self._buckets = buckets
        self._of_key = buckets[0] if of_key else None
        self._counted = counted

    def at_once(self, now: float, at: float) -> GatewayAnswer | None:
        empty = take(self._buckets, now)
        if empty is not None:
            return KEY_TOO_MANY if empty is self._of_key else TOO_MANY
        return None if self._counted is None else self._meter.count(self._counted, at)

    async def admit(self, now: float, at: float) -> GatewayAnswer | None:
        return self.at_once(now, at)


def is_of_key(rung: Rated) -> bool:
    """Return whether a rung is that of a key, by its plan."""
    return rung.level.startswith("usage plan")


def bucket_entry(rated: Rated, tokens: float) -> dict[str, Any]:
    """Return a bucket as `netful status` has it."""
    return {
        "level": rated.level,
        "of": words(rated.name),
        "rate": rated.rate,
        "burst": rated.burst,
        "tokens": round(max(tokens, 0.0), 3),
    }


def quota_entry(counted: Counted, period: str, used: int) -> dict[str, Any]:
    """Return a quota as `netful status` has it."""
    quota = counted.quota
    limit = quota.limit if isinstance(quota.limit, int) else None
    return {"usage_plan": counted.plan_id, "api_key": counted.key_id, "period": period, "limit": limit, "used": used}


def words(name: object) -> str:
    """Return the name of a bucket in one line."""
    return (
        " ".join(str(part) for part in name) if isinstance(name, Iterable) and not isinstance(name, str) else str(name)
    )
