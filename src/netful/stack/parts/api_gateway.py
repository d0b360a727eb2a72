"""API Gateway of a stack: its gateway in the daemon, where it counts, and its workers where there are several.

With one worker the daemon is it. With more they serve the doors, and the daemon's own gateway answers for WebSocket APIs.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from netful.engine.usage.throttles import Limit, account_limit
from netful.functions.invocations.invocation import Invocation
from netful.gateway.calls.ports import Send
from netful.gateway.control.operations.site import Site
from netful.gateway.control.service import Control
from netful.gateway.integrations.web_client import WebClient
from netful.gateway.service import Gateway
from netful.gateway.shared.state import State
from netful.gateway.workers.worker_pool import WorkerPool, joined
from netful.gateway.workers.worker_requests import WorkerRequests
from netful.gateway.workers.worker_settings import WorkerSettings
from netful.model.cloud import Cloud
from netful.services.backends.backend import Backends
from netful.services.front.front import Front
from netful.services.front.reception import Listens
from netful.services.http.backend_requests import CallHost
from netful.services.http.message import Response
from netful.services.tls.authority import Authority
from netful.stack.control.folder import StackFolder
from netful.stack.control.settings import GatewaySettings, Settings
from netful.stack.network.gateway_dialer import GatewayDialer
from netful.stack.network.networks import Networks

Change = Callable[[Cloud], Awaitable[None]]
Invoke = Callable[[str, bytes, str, str], Coroutine[Any, Any, Invocation]]
InvokeStreaming = Callable[[str, bytes, str, str], Coroutine[Any, Any, Response]]
InvokeLater = Callable[[str, bytes, str], None]


@dataclass(frozen=True, slots=True)
class StackPorts:
    """The rest of the stack, as the gateway calls it (gateway.calls.ports)."""

    invoke: Invoke
    invoke_streaming: InvokeStreaming
    invoke_later: InvokeLater
    call_host: CallHost
    send: Send
    send_streaming: Send


class ApiGateway:
    """The gateway of one stack, from `start` to `close`."""

    def __init__(
        self,
        settings: Settings,
        folder: StackFolder,
        networks: Networks,
        backends: Backends,
        invoke: Invoke,
        invoke_later: InvokeLater,
        invoke_streaming: InvokeStreaming,
    ) -> None:
        self._settings = settings.gateway
        self._stack = settings.name
        self._folder = folder
        self._dialer = GatewayDialer(networks)
        self._backends = backends
        self._invoke = invoke
        self._invoke_later = invoke_later
        self._invoke_streaming = invoke_streaming
        self._crew: WorkerPool | None = None
        self._processes = self._settings.workers + (self._settings.workers > 1)
        self._state = State.at(self._settings.state, self._stack, self._processes)

    async def start(self, cloud: Cloud, authority: Authority) -> None:
        """Answer for a cloud."""
        await self._state.look()
        self._cloud = cloud
        self._account = _account_limit(cloud, self._settings)
        client = WebClient(self._dialer.dial, ssl.create_default_context(cafile=str(authority.bundle)))
        self._ports = StackPorts(
            self._invoke,
            self._invoke_streaming,
            self._invoke_later,
            self._backends.call_host,
            client.send,
            client.send_streaming,
        )
        self.gateway = Gateway(cloud, self._ports, state=self._state, account=self._account)
        self.logs = self.gateway.logs

    def porter(self, front: Front) -> Listens:
        """Who serves the doors: the front, or workers who ask it for what is not theirs. They begin to start."""
        if self._settings.workers == 1:
            return front
        duty = WorkerSettings(self._stack, self._settings.state, self._processes, self._folder.path, self._account)
        requests = partial(WorkerRequests, self._ports, front.answer, self.logs)
        self._crew = WorkerPool(self._settings.workers, self._cloud, duty, requests, front)
        return self._crew

    async def ready(self) -> None:
        """Wait until all workers serve."""
        if self._crew is not None:
            await self._crew.ready()

    def control(self, cloud: Callable[[], Cloud], change: Change, changing: asyncio.Lock) -> Control:
        """API Gateway's own API, which reads a cloud, and changes it while it holds a lock."""
        meter, account = self._state.meter, self._account
        site = Site(
            cloud, change, self.flush, meter, self.gateway.integrations, self.gateway.authorizers, time.time, account
        )
        return Control(site, changing)

    async def answer_for(self, cloud: Cloud) -> None:
        """Answer for a cloud that differs in its APIs alone from now on."""
        self.gateway.change(cloud)
        if self._crew is not None:
            await self._crew.change(cloud)

    async def flush(self, stage_id: str, *, authorizers: bool = False) -> None:
        """Empty a stage's cache in every process, or that of its authorizers."""
        await self.gateway.flush(stage_id, authorizers=authorizers)
        if self._crew is not None:
            await self._crew.flush(stage_id, authorizers=authorizers)

    async def change(self, cloud: Cloud) -> None:
        """Answer for another cloud from now on."""
        await self.answer_for(cloud)
        await self._dialer.change(cloud)

    async def told(self) -> dict[str, Any]:
        """`gateway` of the status: what is counted and kept, by all processes together."""
        await self._state.look()
        crew = self._crew
        gateways = [await self.gateway.status(), *(await crew.status() if crew else ())]
        return {
            "state": self._state.link.server if self._state.link else None,
            "workers": [{"pid": pid} for pid in crew.pids] if crew else [],
            "restarts": crew.restarts if crew else 0,
            **joined(gateways),
        }

    async def measured(self) -> list[dict[str, Any]]:
        """The metrics that all processes have counted since this was last asked."""
        return [*self.gateway.metrics.take(), *(await self._crew.measured() if self._crew else ())]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with it."""
        return self._state.warnings

    async def close(self) -> None:
        """End the workers, and hang up."""
        if self._crew is not None:
            await self._crew.close()
        await self._state.close()


def _account_limit(cloud: Cloud, settings: GatewaySettings) -> Limit | None:
    """The account's throttle, where it is not AWS's own."""
    limit = settings.account_throttle
    return Limit(*limit, account_limit(cloud.region).source, cloud.region) if limit else None
