"""Periods of quotas: calendar days, weeks and months in UTC (api-gateway §3.4).

An offset is subtracted from the limit in the first period of a plan. A key's usage is also reported day by day.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from msgspec import field

from netful.model.apis.usage import Quota
from netful.model.core import Frozen, Unknown


def window(quota: Quota, at: float) -> str:
    """Return the name of the period that contains a time."""
    day = datetime.fromtimestamp(at, UTC)
    if quota.period == "MONTH":
        return day.strftime("%Y-%m")
    return day.strftime("%G-W%V") if quota.period == "WEEK" else day.strftime("%Y-%m-%d")


def allowance(quota: Quota, *, first: bool) -> int | None:
    """Return the number of requests in a period; None if the limit is not known, so that no request is refused."""
    if isinstance(quota.limit, Unknown):
        return None
    offset = 0 if isinstance(quota.offset, Unknown) or not first else quota.offset
    return quota.limit - offset


DAY_SECONDS = 86_400


class Spent(Frozen):
    """A key's usage of a plan: by day (a number since 1970), the requests of that day, and those of the period at its end.

    `first` is the first period with usage.
    """

    days: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    first: str = ""


def day_of(at: float) -> int:
    """Return the number of the day that contains a time."""
    return int(at // DAY_SECONDS)


def daily(quota: Quota, spent: Spent, days: range) -> Iterator[tuple[int, int]]:
    """Yield the used and the remaining requests of each day (GetUsage); nothing if the limit is not known."""
    for day in days:
        period = window(quota, day * DAY_SECONDS)
        most = allowance(quota, first=spent.first in ("", period))
        if most is not None:
            counted = [one for one in spent.days if one <= day and window(quota, one * DAY_SECONDS) == period]
            used = spent.days.get(day, (0, 0))[0]
            yield used, most - (spent.days[max(counted)][1] if counted else 0)
