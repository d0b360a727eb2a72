"""API Gateway behind a stack's doors: every request to an API, from its arrival to its response (api-gateway §0)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from netful.engine.api_access import Caller
from netful.engine.api_judgement import Judgement, judge
from netful.engine.api_requests import ApiRequest
from netful.fabric.door import DoorKind
from netful.gateway import edge
from netful.gateway.authorizers import Authorizers
from netful.gateway.caching import StageCaches
from netful.gateway.call import Call
from netful.gateway.clock import Clock
from netful.gateway.faults import Fault, refused
from netful.gateway.identifiers import new_identifiers
from netful.gateway.integrate import Integrations
from netful.gateway.local_names import as_from_the_internet
from netful.gateway.signature import access_key_of, role_of
from netful.gateway.usage import Usage
from netful.gateway.validation import check
from netful.model.api import HttpApi
from netful.model.cloud import Cloud
from netful.services.message import Headers, Request, Response

_JUDGEMENTS = 4096  # kept of the last requests: a client chooses paths, so their number is bounded
_CLOCK = Clock()


class Gateway:
    """The handler for the service `execute-api`."""

    def __init__(self, cloud: Cloud, integrations: Integrations, clock: Clock = _CLOCK) -> None:
        self._integrations = integrations
        self._clock = clock
        self._authorizers = Authorizers(integrations.invoke)
        self._usage = Usage()
        self._cache = StageCaches()
        self.change(cloud)

    def change(self, cloud: Cloud) -> None:
        """Answer for another cloud from now on."""
        self._cloud = cloud
        self._judged = lru_cache(_JUDGEMENTS)(_judge_in(cloud))

    async def handle(self, request: Request) -> Response:
        """Answer a request that came through any door."""
        at = self._clock.wall()
        host, request = as_from_the_internet(self._cloud, request)
        source_ip = request.connection.client[0]
        method = request.header("x-http-method-override") or request.method
        door = request.connection.door
        question = ApiRequest(host, method, request.path, request.header("x-apigw-api-id"))
        endpoint_id = door.endpoint_id if door.kind is DoorKind.ENDPOINT else None
        judged = self._judged(question, endpoint_id, source_ip, access_key_of(request))
        names = new_identifiers(at, request.header("x-amzn-trace-id"))
        if method != request.method:
            request = replace(request, method=method)
        if not judged.edge:
            call = Call(self._cloud, request, host, judged, names, at, source_ip)
            return _named(await self._answer(call), call)
        id_ = edge.edge_id()
        region = judged.api.region if judged.api else self._cloud.region
        call = Call(self._cloud, edge.through(request, region, id_), host, judged, names, at, source_ip)
        return edge.back(_named(await self._answer(call), call), id_)

    async def _answer(self, call: Call) -> Response:
        try:
            if call.judged.refusal is not None:
                raise Fault(call.judged.refusal)  # noqa: TRY301  # one way out for every refusal
            now = self._clock.monotonic()
            call, identifier = await self._authorizers.admit(call, now)
            call = self._usage.admit(call, now, identifier)
            check(call)
            return await self._cache.answer(call, now, self._integrations.answer)
        except Fault as fault:
            return refused(call, fault.answer)


def _judge_in(cloud: Cloud) -> Callable[[ApiRequest, str | None, str, str], Judgement]:
    def judged(question: ApiRequest, endpoint_id: str | None, source_ip: str, access_key: str) -> Judgement:
        role = role_of(cloud, access_key) if access_key else None
        return judge(cloud, question, Caller(endpoint_id, source_ip, bool(access_key), role))

    return judged


def _named(response: Response, call: Call) -> Response:
    """A response with the request's ids; an HTTP API tells one only (§1.3)."""
    names = call.names
    ids: Headers = (("x-amzn-RequestId", names.request_id), ("x-amz-apigw-id", names.extended_id))
    if isinstance(call.judged.api, HttpApi):
        ids = (("apigw-requestid", names.extended_id),)
    return replace(response, headers=(*response.headers, *ids))
