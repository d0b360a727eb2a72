"""API Gateway behind a stack's doors: every request to an API, from its arrival to its response (api-gateway §0)."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter
from typing import Any

from netful.engine.admission.judgement import Judgement, judge
from netful.engine.admission.requests import ApiRequest
from netful.engine.apis import mutual_tls
from netful.engine.apis.request_limits import is_plain
from netful.engine.authorization.callers import Caller
from netful.engine.http.gateway_errors import FORBIDDEN, Answer, without_token
from netful.engine.usage.throttles import Limit
from netful.fabric.doors.door import DoorKind
from netful.gateway.admission.authorizers import Authorizers
from netful.gateway.admission.firewalls import Firewalls
from netful.gateway.admission.usage import Usage
from netful.gateway.admission.validation import Validation
from netful.gateway.answers.access_logs import AccessLogs
from netful.gateway.answers.caching import StageCaches
from netful.gateway.answers.envelope import Envelope
from netful.gateway.answers.metrics import Metrics, Timing
from netful.gateway.answers.plans import Meaning, Plan, constant_answer, plan_of, refusal_of, remembered_key
from netful.gateway.calls import client_certificates, edge
from netful.gateway.calls.call import Call
from netful.gateway.calls.clock import Clock
from netful.gateway.calls.dates import date_of
from netful.gateway.calls.faults import Fault, refused
from netful.gateway.calls.identifiers import Identifiers, new_identifiers
from netful.gateway.calls.local_names import as_from_the_internet
from netful.gateway.calls.ports import Ports
from netful.gateway.calls.signature import access_key_of, identified, identity_of, role_of
from netful.gateway.integrations.integrate import Integrations
from netful.gateway.shared.state import State
from netful.gateway.sockets.service import SocketApis
from netful.model.apis.api import Api, Authorization, HttpApi, Protocol
from netful.model.cloud import Cloud
from netful.services.http.answer_cache import Remembered
from netful.services.http.message import Handler, Headers, Request, Response

_MEANINGS = 4096  # kept of the last requests
_CLOCK = Clock()
_MANY, _LONG, _value = 24, 4096, itemgetter(1)

_Question = tuple[DoorKind, str | None, str, str, str, str, str, str, str]
"""A door's kind and endpoint, the client's address, then of the request: method, target, Host, two headers, access key."""
_Place = tuple[str, str, str]
"""A stage, a path, a method."""


class Gateway:
    """The handler for the service `execute-api`.

    It counts and keeps in this process, unless `state` says where else; `account` is the account's limit where it
    is not AWS's. `draw` gives numbers from 0 to 1, by which requests go to canaries. Where `sockets_at` is given, it
    answers whatever is asked of WebSocket APIs.
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
    ) -> None:
        self.draw = draw
        self.integrations = Integrations(ports)
        self._clock = clock
        state = state or State.at()
        self.authorizers = Authorizers(ports, clock, state.results)
        self._firewalls = Firewalls(clock, state.rates)
        self._validation = Validation()
        self.sockets = SocketApis(self._admit, self.integrations.answer, clock)
        self._sockets_at = sockets_at
        self.logs = logs or AccessLogs(ports.call_host)
        self._envelope = Envelope(clock, self.logs)
        self._usage = Usage(state.meter, account)
        self.metrics = Metrics()
        self.caches = StageCaches(state.entries)
        self._meanings: Remembered[_Question, Meaning] = Remembered(_MEANINGS)
        self._plans: dict[_Place, Plan | None] = {}
        self.change(cloud)

    def change(self, cloud: Cloud) -> None:
        """Answer for another cloud from now on."""
        self._cloud = cloud
        self._usage.change()
        self.metrics.change()
        self.authorizers.keys.change()
        self._meanings.clear()
        self._plans.clear()

    @property
    def cloud(self) -> Cloud:
        """The cloud that it answers for."""
        return self._cloud

    async def flush(self, stage_id: str, *, authorizers: bool = False) -> None:
        """Empty a stage's cache, or that of its authorizers."""
        await (self.authorizers.flush(stage_id) if authorizers else self.caches.flush(stage_id))

    async def told(self) -> dict[str, Any]:
        """What is used and kept, for `netful status`."""
        return {**await self._usage.meter.told(self._clock.monotonic()), "caches": [*self.caches.told(self._cloud)]}

    async def handle(self, request: Request) -> Response:
        """Answer a request that came through any door."""
        answer = self.answer(request)
        return answer if isinstance(answer, Response) else await answer

    def answer(self, request: Request) -> Response | Awaitable[Response]:
        """Answer a request: on the spot, where its plan allows it."""
        question = _question(request)
        meaning = self._meanings.get(question) or self._meanings.keep(question, self._meant(request))
        return self._go(request, meaning)

    def known(self, request: Request) -> Response | Awaitable[Response] | None:
        """Answer a request like another that was answered before; None for any other, and for one that is signed."""
        question = _question(request)
        meaning = self._meanings.get(question)
        return self._go(request, meaning) if meaning is not None and not question[-1] else None

    def _go(self, request: Request, meaning: Meaning) -> Response | Awaitable[Response]:
        if self._sockets_at is not None and _of_sockets(meaning.judged.api):
            return self._sockets_at(request)
        at, first = self._clock.wall(), request.first
        names = new_identifiers(at, first.get("x-amzn-trace-id", ""))
        plan = meaning.plan
        if meaning.refusal is not None and not request.header("authorization"):
            return _finished(meaning.refusal, meaning, names, at)
        if plan is None or request.body or "cache-control" in first or _is_large(request.headers):
            return self._at_length(request, meaning, names, at)
        now = self._clock.monotonic()
        admitted = plan.admission.admit(now, at)
        if admitted is None:
            known = self._known(request, meaning, plan, names, now)
            if known is not None:
                return _finished(known, meaning, names, at, hit=not plan.constant)
        elif isinstance(admitted, Answer) and plan.throttled is not None:
            return _finished(plan.throttled, meaning, names, at)
        return self._at_length(request, meaning, names, at, _Paid(admitted))

    def _known(self, request: Request, meaning: Meaning, plan: Plan, names: Identifiers, now: float) -> Response | None:
        """The answer that is known without asking an integration."""
        if plan.constant:
            first = request.first
            known = plan.constants.get((first.get("content-type", ""), first.get("accept", "")))
            return known or constant_answer(plan, request, self._call(request, meaning, names, now))
        key = meaning.key or remembered_key(meaning, plan, self._call(request, meaning, names, now))
        return self.caches.at_once(key, now)

    def _meant(self, request: Request) -> Meaning:
        """What the engine says of a request, with the plan of its route."""
        host, there = as_from_the_internet(self._cloud, request)
        door, access_key = request.connection.door, access_key_of(request)
        method = request.header("x-http-method-override") or request.method
        question = ApiRequest(host, method, there.path, request.header("x-apigw-api-id"))
        endpoint_id = door.endpoint_id if door.kind is DoorKind.ENDPOINT else None
        role = role_of(self._cloud, access_key) if access_key else None
        identity = identity_of(self._cloud, access_key) if access_key else None
        caller = Caller(endpoint_id, request.connection.client[0], bool(access_key), role, identity)
        judged = judge(self._cloud, question, caller)
        meaning = Meaning(judged, host, method, None if there is request else there.target, judged.edge)
        meaning.tally = self.metrics.of(judged)
        if judged.stage is not None and judged.stage.canary is not None:
            meaning.canary = judge(self._cloud, replace(question, canary=True), caller)
        elif judged.web_acl is not None or (judged.domain is not None and mutual_tls.asks(judged.domain)):
            return meaning  # what is refused depends on more than the question
        elif judged.edge and self._cloud.access.client_at(caller.source_ip):
            return meaning  # nothing is answered on the spot: there may be a distance
        elif judged.refusal is not None:
            meaning.refusal = refusal_of(judged)
        elif judged.integration_refusal is None and is_plain(request.target):
            meaning.plan = self._plan(meaning)
        return meaning

    def _plan(self, meaning: Meaning) -> Plan | None:
        api, stage, route = meaning.judged.api, meaning.judged.stage, meaning.judged.route
        assert api is not None
        assert stage is not None
        assert route is not None
        place = (stage.id, route.path, route.http_method)
        if place not in self._plans:
            self._plans[place] = plan_of(api, stage, route, self._usage, self._clock.monotonic())
        return self._plans[place]

    def _call(self, request: Request, meaning: Meaning, names: Identifiers, at: float) -> Call:
        sent = None
        if meaning.method != request.method or meaning.target is not None:
            sent, request = request, request.asking(meaning.method, meaning.target or request.target)
        source_ip = request.connection.client[0]
        return Call(self._cloud, request, meaning.host, meaning.judged, names, at, source_ip, sent=sent)

    def _to_canary(self, judged: Judgement) -> bool:
        """Whether a request is one of the share that its stage's canary takes."""
        canary = judged.stage.canary if judged.stage is not None else None
        percent = canary.percent_traffic if canary is not None else None
        return isinstance(percent, float) and self.draw() * 100 < percent

    async def _at_length(
        self, request: Request, meaning: Meaning, names: Identifiers, at: float, paid: _Paid | None = None
    ) -> Response:
        began, timing = self._clock.monotonic(), Timing()
        call = self._call(request, meaning, names, at)
        if meaning.canary is not None and self._to_canary(meaning.judged):
            call = replace(call, judged=meaning.canary)
        edge_id = edge.edge_id() if meaning.edge else ""
        if meaning.edge:
            region = meaning.judged.api.region if meaning.judged.api else self._cloud.region
            client = self._cloud.access.client_at(request.connection.client[0])
            await edge.travel(client)
            call = replace(call, request=edge.through(call.request, region, edge_id, client))
        response = await self._envelope.answer(call, partial(self._answer, paid=paid, timing=timing))
        if meaning.tally is not None:
            meaning.tally.at_length(at, response.status, self._clock.monotonic() - began, timing)
        return _with_names(response, meaning, names, at, edge_id)

    async def _answer(self, call: Call, paid: _Paid | None, timing: Timing) -> Response:
        try:
            if _of_sockets(call.judged.api):
                return await self.sockets.handle(call)
            call = await self._admit(call, paid)
            if call.record is not None:
                call.record.admitted(call)
            return await self.caches.answer(call, self._clock.monotonic(), self.integrations.answer, timing)
        except Fault as fault:
            return refused(call, fault.answer, fault.why)
        finally:
            if timing.asked:
                timing.done = self._clock.monotonic()

    async def _admit(self, call: Call, paid: _Paid | None = None) -> Call:
        """The call with what is found out about its caller; raises Fault where it may not go on."""
        denied = client_certificates.denied(call)
        if denied:
            raise Fault(FORBIDDEN, denied)
        if call.judged.web_acl is not None:
            call = self._firewalls.passed(call)
        now = self._clock.monotonic()
        if call.judged.refusal is not None:
            refusal = without_token(call.judged.refusal, call.request.header("authorization"))
            if call.record is not None and call.judged.route is not None:
                call.record.went_through("authorize", now, refusal)
            raise Fault(refusal)
        if call.route.authorization_type is Authorization.AWS_IAM:
            call = self._authenticated(call, now)
        if paid is None:
            call, identifier = await self.authorizers.admit(call, now)
            if call.judged.late_refusal is not None:
                raise Fault(call.judged.late_refusal)
            call = await self._usage.admit(call, now, identifier)
        else:
            await paid.settle()
        self._validation.check(call)
        return call

    def _authenticated(self, call: Call, now: float) -> Call:
        """The call with who signed it; what allowed it was found out before."""
        record = call.record
        if record is None:
            return identified(call)
        try:
            call = identified(call)
        except Fault as fault:
            record.went_through("authenticate", now, fault.answer)
            raise
        record.went_through("authenticate", now)
        record.went_through("authorize", now)
        return call


