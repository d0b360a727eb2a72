"""Calls of distributions to their origins: what they send, with CloudFront's own headers and its signature.

A refused connection and a name without an address are 502, silence is 504. Of a group, the next origin is asked as `failover` has it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

from netful.engine.distributions import failover, origin_access, origin_requests, vpc_origins
from netful.engine.distributions.edge_answers import NO_ANSWER, UNREACHABLE, UNRESOLVED, EdgeAnswer
from netful.engine.distributions.origin_requests import OriginAddress
from netful.engine.distributions.vpc_origins import VpcOriginEnd
from netful.engine.http.headers import Headers, has, without
from netful.engine.integrations.web_requests import WebRequest
from netful.engine.trace import certificates
from netful.gateway.calls import edge
from netful.gateway.integrations.web_connection import UnreachableError
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown, known_in
from netful.model.names.distributions import CacheBehavior, Distribution, DistributionOrigin
from netful.services.front.signature import Signer, signed
from netful.services.http.message import Request, Response

Reach: TypeAlias = Callable[[WebRequest, VpcOriginEnd | None], Awaitable[Response]]
"""Send a request to an origin on the internet, or by an interface in a VPC; raises UnreachableError."""

_UNCERTIFIED = "aws.invalid"  # no public authority certifies a name of AWS, and this one matches no name (RFC 6761)
_UNKNOWN = EdgeAnswer(502, "The origin of this distribution is not known to netful.")


class Visit(Frozen):
    """A viewer's request at a distribution. `path` is that for the origin, without its own path."""

    cloud: Cloud
    distribution: Distribution
    behavior: CacheBehavior
    request: Request
    host: str
    path: str
    secure: bool
    id: str


class OriginCalls:
    """Calls to origins. `signers` are the keys of the distributions that sign, by key id."""

    def __init__(self, reach: Reach, signers: Callable[[Cloud], Mapping[str, Signer]]) -> None:
        self._reach = reach
        self._signers = signers

    async def ask(self, visit: Visit) -> Response | EdgeAnswer:
        """Return the answer of the first origin that does not fail, else that of the last one."""
        group = origin_requests.group_of(visit.distribution, visit.behavior)
        answer: Response | EdgeAnswer = _UNKNOWN
        for member in failover.members(group, visit.request.method):
            answer = await self._ask(visit, member)
            if failover.goes_on(group, answer.status, answered=isinstance(answer, Response)) is not True:
                break
        return answer

    async def _ask(self, visit: Visit, member: Maybe[str]) -> Response | EdgeAnswer:
        origin = next((one for one in visit.distribution.origins if one.id == member), None)
        named = origin.vpc_origin_id if origin is not None else None
        vpc_origin = known_in(visit.cloud.names.vpc_origins, named) if named is not None else None
        if origin is None or (named is not None and vpc_origin is None):
            return _UNKNOWN
        address = origin_requests.address_of(origin, vpc_origin, secure=visit.secure)
        if isinstance(address, Unknown):
            return _UNKNOWN
        end = None
        if vpc_origin is not None:
            end = next(vpc_origins.ends(visit.cloud, vpc_origin, address.port), None)
            if end is None:
                return _UNKNOWN
            if vpc_origins.is_cut_off(visit.cloud, end.interface):
                return NO_ANSWER
        try:
            return await self._reach(self._request(visit, origin, address), end)
        except UnreachableError as fault:
            return NO_ANSWER if fault.timed_out else UNRESOLVED if fault.misconfigured else UNREACHABLE

    def _request(self, visit: Visit, origin: DistributionOrigin, address: OriginAddress) -> WebRequest:
        request, behavior = visit.request, visit.behavior
        query = origin_requests.forwarded_query(behavior, request.query)
        target = f"{address.path}{visit.path}" + (f"?{query}" if query else "")
        host = visit.host if origin_requests.forwards_host(behavior) else address.authority
        seen, own = origin_requests.forwarded_headers(behavior, request.method, request.headers), _own(visit)
        headers = origin_requests.with_own(origin, without(seen, *(name.lower() for name, _ in own)), own)
        headers = self._signed(visit, origin, address, replace(request, headers=(("Host", host), *headers)), target)
        return WebRequest(
            request.method,
            address.host,
            address.port,
            target,
            tuple((name, value) for name, value in headers if name != "Host"),
            request.body,
            host,
            address.secure,
            _checked_name(visit, address) if address.secure else "",
        )

    def _signed(
        self, visit: Visit, origin: DistributionOrigin, address: OriginAddress, request: Request, target: str
    ) -> Headers:
        access = origin_access.is_signed(origin, has_authorization=has(request.headers, "authorization"))
        service = origin_access.service_of(address.host)
        if access is None or service is None:
            return request.headers
        arn = origin_access.caller_of(visit.cloud, visit.distribution, access).arn
        key, signer = next(one for one in self._signers(visit.cloud).items() if one[1].caller.arn == arn)
        sent = signed(
            request.asking(request.method, target), key, signer, service, visit.cloud.region, datetime.now(UTC)
        )
        return sent.headers


def _checked_name(visit: Visit, address: OriginAddress) -> str:
    """Return the name that the origin's certificate must have: its own, or the viewer's Host if that is sent and certified."""
    balancing, forwards_host = visit.cloud.balancing, origin_requests.forwards_host(visit.behavior)
    balancer = next((one for one in balancing.load_balancers.values() if one.is_named(address.host)), None)
    listeners = balancing.listeners_of(balancer.id) if balancer is not None else ()
    names = [
        name for one in listeners if one.port == address.port for name in certificates.of_listener(visit.cloud, one)
    ]
    if forwards_host and any(certificates.covers(name, visit.host) for name in names):
        return visit.host
    return address.host if balancer is None or names or forwards_host else _UNCERTIFIED


def _own(visit: Visit) -> Headers:
    """Return the headers that CloudFront adds: the addresses on the way, its own id, and what describes the viewer."""
    request, viewer = visit.request, visit.request.connection.client[0]
    passed = request.header("x-forwarded-for")
    via = f"{request.version} {visit.distribution.domain_name} (CloudFront)"
    before = request.header("via")
    described = edge.description(visit.cloud.access.client_at(viewer), secure=visit.secure)
    return (
        *(one for one in described if origin_requests.describes(visit.behavior, one[0].lower())),
        ("X-Forwarded-For", f"{passed}, {viewer}" if passed else viewer),
        ("Via", f"{before}, {via}" if before else via),
        ("X-Amz-Cf-Id", visit.id),
    )
