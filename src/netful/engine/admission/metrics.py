"""CloudWatch metrics of APIs, in the namespace `AWS/ApiGateway`: each metric of a minute as one set of statistics.

| of | names | dimensions |
|---|---|---|
| REST APIs | Count, 4XXError, 5XXError, Latency, IntegrationLatency, CacheHitCount, CacheMissCount | ApiName; ApiName and Stage; with detailed metrics ApiName, Method, Resource and Stage too |
| HTTP APIs | Count, 4xx, 5xx, Latency, IntegrationLatency | ApiId; ApiId and Stage; with detailed metrics ApiId, Method, Resource and Stage too |

Each request counts as 0 or 1 for errors, so the average is their share. Hits and misses count in the same way, for requests
to a cached method.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from netful.model.core import Frozen

NAMESPACE = "AWS/ApiGateway"
_ERRORS = {True: ("4XXError", "5XXError"), False: ("4xx", "5xx")}
_MILLISECONDS, _COUNT = "Milliseconds", "Count"


@dataclass(slots=True)
class Statistics:
    """Statistics of some samples."""

    count: int = 0
    total: float = 0.0
    least: float = 0.0
    most: float = 0.0

    def add(self, value: float) -> None:
        """Add a sample."""
        if value > self.most:  # noqa: PLR1730  # `max` takes longer, and this is done for every request
            self.most = value
        if value < self.least or not self.count:
            self.least = value
        self.count += 1
        self.total += value


@dataclass(slots=True)
class Minute:
    """Requests of a method in a minute: counts by status (`at_once`: fast-path responses), and times in milliseconds."""

    begins: int
    at_once: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    answers: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    latency: Statistics = field(default_factory=Statistics)
    integration: Statistics = field(default_factory=Statistics)
    hits: int = 0
    misses: int = 0


class Measured(Frozen):
    """A method of a stage; `method` and `resource` are empty for requests of the stage without a method."""

    rest: bool
    api: str
    stage: str
    method: str = ""
    resource: str = ""
    detailed: bool = False
    cached: bool = False

    @property
    def dimensions(self) -> Iterator[dict[str, str]]:
        """Sets of dimensions of its metrics; each set is a separate metric."""
        name = "ApiName" if self.rest else "ApiId"
        yield {name: self.api}
        yield {name: self.api, "Stage": self.stage}
        if self.detailed and self.method:
            yield {name: self.api, "Method": self.method, "Resource": self.resource, "Stage": self.stage}


def data(measured: Measured, minutes: Iterable[Minute]) -> Iterator[dict[str, Any]]:
    """Yield the metrics of some minutes, in the format of PutMetricData."""
    for minute in minutes:
        for name, unit, statistics in _metrics(measured, minute):
            if statistics["SampleCount"]:
                for dimensions in measured.dimensions:
                    yield {
                        "MetricName": name,
                        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
                        "Timestamp": minute.begins,
                        "Unit": unit,
                        "StatisticValues": statistics,
                    }


def _metrics(measured: Measured, minute: Minute) -> Iterator[tuple[str, str, dict[str, float]]]:
    at_once, at_length = sum(minute.at_once.values()), sum(minute.answers.values())
    every = at_once + at_length
    yield "Count", _COUNT, _statistics(every, every, 1, 1)
    for name, hundreds in zip(_ERRORS[measured.rest], (4, 5), strict=True):
        errors = _of_class(minute.at_once, hundreds) + _of_class(minute.answers, hundreds)
        yield name, _COUNT, _share(errors, every)
    latency = minute.latency
    least = 0.0 if at_once else latency.least
    yield "Latency", _MILLISECONDS, _statistics(every, latency.total, least, latency.most)
    inner = minute.integration
    yield "IntegrationLatency", _MILLISECONDS, _statistics(inner.count, inner.total, inner.least, inner.most)
    if measured.cached:
        looked = minute.hits + minute.misses
        yield "CacheHitCount", _COUNT, _share(minute.hits, looked)
        yield "CacheMissCount", _COUNT, _share(minute.misses, looked)


def _of_class(answers: Mapping[int, int], hundreds: int) -> int:
    return sum(number for status, number in answers.items() if status // 100 == hundreds)


def _share(some: int, every: int) -> dict[str, float]:
    """Return the statistics of `every` samples, of which `some` are 1 and the rest 0."""
    return _statistics(every, some, 1 if every and some == every else 0, 1 if some else 0)


def _statistics(count: int, total: float, least: float, most: float) -> dict[str, float]:
    return {"SampleCount": count, "Sum": total, "Minimum": least, "Maximum": most}
