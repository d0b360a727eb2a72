"""Functions of a stack: the service that runs them, and a new service when the template's functions change."""

import asyncio
from itertools import count
from pathlib import Path
from typing import Any

from netful.functions.environments.service import FunctionService, FunctionSettings
from netful.functions.invocations import metrics
from netful.functions.invocations.attachment import Attach
from netful.functions.invocations.background import Background
from netful.functions.invocations.invocation import Invocation
from netful.gateway.integrations.streaming import of_function
from netful.model.cloud import Cloud
from netful.model.steps import Becomes
from netful.services.http.message import Response
from netful.stack.parts.debug_door import DebugDoor
from netful.stack.running_cloud import Part


class Functions(Part):
    """Services of a stack's functions: the current one first, then those that a change may return to.

    What a change replaces ends when its last invocation has ended. Functions that stay the same keep their environments.
    """

    def __init__(
        self, cloud: Cloud, attach: Attach, folder: Path, settings: FunctionSettings, changes: Becomes
    ) -> None:
        self._cloud = cloud
        self._attach = attach
        self._folder = folder
        self._settings = settings
        self.debug_door = DebugDoor(settings.debugging) if settings.debugging else None
        self._changes = changes
        self._services: list[FunctionService] = []
        self._replaced: list[FunctionService] = []
        self._ending = Background()
        self._numbers = count(1)

    def current(self) -> FunctionService:
        """Return the service that runs the functions now."""
        return self._services[0]

    async def start(self) -> None:
        """Run the functions."""
        if self.debug_door is not None:
            await self.debug_door.start()
        await self._add(self._cloud, None)

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Run the functions of another cloud: by a service that has them already, else by a new one."""
        found = next((one for one in self._services if one.runs(cloud)), None)
        found = found or await self._add(cloud, self.current())
        found.follow(cloud)
        self._services.remove(found)
        self._services.insert(0, found)

    async def settle(self) -> None:
        """End the services that are no longer needed, each after its invocations."""
        self.current().settle()
        while len(self._services) > 1:
            self._replaced.append(self._services.pop())
            self.current().adopt(self._replaced[-1])
            self._ending.start(self._end(self._replaced[-1]))

    async def _end(self, service: FunctionService) -> None:
        try:
            await service.drain()
        finally:
            await service.close()
        await asyncio.to_thread(service.packages.delete)
        self._replaced.remove(service)

    async def _add(self, cloud: Cloud, before: FunctionService | None) -> FunctionService:
        folder = self._folder / f"functions-{next(self._numbers)}"
        made = FunctionService(cloud, self._attach, folder, self._settings, before, self._changes)
        self._services.append(made)
        await made.start()
        return made

    async def invoke(
        self, function_id: str, event: bytes, trace_id: str, qualifier: str = "", tenant_id: str = ""
    ) -> Invocation:
        """Run a function once."""
        return await self.current().invoke(
            function_id, event, trace_id=trace_id, qualifier=qualifier, tenant_id=tenant_id
        )

    async def invoke_streaming(
        self, function_id: str, event: bytes, trace_id: str, qualifier: str = "", tenant_id: str = ""
    ) -> Response:
        """Run a function once, and return its response as it comes."""
        options = {"trace_id": trace_id, "qualifier": qualifier, "tenant_id": tenant_id}
        return await of_function(self.current().invoke_streaming(function_id, event, **options))

    async def measured(self) -> list[dict[str, Any]]:
        """Return the metrics that were counted since the last call."""
        return metrics.taken(self.current().metrics)

    async def close(self) -> None:
        """End all services."""
        if self.debug_door is not None:
            self.debug_door.close()
        await self._ending.close()
        for service in (*self._services, *self._replaced):
            await service.close()
        self._services.clear()
