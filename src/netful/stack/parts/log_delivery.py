"""Logs in CloudWatch Logs: those of functions, in their Regions and with a stream for each environment, and those of tasks.

Logs are delivered when a client is about to read them, so that no invocation waits for the delivery. They take Lambda's own
way, not the function's network: a function without any network logs as well (lambda §1.1).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from netful.functions.environments.service import FunctionService
from netful.functions.invocations.logs import LogGroup
from netful.services.front.routing import route_to_service
from netful.services.http.backend_requests import CallHost
from netful.services.http.message import Request, Response
from netful.stack.parts.log_streams import Entry, LogStreams


class LogDelivery:
    """Handler for the service `logs`.

    `deliver_others` delivers the logs of other parts, which are about to be read as well; `other_groups` are groups that are not of
    functions.
    """

    def __init__(
        self,
        functions: Callable[[], FunctionService],
        call_host: CallHost,
        deliver_others: Callable[[], Awaitable[None]],
        other_groups: Callable[[], Iterable[LogGroup]],
    ) -> None:
        self._functions = functions
        self._call_host = call_host
        self._deliver_others = deliver_others
        self._other_groups = other_groups
        self._delivered: dict[LogGroup, int] = {}
        self._delivering = asyncio.Lock()

    async def handle(self, request: Request) -> Response:
        """Answer a request to CloudWatch Logs' host."""
        cloud = self._functions().cloud
        async with self._delivering:
            await self._deliver_others()
            own = [(group, cloud.region_of(id_)) for id_, group in self._functions().log_groups.items()]
            for group, region in (*own, *((group, cloud.region) for group in self._other_groups())):
                await self._deliver(group, LogStreams(self._call_host, region))
        found = route_to_service(cloud, request)
        return await self._call_host(found.host, request)

    async def _deliver(self, group: LogGroup, to: LogStreams) -> None:
        """Put the events that have not been delivered yet."""
        self._delivered[group], events = group.after(self._delivered.get(group, 0))
        streams: dict[str, list[Entry]] = {}
        for event in events:
            streams.setdefault(event.stream, []).append((event.timestamp_ms, event.message))
        for stream, written in streams.items():
            await to.put(group.name, stream, written)
