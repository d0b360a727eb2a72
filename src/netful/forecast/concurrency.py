"""Environments that loads need, and the share of them that Lambda accepts (lambda §4, §10).

Concurrent environments are rate times duration (Little's law). Lambda throttles above the concurrency of the function or the
account, and above ten invocations a second for each environment. It adds 1,000 environments in ten seconds.
Loads on a function share its reserved concurrency. Functions without one share what the others of their account and region leave:
each load then gets the same share of what it needs.
"""

import math
from collections.abc import Iterable

from netful.forecast.load import Load
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.functions.function import Function

ACCOUNT = 1_000
_AT_ONCE, _A_SECOND = 1_000, 100
_PER_CONCURRENCY = 10
_DIGITS = 9  # of a share: sums of fractions are not exact


class Demand(Frozen):
    """Demand of a function's loads and of `all_` loads that share its `limit`: environments, and of all the invocations a second."""

    limit: int
    own: float
    all_: float
    rate: float

    @property
    def share(self) -> float:
        """The share of each load that Lambda serves."""
        limits = ((self.limit, self.all_), (self.limit * _PER_CONCURRENCY, self.rate))
        return round(min(1.0, *(limit / needed for limit, needed in limits if needed)), _DIGITS)

    @property
    def environments(self) -> int:
        """The environments that the function gets."""
        return (
            math.ceil(round(self.own, _DIGITS)) if self.all_ <= self.limit else round(self.own * self.limit / self.all_)
        )


class Concurrency(Frozen):
    """`needed` environments of the `limit`, and `together` with the other loads that share it.

    `served` and `throttled` are invocations a second, `seconds_to_scale` those from zero.
    """

    needed: int
    limit: int
    together: int
    served: float
    throttled: float
    seconds_to_scale: float


def demands(cloud: Cloud, loads: Iterable[Load], account: int = ACCOUNT) -> dict[str, Demand]:
    """Return the demand of each function with a load, by its id."""
    pools: dict[object, list[tuple[Function, Load]]] = {}
    for load in loads:
        if load.function is not None:
            pools.setdefault(_pool(cloud, load.function), []).append((load.function, load))
    return {
        function.id: Demand(
            limit_of(cloud, function, account),
            sum(_environments(load) for one, load in pool if one.id == function.id),
            sum(_environments(load) for _, load in pool),
            sum(load.admitted for _, load in pool),
        )
        for pool in pools.values()
        for function, _ in pool
    }


def concurrency(load: Load, demand: Demand) -> Concurrency:
    """Return the concurrency that a load needs and gets, by the demand of its function."""
    served, late = load.admitted * demand.share, max(0, demand.environments - _AT_ONCE)
    needed, together = (math.ceil(round(one, _DIGITS)) for one in (_environments(load), demand.all_))
    return Concurrency(needed, demand.limit, together, served, load.admitted - served, late / _A_SECOND)


def limit_of(cloud: Cloud, function: Function, account: int) -> int:
    """Return a function's reserved concurrency, or the unreserved concurrency of its account and region."""
    if function.reserved_concurrent_executions is not None:
        return function.reserved_concurrent_executions
    beside = (one for one in cloud.compute.functions.values() if _place(cloud, one) == _place(cloud, function))
    return max(0, account - sum(one.reserved_concurrent_executions or 0 for one in beside))


def _pool(cloud: Cloud, function: Function) -> object:
    """Return the holder of a limit that loads share: a function with a reserved concurrency, or a place."""
    return _place(cloud, function) if function.reserved_concurrent_executions is None else function.id


def _place(cloud: Cloud, function: Function) -> tuple[str, str]:
    return cloud.account_of(function.id), cloud.region_of(function.id)


def _environments(load: Load) -> float:
    return load.admitted * load.duration_ms / 1000
