"""CloudWatch metrics of functions, by minute: invocations, errors, throttles, durations, concurrency, events.

An invocation adds one entry to a list; entries become statistics when there are many, or at a read. Entries that are not read for a
day are dropped.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from netful.model.core import Frozen

_MINUTE: Final = 60
_MANY: Final = 4096
_KEPT_SECONDS: Final = 86_400
NAMESPACE: Final = "AWS/Lambda"
UNITS: Final = {
    "Invocations": "Count",
    "Errors": "Count",
    "Throttles": "Count",
    "Duration": "Milliseconds",
    "ConcurrentExecutions": "Count",
    "AsyncEventsReceived": "Count",
    "AsyncEventAge": "Milliseconds",
    "AsyncEventsDropped": "Count",
    "RecursiveInvocationsDropped": "Count",
}
"""The metrics and their units."""


_COLD_STARTS: Final = "ColdStarts"
_COUNTED: Final = frozenset({"Invocations", "Throttles"})
_TOTALS: Final = {
    "invocations": "Invocations", "errors": "Errors", "throttles": "Throttles", "cold_starts": _COLD_STARTS,
}  # fmt: skip


@dataclass(slots=True)
class Statistics:
    """Statistics of a set of values."""

    count: int = 0
    sum: float = 0.0
    minimum: float = float("inf")
    maximum: float = float("-inf")

    def add(self, value: float) -> None:
        """Add a value."""
        self.count += 1
        self.sum += value
        self.minimum = min(self.minimum, value)
        self.maximum = max(self.maximum, value)


class Series(Frozen):
    """Key of statistics: metric, minute, and `resource`, the function's name with the invoked qualifier."""

    metric: str
    function_name: str
    resource: str
    minute: int


class Metrics:
    """Counts for all functions. `clock` returns seconds since 1970."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._fresh: list[tuple[float, str, str, str, float]] = []
        self._series: dict[Series, Statistics] = {}
        self._running: Counter[str] = Counter()
        self._totals: Counter[tuple[str, str]] = Counter()

    def totals(self, function_name: str) -> dict[str, int]:
        """Return what a function has done since the stack's start."""
        return {name: self._totals[function_name, metric] for name, metric in _TOTALS.items()}

    def begin(self, function_name: str, qualifier: str) -> None:
        """Count the start of an invocation."""
        self._running[function_name] += 1
        self.add("ConcurrentExecutions", function_name, qualifier, self._running[function_name])

    def end(self, function_name: str, qualifier: str, duration_ms: float, *, failed: bool, cold: bool = False) -> None:
        """Count an invocation that ran; `cold`: in a new environment."""
        self._totals[function_name, _COLD_STARTS] += cold
        self._totals[function_name, "Errors"] += failed
        self.add("Invocations", function_name, qualifier, 1)
        self.add("Errors", function_name, qualifier, float(failed))
        self.add("Duration", function_name, qualifier, duration_ms)

    def leave(self, function_name: str) -> None:
        """Count the end of an invocation, whether it ran or not."""
        self._running[function_name] -= 1

    def add(self, metric: str, function_name: str, qualifier: str, value: float) -> None:
        """Add a value."""
        if metric in _COUNTED:
            self._totals[function_name, metric] += 1
        self._fresh.append((self._clock(), metric, function_name, qualifier, value))
        if len(self._fresh) >= _MANY:
            self._fold()

    def take(self) -> Iterator[tuple[Series, Statistics]]:
        """Return the statistics since the last call, oldest first."""
        self._fold()
        found, self._series = self._series, {}
        return iter(sorted(found.items(), key=lambda item: item[0].minute))

    def _fold(self) -> None:
        fresh, self._fresh = self._fresh, []
        for at, metric, function_name, qualifier, value in fresh:
            resource = f"{function_name}:{qualifier}" if qualifier else function_name
            minute = int(at) - int(at) % _MINUTE
            self._series.setdefault(Series(metric, function_name, resource, minute), Statistics()).add(value)
        oldest = self._clock() - _KEPT_SECONDS
        if self._series and next(iter(self._series)).minute < oldest:
            self._series = {series: value for series, value in self._series.items() if series.minute >= oldest}


def taken(metrics: Metrics) -> list[dict[str, Any]]:
    """Return the statistics in the form of PutMetricData: by function, by function and resource, and for all together."""
    return [
        {
            "MetricName": series.metric,
            "Unit": UNITS[series.metric],
            "Timestamp": float(series.minute),
            "StatisticValues": {
                "SampleCount": statistics.count,
                "Sum": statistics.sum,
                "Minimum": statistics.minimum,
                "Maximum": statistics.maximum,
            },
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
        }
        for series, statistics in metrics.take()
        for dimensions in _dimensions(series)
    ]


def _dimensions(series: Series) -> Iterator[tuple[tuple[str, str], ...]]:
    function, resource = ("FunctionName", series.function_name), ("Resource", series.resource)
    yield ()
    yield (function,)
    yield (function, resource)
