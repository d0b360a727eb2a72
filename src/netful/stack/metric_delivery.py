"""Functions' metrics in CloudWatch: the namespace `AWS/Lambda`, by function, by function and resource, and for all together.

They are delivered when somebody is about to look, as statistics of a minute each.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from netful.functions.metrics import UNITS, Series, Statistics
from netful.functions.service import FunctionService
from netful.model import catalog
from netful.services.inside import CallHost, form_request
from netful.services.message import Request, Response
from netful.services.routing import InternetRoute, route

log = logging.getLogger(__name__)

_BATCH = 500
_Parameters = dict[str, str]


class MetricDelivery:
    """The handler for the service `monitoring`."""

    def __init__(self, functions: Callable[[], FunctionService], call_host: CallHost) -> None:
        self._functions = functions
        self._call_host = call_host
        self._delivering = asyncio.Lock()

    async def handle(self, request: Request) -> Response:
        """Answer a request to CloudWatch's host."""
        functions = self._functions()
        async with self._delivering:
            data, host = [*_data(functions.metrics.take())], catalog.service("monitoring").host(functions.cloud.region)
            for start in range(0, len(data), _BATCH):
                answer = await self._call_host(host, form_request(_put(data[start : start + _BATCH])))
                if answer.status >= 300:
                    log.warning("metrics of functions are lost: %s", answer.body.decode(errors="replace"))
        found = route(functions.cloud, request)
        assert not isinstance(found, InternetRoute)  # it has led here
        return await self._call_host(found.host, request)


def _put(data: Iterable[_Parameters]) -> _Parameters:
    asked = {"Action": "PutMetricData", "Version": "2010-08-01", "Namespace": "AWS/Lambda"}
    for number, one in enumerate(data, 1):
        asked |= {f"MetricData.member.{number}.{name}": value for name, value in one.items()}
    return asked


def _data(counted: Iterator[tuple[Series, Statistics]]) -> Iterator[_Parameters]:
    """Each statistic under each of its dimensions."""
    for series, statistics in counted:
        function, resource = ("FunctionName", series.function_name), ("Resource", series.resource)
        for dimensions in ((), (function,), (function, resource)):
            yield {
                "MetricName": series.metric,
                "Unit": UNITS[series.metric],
                "Timestamp": f"{datetime.fromtimestamp(series.minute, UTC):%Y-%m-%dT%H:%M:%SZ}",
                "StatisticValues.SampleCount": str(statistics.count),
                "StatisticValues.Sum": str(statistics.sum),
                "StatisticValues.Minimum": str(statistics.minimum),
                "StatisticValues.Maximum": str(statistics.maximum),
                **{f"Dimensions.member.{i}.Name": name for i, (name, _) in enumerate(dimensions, 1)},
                **{f"Dimensions.member.{i}.Value": value for i, (_, value) in enumerate(dimensions, 1)},
            }
