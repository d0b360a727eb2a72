"""Monthly cost of a load, at the list prices of us-east-1 without free tiers (lambda §8.1, vpc-network §8)."""

import math

from netful.engine.overview.prices import HOURS, PRICES
from netful.forecast.concurrency import ACCOUNT, demands
from netful.forecast.load import Load
from netful.model.apis.api import Protocol
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.functions.function import Function

_MILLION = 1_000_000
_REQUESTS = 0.20
_GB_SECOND = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
_API_TIERS = {
    Protocol.REST: ((333, 3.50), (667, 2.80), (19_000, 2.38), (math.inf, 1.51)),
    Protocol.HTTP: ((300, 1.00), (math.inf, 0.90)),
}
"""Millions of requests, and the price of one million of them."""


class Cost(Frozen):
    """USD in a month."""

    functions: float
    apis: float
    network: dict[str, float]


def cost(cloud: Cloud, loads: list[Load], hours: float = HOURS, account: int = ACCOUNT) -> Cost:
    """Return the cost of loads that last `hours` of a month, and of the network that always exists."""
    by_function = demands(cloud, loads, account)
    functions = sum(
        _of_function(load.function, load, by_function[load.function.id].share, hours) for load in loads if load.function
    )
    asked: dict[Protocol, float] = {}
    for load in loads:
        if load.asked is not None:
            protocol = load.asked.api.protocol
            asked[protocol] = asked.get(protocol, 0.0) + load.admitted * hours * 3600  # throttled requests are free
    apis = sum(_of_requests(protocol, requests) for protocol, requests in asked.items())
    return Cost(round(functions, 2), round(apis, 2), PRICES.monthly(cloud))


def _of_function(function: Function, load: Load, share: float, hours: float) -> float:
    invocations = load.admitted * share * hours * 3600
    gigabyte_seconds = function.memory_size / 1024 * math.ceil(load.duration_ms) / 1000
    price = _GB_SECOND.get(function.architectures[0], _GB_SECOND["x86_64"])
    return invocations * (_REQUESTS / _MILLION + gigabyte_seconds * price)


def _of_requests(protocol: Protocol, requests: float) -> float:
    total, left = 0.0, requests / _MILLION
    for millions, price in _API_TIERS.get(protocol, ()):
        total += min(left, millions) * price
        left = max(0.0, left - millions)
    return total
