"""Environments that a load needs, and the share of it that Lambda accepts (lambda §4, §10).

Concurrent environments are rate times duration (Little's law). Lambda throttles above the concurrency of the function or the
account, and above ten invocations a second for each environment. It adds 1,000 environments in ten seconds.
"""

import math

from netful.forecast.load import Load
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.functions.function import Function

ACCOUNT = 1_000
_AT_ONCE, _A_SECOND = 1_000, 100
_PER_CONCURRENCY = 10


class Concurrency(Frozen):
    """`needed` environments of the `limit`; `served` and `throttled` invocations a second; `seconds_to_scale` from zero."""

    needed: int
    limit: int
    served: float
    throttled: float
    seconds_to_scale: float


def concurrency(cloud: Cloud, load: Load, account: int = ACCOUNT) -> Concurrency:
    """Return the concurrency that a load on a function needs and gets."""
    assert load.function is not None
    seconds = load.duration_ms / 1000
    limit = limit_of(cloud, load.function, account)
    served = min(load.admitted, limit * min(1 / seconds, _PER_CONCURRENCY) if seconds else load.admitted)
    needed = math.ceil(load.admitted * seconds)
    late = max(0, min(needed, limit) - _AT_ONCE)
    return Concurrency(needed, limit, served, load.admitted - served, late / _A_SECOND)


def limit_of(cloud: Cloud, function: Function, account: int) -> int:
    """Return a function's reserved concurrency, or the unreserved concurrency of the account."""
    if function.reserved_concurrent_executions is not None:
        return function.reserved_concurrent_executions
    reserved = sum(one.reserved_concurrent_executions or 0 for one in cloud.compute.functions.values())
    return max(0, account - reserved)