@dataclass(frozen=True, slots=True)
class _Paid:
    """What a request takes is taken already, or was not there, or `found` will say so."""

    found: Answer | Awaitable[Answer | None] | None

    async def settle(self) -> None:
        """Wait until it is known; raises Fault where there was none."""
        refused_by = self.found if self.found is None or isinstance(self.found, Answer) else await self.found
        if refused_by is not None:
            raise Fault(refused_by)


def _of_sockets(api: Api | None) -> bool:
    return api is not None and api.protocol is Protocol.WEBSOCKET


def _is_large(headers: Headers) -> bool:
    """Whether headers may come near their limit (engine.api_limits): asked of every request, so asked roughly."""
    return len(headers) > _MANY or sum(map(len, map(_value, headers))) > _LONG


def _question(request: Request) -> _Question:
    connection, first = request.connection, request.first
    return (
        connection.door.kind,
        connection.door.endpoint_id,
        connection.client[0],
        request.method,
        request.target,
        first.get("host", ""),
        first.get("x-apigw-api-id", ""),
        first.get("x-http-method-override", ""),
        access_key_of(request) if "authorization" in first or "X-Amz-Credential" in request.target else "",
    )


def _finished(response: Response, meaning: Meaning, names: Identifiers, at: float, *, hit: bool = False) -> Response:
    """An answer that is given on the spot, counted."""
    tally = meaning.tally
    if tally is not None:
        if hit:
            tally.hit(at, response.status)
        else:
            tally.at_once(at, response.status)
    return _with_names(response, meaning, names, at)


def _with_names(response: Response, meaning: Meaning, names: Identifiers, at: float, edge_id: str = "") -> Response:
    """A response with its date and the request's ids, of which an HTTP API tells one only, and with those of the edge (§1.3)."""
    own: Headers
    if isinstance(meaning.judged.api, HttpApi):
        own = (date_of(int(at)), ("apigw-requestid", names.extended_id))
    else:
        own = (date_of(int(at)), ("x-amzn-RequestId", names.request_id), ("x-amz-apigw-id", names.extended_id))
    if meaning.edge:
        own = (*own, *edge.told(response.status, edge_id or edge.edge_id()))
    return Response(
        response.status, response.headers, response.body, (*response.own, *own), response.takes_over, response.stream
    )
