"""API Gateway of a stack: the gateway in the daemon, and its workers if it has several.

With one worker, the daemon itself is the worker. Several workers serve the doors, and the daemon's own gateway answers for
WebSocket APIs.
"""

import ssl
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from netful.account.apigateway.operations.operation import Site
from netful.engine.traces.tracer import Tracer
from netful.engine.usage.throttles import Limit, account_limit
from netful.functions.invocations.invocation import Invocation
from netful.gateway.calls.ports import Send
from netful.gateway.integrations.web_client import WebClient
from netful.gateway.service import Gateway
from netful.gateway.shared.state import State
from netful.gateway.workers.worker_pool import WorkerPool, joined
from netful.gateway.workers.worker_requests import WorkerRequests
from netful.gateway.workers.worker_settings import WorkerSettings
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.steps import Becomes
from netful.services.front.front import Front
from netful.services.front.reception import Listens
from netful.services.http.backend_requests import CallHost
from netful.services.http.message import Response
from netful.services.tls.authority import Authority
from netful.stack.control.settings import GatewaySettings, Settings
from netful.stack.network.gateway_dialer import GatewayDialer
from netful.stack.network.networks import Networks
from netful.stack.parts.functions import Functions
from netful.stack.parts.handler_on_demand import HandlerOnDemand
from netful.stack.running_cloud import Part

Invoke = Callable[..., Coroutine[Any, Any, Invocation]]
InvokeStreaming = Callable[..., Coroutine[Any, Any, Response]]
InvokeLater = Callable[..., None]


class StackPorts(Frozen):
    """The rest of the stack, as the gateway calls it (gateway.calls.ports)."""

    invoke: Invoke
    invoke_streaming: InvokeStreaming
    invoke_later: InvokeLater
    call_host: CallHost
    send: Send
    send_streaming: Send


class ApiGateway(Part):
    """API Gateway of one stack, from `start` to `close`. `throttled` gives the cloud with the faults that are in force."""

    def __init__(
        self,
        cloud: Cloud,
        settings: Settings,
        networks: Networks,
        authority: Authority,
        functions: Functions,
        invoke_later: InvokeLater,
        call_host: CallHost,
        changes: Becomes,
        tracer: Tracer | None = None,
    ) -> None:
        self._cloud = cloud
        self._settings = settings.gateway
        account = _account_limit(cloud, settings.gateway)
        self._dialer = GatewayDialer(networks)
        processes = self._settings.workers + (self._settings.workers > 1)
        self._state = State.at(self._settings.state, settings.name, processes)
        self._worker_settings = WorkerSettings(
            settings.name, self._settings.state, processes, authority.ca.parent, account, settings.trace_share
        )
        self._tracer = tracer
        client = WebClient(self._dialer.dial, ssl.create_default_context(cafile=str(authority.bundle)))
        self._ports = StackPorts(
            functions.invoke, functions.invoke_streaming, invoke_later, call_host, client.send, client.send_streaming
        )
        self.gateway = Gateway(cloud, self._ports, state=self._state, account=account, tracer=tracer)
        self.logs = self.gateway.logs
        integrations, authorizers = self.gateway.integrations, self.gateway.authorizers
        validation = self.gateway.validation
        site = Site(cloud, self.flush, self._state.meter, integrations, authorizers, validation, time.time, account)
        self._site = site
        self.control = HandlerOnDemand("netful.account.apigateway.service:Control", site, changes)
        self._workers: WorkerPool | None = None
        self.throttled: Callable[[Cloud], Cloud] = lambda cloud: cloud

    def porter(self, front: Front) -> Listens:
        """Return the server of the doors: the front, or workers, which forward other requests to the front."""
        if self._settings.workers == 1:
            return front
        record = self._tracer.record if self._tracer is not None else None
        requests = partial(WorkerRequests, self._ports, front.answer, self.logs, record)
        self._workers = WorkerPool(self._settings.workers, self._cloud, self._worker_settings, requests, front)
        return self._workers

    async def start(self) -> None:
        """Begin to start the workers."""
        await self._state.look()
        if self._workers is not None:
            self._workers.start()

    async def ready(self) -> None:
        """Wait until all workers serve."""
        if self._workers is not None:
            await self._workers.ready()

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Answer for another cloud, in every process."""
        self._cloud = cloud
        self._site.cloud = cloud
        throttled = self.throttled(cloud)
        self.gateway.change(throttled)
        if self._workers is not None:
            await self._workers.change(throttled)

    async def settle(self) -> None:
        """Close the connections of VPC links that are gone."""
        await self._dialer.settle(self._cloud)

    async def flush(self, stage_id: str, *, authorizers: bool = False) -> None:
        """Empty a stage's cache, or that of its authorizers, in every process."""
        await self.gateway.flush(stage_id, authorizers=authorizers)
        if self._workers is not None:
            await self._workers.flush(stage_id, authorizers=authorizers)

    async def status(self) -> dict[str, Any]:
        """Return `gateway` of the status: the counts and caches of all processes together."""
        await self._state.look()
        workers = self._workers
        gateways = [await self.gateway.status(), *(await workers.status() if workers else ())]
        return {
            "state": self._state.link.server if self._state.link else None,
            "workers": [{"pid": pid} for pid in workers.pids] if workers else [],
            "restarts": workers.restarts if workers else 0,
            **joined(gateways),
        }

    async def measured(self) -> list[dict[str, Any]]:
        """Return the metrics that all processes have counted since the last call."""
        return [*self.gateway.metrics.take(), *(await self._workers.measured() if self._workers else ())]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about the shared state."""
        return self._state.warnings

    async def close(self) -> None:
        """End the workers, and close all connections."""
        if self._workers is not None:
            await self._workers.close()
        self.gateway.apart.close()
        await self._state.close()


def _account_limit(cloud: Cloud, settings: GatewaySettings) -> Limit | None:
    """Return the account's throttle, if it is not AWS's default."""
    limit = settings.account_throttle
    return Limit(*limit, account_limit(cloud.region).source, cloud.region) if limit else None
