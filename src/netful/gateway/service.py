"""API Gateway behind a stack's doors: every request to an API, from its arrival to its response (api-gateway §0).

A request goes through the stages in AWS's order, the table in `Gateway`. The part that all requests of the same kind share is
computed once and kept as their plan: the meaning of the request, the stages that have work for it, and the short way of the
first of them, which does not wait. The plan answers a request; from the first stage on that has to wait, the long way does.
`Gateway.at_length` answers by all stages, with the same response.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from netful.engine.admission.judgement import judge
from netful.engine.admission.requests import METHOD_OVERRIDE, ApiRequest
from netful.engine.apis import routing_rules
from netful.engine.authorization import header_keys
from netful.engine.authorization.callers import Caller
from netful.engine.authorization.sessions import sessions
from netful.engine.traces.tracer import NOT_SAMPLED, Tracer
from netful.engine.usage.throttles import Limit
from netful.fabric.doors.door import DoorKind
from netful.gateway.admission.authorizers import Authorizers
from netful.gateway.admission.caller_authorization import CallerAuthorization
from netful.gateway.admission.distance import Distance
from netful.gateway.admission.firewalls import Firewalls
from netful.gateway.admission.mutual_tls import MutualTls
from netful.gateway.admission.size_limits import SizeLimits
from netful.gateway.admission.usage import Usage
from netful.gateway.admission.validation import Validation
from netful.gateway.answers.access_logs import AccessLogs
from netful.gateway.answers.call_logs import Admitted, CallLogs
from netful.gateway.answers.content_codings import ContentCodings
from netful.gateway.answers.cross_origin import CrossOrigin
from netful.gateway.answers.stage_caches import StageCaches
from netful.gateway.apart.apart import Apart
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import LATER, CallStage, Next, chained
from netful.gateway.calls.call_trace import CallTrace
from netful.gateway.calls.clock import Clock
from netful.gateway.calls.faults import answered
from netful.gateway.calls.identifiers import Identifiers, new_identifiers
from netful.gateway.calls.local_names import as_from_the_internet
from netful.gateway.calls.meaning import Meaning
from netful.gateway.calls.metrics import Metrics
from netful.gateway.calls.own_headers import with_own_headers
from netful.gateway.calls.plan import Plan, Planner
from netful.gateway.calls.ports import Ports
from netful.gateway.calls.signature import access_key_of, identity_of
from netful.gateway.integrations.integration_stage import IntegrationStage
from netful.gateway.integrations.integrations import Integrations
from netful.gateway.integrations.mapping import Mapper
from netful.gateway.shared.state import State
from netful.gateway.sockets.service import SocketApis
from netful.model.apis.api import Protocol
from netful.model.cloud import Cloud
from netful.services.http.answer_cache import Remembered
from netful.services.http.message import Handler, Request, Response

_PLANS = 4096  # plans of the last requests that are kept
_CLOCK = Clock()

_Question = tuple[DoorKind, str | None, str, str, str, str | None, str, str, str, tuple[str | None, ...], str]
"""A door's kind and endpoint, the client's address, then of the request: method, target, Host, two headers, those of routing rules, access key."""


class Gateway:
    """Handler for the service `execute-api`.

    It counts and keeps in this process, unless `state` names another place. `account` is the account's limit if it is not
    AWS's default. `draw` returns numbers from 0 to 1, by which requests go to canaries. If `sockets_at` is given, the
    gateway answers the requests to WebSocket APIs. `tracer` traces its share of the calls.
    """

    def __init__(
        self,
        cloud: Cloud,
        ports: Ports,
        clock: Clock = _CLOCK,
        state: State | None = None,
        account: Limit | None = None,
        draw: Callable[[], float] = random.random,
        logs: AccessLogs | None = None,
        sockets_at: Handler | None = None,
        tracer: Tracer | None = None,
    ) -> None:
        self.draw = draw
        self._tracer = tracer
        self._clock = clock
        self._sockets_at = sockets_at
        state = state or State.at()
        self.metrics = Metrics()
        self.logs = logs or AccessLogs(ports.call_host)
        self.apart = Apart()
        self.authorizers = Authorizers(ports, clock, state.results, self.apart.run)
        self.integrations = Integrations(ports, Mapper(self.apart.run))
        self.validation = Validation(self.apart.run)
        self.sockets = SocketApis(self._admit, self.integrations.answer, clock)
        self.caches = StageCaches(state.entries, self.metrics, clock)
        self._usage = Usage(state.meter, clock, account)
        self._admission: tuple[CallStage, ...] = (
            Firewalls(clock, state.rates),
            CallerAuthorization(self.authorizers, clock),
            self._usage,
            self.validation,
        )
        self._stages: tuple[CallStage, ...] = (
            Distance(),
            CallLogs(clock, self.logs),
            MutualTls(),
            SizeLimits(),
            ContentCodings(),
            CrossOrigin(),
            self.sockets,
            *self._admission,
            Admitted(),
            self.caches,
            IntegrationStage(self.integrations, self.metrics, clock),
        )
        self._planner = Planner(self._stages)
        self._plans: Remembered[_Question, Plan] = Remembered(_PLANS)
        self.change(cloud)

    def change(self, cloud: Cloud) -> None:
        """Answer for another cloud from now on."""
        self._cloud = cloud
        self._usage.change()
        self.metrics.change()
        self.authorizers.keys.change()
        self._asked_headers = (*routing_rules.headers_asked(cloud), *header_keys.headers_asked(cloud))
        self._second = int(self._clock.wall()) if header_keys.is_time_asked(cloud) else None
        self._plans = Remembered(_PLANS)

    @property
    def cloud(self) -> Cloud:
        """The current cloud."""
        return self._cloud

    async def flush(self, stage_id: str, *, authorizers: bool = False) -> None:
        """Empty a stage's cache, or that of its authorizers."""
        await (self.authorizers.flush(stage_id) if authorizers else self.caches.flush(stage_id))

    async def status(self) -> dict[str, Any]:
        """Return the use of buckets, quotas and caches, for `netful status`: of what the cloud has, not of what it had."""
        found, apis = await self._usage.meter.status(self._clock.monotonic()), self._cloud.apis
        named = {self._cloud.region, *apis.usage_plans, *apis.stages}
        return {
            **found,
            "buckets": [one for one in found["buckets"] if one["of"].partition(" ")[0] in named],
            "quotas": [one for one in found["quotas"] if one["usage_plan"] in named],
            "caches": [*self.caches.status(self._cloud)],
        }

    async def handle(self, request: Request) -> Response:
        """Answer a request that came through any door."""
        response = self.answer(request)
        return response if isinstance(response, Response) else await response

    def answer(self, request: Request) -> Response | Awaitable[Response]:
        """Answer a request: without waiting, if its plan allows it."""
        self._forget_last_second()
        question = self._question(request)
        return self._answer(request, self._plans.get(question) or self._plans.keep(question, self._plan(request)))

    def known(self, request: Request) -> Response | Awaitable[Response] | None:
        """Answer a request like another that was answered before; return None for any other, and for a signed one."""
        self._forget_last_second()
        kept = request.kept
        if kept is not None and kept[0] is self._plans:
            return self._answer(request, kept[1])
        question = self._question(request)
        plan = self._plans.get(question)
        if plan is None or question[-1]:
            return None
        request.kept = self._plans, plan
        return self._answer(request, plan)

    async def at_length(self, request: Request) -> Response:
        """Answer a request by all stages, whatever the plan of others like it."""
        plan = self._drawn(self._plan(request))
        return await self._at_length(request, plan, self._planner.ways(self._stages)[0], self._clock.wall())

    def _forget_last_second(self) -> None:
        """Forget the plans of an earlier second if policies look at the time."""
        if self._second is not None and self._second != (second := int(self._clock.wall())):
            self._second, self._plans = second, Remembered(_PLANS)

    def _answer(self, request: Request, plan: Plan) -> Response | Awaitable[Response]:
        if self._sockets_at is not None and _of_sockets(plan):
            return self._sockets_at(request)
        if plan.canary is not None:
            plan = self._drawn(plan)
        trace = None
        if self._tracer is not None and self._tracer.samples(request.header("x-amzn-trace-id")):
            trace = CallTrace(self._tracer, plan.meaning, request)
        at, now, place = self._clock.wall(), self._clock.monotonic(), 0
        for step in plan.at_once:
            response = step(request, now, at)
            if response is LATER:
                break
            if response is not None:
                if plan.tally is not None:
                    plan.tally.at_once(at, response.status)
                names = new_identifiers(at)
                response = with_own_headers(response, plan.meaning, names, at)
                return response if trace is None else trace.end(response, names)
            place += 1
        if trace is not None:
            return self._traced(trace, request, plan, place, at)
        return self._at_length(request, plan, plan.rest[place], at)

    def _at_length(self, request: Request, plan: Plan, way: Next, at: float) -> Awaitable[Response]:
        sampled = NOT_SAMPLED if self._tracer is not None else ""
        names = new_identifiers(at, request.header("x-amzn-trace-id"), sampled)
        return self._named(request, plan, way, names, at)

    async def _traced(self, trace: CallTrace, request: Request, plan: Plan, place: int, at: float) -> Response:
        """Answer a request by the stages from a place on, and record how long each takes."""
        names = new_identifiers(at, trace.onward)
        return trace.end(await self._named(request, plan, trace.way(plan.stages[place:]), names, at), names)

    async def _named(self, request: Request, plan: Plan, way: Next, names: Identifiers, at: float) -> Response:
        began = self._clock.monotonic()
        response = await answered(plan.meaning.call(request, names, at), way)
        if plan.tally is not None:
            plan.tally.at_length(at, response.status, self._clock.monotonic() - began)
        return with_own_headers(response, plan.meaning, names, at)

    def _admit(self, call: Call, last: Next) -> Awaitable[Response]:
        """Let a call of a WebSocket API go on to what answers it; raises Fault."""
        return chained(self._admission, last)(call)

    def _drawn(self, plan: Plan) -> Plan:
        """Return the plan of a request, or that of the canary for its share of them."""
        stage = plan.meaning.judged.stage
        canary = stage.canary if stage is not None else None
        percent = canary.percent_traffic if canary is not None else None
        share = isinstance(percent, float) and self.draw() * 100 < percent
        return plan.canary if plan.canary is not None and share else plan

    def _plan(self, request: Request) -> Plan:
        """Return the plan of all requests that are like one."""
        host, there = as_from_the_internet(self._cloud, request)
        door, access_key = request.connection.door, access_key_of(request)
        method = request.header(METHOD_OVERRIDE) or request.method
        headers = tuple((name, request.header(name)) for name in self._asked_headers if name in request.first)
        question = ApiRequest(
            host,
            method,
            there.path,
            request.header("x-apigw-api-id"),
            headers=headers,
            whole=True,
            server_name=request.connection.sni or "",
        )
        endpoint_id = door.endpoint_id if door.kind is DoorKind.ENDPOINT else None
        session = sessions(self._cloud).get(access_key) if access_key else None
        identity = identity_of(self._cloud, access_key) if access_key else None
        client, at = request.connection.client[0], self._clock.wall()
        caller = Caller(endpoint_id, client, bool(access_key), session, identity, at=at)
        judged = judge(self._cloud, question, caller)
        as_sent = there is request and method == request.method
        meaning = Meaning(self._cloud, judged, host, method, there.target, caller.source_ip, as_sent, judged.edge)
        canary = None
        if judged.stage is not None and judged.stage.canary is not None:
            as_canary = replace(meaning, judged=judge(self._cloud, replace(question, canary=True), caller))
            canary = self._planner.plan(as_canary, self.metrics.of(judged))
        return self._planner.plan(meaning, self.metrics.of(judged), canary)

    def _question(self, request: Request) -> _Question:
        """Return what the plan of a request depends on."""
        connection, first = request.connection, request.first
        return (
            connection.door.kind,
            connection.door.endpoint_id,
            connection.client[0],
            request.method,
            request.target,
            connection.sni,
            first.get("host", ""),
            first.get("x-apigw-api-id", ""),
            first.get(METHOD_OVERRIDE, ""),
            tuple(map(first.get, self._asked_headers)),
            access_key_of(request) if "authorization" in first or "X-Amz-Credential" in request.target else "",
        )


def _of_sockets(plan: Plan) -> bool:
    api = plan.meaning.judged.api
    return api is not None and api.protocol is Protocol.WEBSOCKET
