"""Counts that the steps of a plan lead to: requests, refusals by API Gateway and by Lambda, environments.

Requests come evenly and last equally long: of the requests that would need seven environments, five environments serve five
sevenths. Buckets of throttles are full when the plan begins, and stay as they are between its steps. While environments
start, others are started for the requests that come meanwhile.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from netful.forecast.concurrency import Demand, concurrency, demands
from netful.forecast.load import Load, parse
from netful.forecast.load_plan import Step
from netful.model.cloud import Cloud
from netful.model.core import Frozen


class Start(Frozen):
    """A function before the load: the environments that exist, and how long another one takes to start."""

    environments: int = 0
    cold_ms: float = 0.0


class LoadCounts(Frozen):
    """A load of a step: its requests, how many of them API Gateway throttles, and how many of the others Lambda throttles.

    `peak` is the rate that passes at first, while the bucket has tokens.
    """

    load: Load
    seconds: float
    requests: int
    throttled: int
    refused: int
    peak: float


class Counts(Frozen):
    """The loads of each step; and by function, what Lambda throttles, and the environments in the end."""

    steps: tuple[tuple[LoadCounts, ...], ...]
    throttles: dict[str, int]
    environments: dict[str, int]


def counts(cloud: Cloud, steps: Iterable[Step], starts: Mapping[str, Start], api_key: str = "") -> Counts:
    """Return what a plan leads to, for callers with an API key."""
    buckets: dict[str, float] = {}
    throttles: Counter[str] = Counter()
    environments = {id_: start.environments for id_, start in starts.items()}
    found = []
    for step in steps:
        admitted = [_admitted(parse(cloud, text, api_key), step.seconds, buckets) for text in step.loads]
        by_function = demands(cloud, [_passed(one) for one in admitted])
        loads = [_with_refused(one, by_function) for one in admitted]
        peaks = demands(cloud, [replace(one.load, rate=one.peak, asked=None) for one in loads])
        for id_, demand in peaks.items():
            own = [one for one in loads if one.load.function and one.load.function.id == id_]
            environments[id_] = _environments(own, demand, environments.get(id_, 0), starts.get(id_, Start()))
            throttles[id_] += sum(one.refused for one in own)
        found.append(tuple(loads))
    return Counts(tuple(found), dict(throttles), environments)


def _admitted(load: Load, seconds: float, buckets: dict[str, float]) -> LoadCounts:
    """Return what API Gateway admits of a load, and leave the rest of the tokens in its bucket."""
    requests, limit = round(load.rate * seconds), load.throttle
    if limit is None:
        return LoadCounts(load, seconds, requests, 0, 0, load.rate)
    burst = float(limit.burst) if isinstance(limit.burst, int | float) else math.inf
    tokens, refilled = buckets.get(load.name, burst), float(str(limit.rate))
    passed = math.floor(min(requests, tokens + refilled * seconds))
    buckets[load.name] = min(burst, max(0.0, tokens + refilled * seconds - passed))
    peak = min(load.rate, refilled + tokens * 1000 / load.duration_ms) if load.duration_ms else load.rate
    return LoadCounts(load, seconds, requests, requests - passed, 0, peak)


def _passed(one: LoadCounts) -> Load:
    """Return the load that API Gateway passes on to the function."""
    return replace(one.load, rate=(one.requests - one.throttled) / one.seconds, asked=None)


def _with_refused(one: LoadCounts, by_function: Mapping[str, Demand]) -> LoadCounts:
    """Return the counts of a load with the requests that Lambda throttles."""
    if one.load.function is None:
        return one
    load = _passed(one)
    found = concurrency(load, by_function[one.load.function.id])
    shared = load.rate * min(1, found.limit / found.together) if found.together else load.rate
    return replace(one, refused=round((load.rate - min(found.served, shared)) * one.seconds))


def _environments(loads: Iterable[LoadCounts], demand: Demand, existing: int, start: Start) -> int:
    """Return the environments that a function has after the loads, with those that existed before."""
    busy = sum(one.peak * one.load.duration_ms / 1000 for one in loads)
    if math.ceil(busy) <= existing:
        return existing
    late = sum(one.peak for one in loads) * (1 - existing / busy)  # requests in a second that find no environment
    limit = demand.limit if demand.all_ <= demand.limit else demand.environments
    return min(existing + math.ceil(busy - existing + late * start.cold_ms / 1000), limit)
