"""Metrics in CloudWatch: the counts of a stack's parts are put when a client is about to read metrics."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from netful.model.cloud import Cloud
from netful.model.names import service_names
from netful.services.front.routing import route_to_service
from netful.services.http.backend_requests import CallHost, query_request
from netful.services.http.message import Request, Response

Taken = list[dict[str, Any]]
"""Metrics in the form of PutMetricData, but with `Timestamp` in seconds. Each metric is returned once."""

_MOST_AT_ONCE = 1000


class MetricDelivery:
    """Handler for the service `monitoring`. `sources` are by their namespaces."""

    def __init__(
        self, cloud: Callable[[], Cloud], call_host: CallHost, sources: Mapping[str, Callable[[], Awaitable[Taken]]]
    ) -> None:
        self._cloud = cloud
        self._call_host = call_host
        self._sources = sources
        self._delivering = asyncio.Lock()

    async def handle(self, request: Request) -> Response:
        """Answer a request to CloudWatch's host."""
        cloud = self._cloud()
        host = service_names.service("monitoring").host(cloud.region)
        async with self._delivering:
            for namespace, source in self._sources.items():
                taken = await source()
                for start in range(0, len(taken), _MOST_AT_ONCE):
                    await self._call_host(host, _put(namespace, taken[start : start + _MOST_AT_ONCE]))
        found = route_to_service(cloud, request)
        return await self._call_host(found.host, request)


def _put(namespace: str, taken: Taken) -> Request:
    metrics = [{**one, "Timestamp": datetime.fromtimestamp(one["Timestamp"], UTC).isoformat()} for one in taken]
    return query_request("PutMetricData", "2010-08-01", {"Namespace": namespace, "MetricData": metrics})
