"""Handler behind every HTTP and HTTPS door: it selects the service of each request.

`handlers` replace the back ends for some services: netful has its own Lambda and API Gateway. `known` is called first: a
request like an earlier one of API Gateway needs no second check.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from netful.engine.iam.authorization import Caller
from netful.engine.traces.tracer import Tracer
from netful.fabric.doors.door import Door
from netful.model.cloud import Cloud
from netful.model.names.service_names import service_of_host
from netful.model.steps import Step
from netful.services.backends.backend import Backends
from netful.services.front import other_regions, policy_calls, web_pages
from netful.services.front.guard import Guard
from netful.services.front.internet import balancer_elsewhere, internet_answer
from netful.services.front.reception import Reception
from netful.services.front.routing import InternetRoute, ServiceRoute, route
from netful.services.front.service_trace import ServiceTrace
from netful.services.front.signature import Signer
from netful.services.http.limits import DEFAULT_LIMITS, Limits
from netful.services.http.message import Handler, Request, Response
from netful.services.http.serving import Listening, Serving
from netful.services.tls.authority import Authority

Known = Callable[[Request], Response | Awaitable[Response] | None]
"""Answers a request that is like an earlier, admitted one; returns None for any other."""

_APIS = "execute-api"
_REFUSED = 300


class Front:
    """Server of a stack's doors.

    `become` is the way to the next cloud, after a call that set the policy of a resource.
    `calls` counts the admitted requests of each service, by its code. APIs are not included: they have their own counters.
    """

    def __init__(
        self,
        cloud: Cloud,
        authority: Authority,
        backends: Backends,
        handlers: Mapping[str, Handler] | None = None,
        limits: Limits = DEFAULT_LIMITS,
        signers: Mapping[str, Signer] | None = None,
        known: Known = lambda _request: None,
        tracer: Tracer | None = None,
        become: Callable[[Step], Awaitable[Cloud]] | None = None,
    ) -> None:
        self.calls: Counter[str] = Counter()
        self._cloud = cloud
        self._guard = Guard(cloud, {} if signers is None else signers)  # one that is empty gets callers later
        self._reception = Reception(cloud, authority, self.answer, limits)
        self._backends = backends
        self._handlers = handlers or {}
        self._known = known
        self._become = become
        self._trace = ServiceTrace(tracer, cloud.account_id) if tracer is not None else None

    def change(self, cloud: Cloud, signers: Mapping[str, Signer]) -> None:
        """Switch to another cloud."""
        self._cloud = cloud
        self._guard = Guard(cloud, signers)
        self._reception.change(cloud)

    def serving(self, door: Door, *, tls: bool) -> Serving:
        """Return the serving of connections through a door."""
        return self._reception.serving(door, tls=tls)

    async def listen(self, door: Door, sock: socket.socket, *, tls: bool) -> Listening:
        """Serve a listening socket that was opened at a door."""
        return await self._reception.listen(door, sock, tls=tls)

    def answer(self, request: Request) -> Response | Awaitable[Response]:
        """Answer a request that came through any door, at once if no wait is needed."""
        return self._known(request) or self.handle(request)

    async def handle(self, request: Request) -> Response:
        """Answer a request that came through any door."""
        found = route(self._cloud, request)
        if isinstance(found, InternetRoute):
            return balancer_elsewhere(self._cloud, request) or internet_answer(request)
        refused = web_pages.refusal(self._cloud, found, request) or self._guard.refusal(found, request)
        if refused is not None:
            return refused
        answer = await self._serve(found, request)
        return self._guard.hidden(found, request, self._guard.signer_of(request), answer)

    async def answer_role(self, caller: Caller, host: str, request: Request) -> Response:
        """Answer a request that a service of AWS makes with a role."""
        service = service_of_host(host)
        if service is None:
            return internet_answer(request)
        found = ServiceRoute(*service, host)
        refused = self._guard.denial(found, request, caller)
        return refused or self._guard.hidden(found, request, caller, await self._serve(found, request))

    async def _serve(self, found: ServiceRoute, request: Request) -> Response:
        elsewhere = other_regions.refusal(self._cloud, found, request)
        if elsewhere is not None:
            return elsewhere
        if found.service.code != _APIS:
            self.calls[found.service.code] += 1
        if self._trace is not None:
            answer = await self._trace.of(found, request, partial(self._answered, found))
        else:
            answer = await self._answered(found, request)
        if self._become is not None and answer.status < _REFUSED:
            step = policy_calls.step_of(found, request, self._cloud)
            if step is not None:
                await asyncio.shield(asyncio.ensure_future(self._become(step)))  # the client may not wait for it
        return answer

    async def _answered(self, found: ServiceRoute, request: Request) -> Response:
        handler = self._handlers.get(found.service.code)
        if handler is not None:
            answer = handler(request)
            return answer if isinstance(answer, Response) else await answer
        return await self._backends.call_host(found.host, request)
