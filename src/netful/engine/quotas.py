"""The window that a quota counts in: calendar days, weeks and months in UTC (api-gateway §3.4).

An offset is what is taken from the limit in the first period of a plan.
"""

from __future__ import annotations

from datetime import UTC, datetime

from netful.model.unknown import Unknown
from netful.model.usage import Quota


def window(quota: Quota, at: float) -> str:
    """The name of the period that a time falls into."""
    day = datetime.fromtimestamp(at, UTC)
    if quota.period == "MONTH":
        return day.strftime("%Y-%m")
    return day.strftime("%G-W%V") if quota.period == "WEEK" else day.strftime("%Y-%m-%d")


def allowance(quota: Quota, *, first: bool) -> int | None:
    """How many requests a period has; None where the limit is not known: then nothing is refused."""
    if isinstance(quota.limit, Unknown):
        return None
    offset = 0 if isinstance(quota.offset, Unknown) or not first else quota.offset
    return quota.limit - offset
