"""CloudFront distributions on a path: the requests that one sends to its origins for each one that it receives (newer-aws §12).

In order: its web ACL, its own answer (`engine.distributions`), the origins of the behaviour. Of a group, the next origin is asked if
the one before fails. A cached answer, which asks no origin, is not considered.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from netful.engine.authorization.authorizers import identity_headers
from netful.engine.distributions import behaviors, failover, origin_access, origin_requests, vpc_origins
from netful.engine.distributions.behaviors import Viewing
from netful.engine.distributions.edge_answers import EdgeAnswer
from netful.engine.distributions.origin_requests import OriginAddress
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found
from netful.engine.flows.flow import Ports, network_of
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Symptom
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.http.http_request import HttpRequest
from netful.engine.names import hosted_zones
from netful.engine.network.packet import Journey
from netful.engine.trace.ends.destination_words import destination_of, without_tls
from netful.engine.trace.ends.destinations import HostDestination, InterfaceDestination, Service
from netful.engine.trace.ends.sources import Outside, Source
from netful.engine.trace.relays.forwarding_hosts import Relayed
from netful.engine.waf.ruling import on_path
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, QuestionError, Unknown, known_in
from netful.model.names import service_names
from netful.model.names.distributions import (
    CacheBehavior,
    CustomErrorResponse,
    Distribution,
    DistributionOrigin,
    OriginGroup,
    VpcOrigin,
)
from netful.model.network.addresses import EDGE_CLIENT, service_address


class OriginWay(Frozen):
    """One way to an origin: what the distribution does, and the request that it sends, if it sends one."""

    found: tuple[Found, ...]
    relayed: Relayed | None = None


class EdgeVisit(Frozen):
    """The reaction of a distribution: findings of its own, and the ways to each of the origins of a group, in the order in which it asks them.

    `doubt` is found where the group's statuses that are not known decide whether it asks the next one.
    """

    found: tuple[Found, ...]
    origins: tuple[tuple[OriginWay, ...], ...] = ()
    group: OriginGroup = OriginGroup(())
    errors: Mapping[int, CustomErrorResponse] | None = None
    doubt: Finding | None = None

    def seen(self, symptom: Symptom) -> Symptom:
        """Return what the viewer sees of an error: the distribution's own page, if it has one."""
        page = (self.errors or {}).get(symptom.status or 0)
        return Symptom("http", page.status) if page is not None and page.path and page.status else symptom


class _Asked(Frozen):
    distribution: Distribution
    request: HttpRequest
    secure: bool
    journey: Journey

    @property
    def path(self) -> str:
        return behaviors.rooted(self.distribution, self.request.path.partition("?")[0])

    @property
    def query(self) -> str:
        return self.request.path.partition("?")[2]

    def finding(self, ruling: Ruling) -> Finding:
        asks = f"{self.request.method or 'GET'} {self.request.host}{self.request.path}"
        return Finding(HopKind.EDGE, asks, ruling)

    def allowed(self, rule: str) -> Finding:
        return self.finding(Ruling("allow", self.distribution.id, rule, origin=self.distribution.origin))

    def denied(self, rule: str, code: Code = Code.NETFUL_DISTRIBUTION_REFUSES, remedy: str = "") -> Finding:
        one = self.distribution
        return self.finding(Ruling("deny", one.id, rule, code, one.origin, remedy=remedy))

    def unknown(self, rule: str, missing: tuple[str, ...]) -> Finding:
        one = self.distribution
        return self.finding(Ruling("unknown", one.id, rule, origin=one.origin, missing=missing))


def visited(cloud: Cloud, journey: Journey, target: HostDestination) -> EdgeVisit | None:
    """Return the reaction of the distribution that a request reached; None if it is not at the edge."""
    if journey.request is None or not _is_at_the_edge(cloud, journey):
        return None
    distribution = behaviors.named(cloud, target.host)
    if distribution is None and target.request is not None:
        return None  # an edge-optimized API
    if distribution is None:
        return EdgeVisit((_unnamed(cloud, target.host, journey.request, journey),))
    asked = _Asked(distribution, journey.request, target.secure, journey)
    filtered = tuple(_of_web_acl(cloud, asked))
    behavior = behaviors.behavior_for(distribution, asked.path)
    if isinstance(behavior, Unknown):
        return EdgeVisit(
            (*filtered, asked.unknown("which behaviour matches is not known", needs(behavior, ""))),
            errors=distribution.errors,
        )
    viewing = Viewing(target.host, asked.request.path, asked.secure, asked.request.method)
    own = behaviors.own_answer(distribution, behavior, viewing)
    if own is not None and not own.location:
        return EdgeVisit((*filtered, asked.denied(_words(own))), errors=distribution.errors)
    if own is not None:
        return EdgeVisit(
            (*filtered, asked.allowed(f"answers by itself: {own.status} to {own.location}")), errors=distribution.errors
        )
    group = origin_requests.group_of(distribution, behavior)
    members = failover.members(group, asked.request.method)
    origins = tuple(tuple(_ways(cloud, asked, behavior, member)) for member in members)
    rule = "on which statuses it asks the next origin of the group is not known"
    doubt = asked.unknown(rule, needs(group.unknown_status, "")) if group.unknown_status else None
    return EdgeVisit(filtered, origins, group, distribution.errors, doubt)


def _unnamed(cloud: Cloud, host: str, request: HttpRequest, journey: Journey) -> Found:
    """Return what CloudFront does with a host that no loaded distribution has as a name. A record may still lead to one."""
    named = (behaviors.named(cloud, target) for target in hosted_zones.targets(cloud, host) if isinstance(target, str))
    led_to = next((one for one in named if one is not None), None)
    if led_to is None:
        return Assumption(f"the distribution of {host}, which was not loaded, has an origin that answers")
    asked = _Asked(led_to, request, secure=True, journey=journey)
    unknown = next((one for one in led_to.aliases if isinstance(one, Unknown)), None)
    if unknown is not None:
        return asked.unknown(f"whether {host} is one of its aliases is not known", needs(unknown, ""))
    remedy = f"add `{host}` to the aliases of `{led_to.id}`"
    return asked.denied(f"it has no alias {host}, and CloudFront finds distributions by their names", remedy=remedy)


def _words(answer: EdgeAnswer) -> str:
    return {
        behaviors.NOT_ENABLED: "is not enabled",
        behaviors.INSECURE: "accepts only HTTPS for this path",
        behaviors.METHOD_REFUSED: "does not accept this method for this path",
    }[answer]


def _is_at_the_edge(cloud: Cloud, journey: Journey) -> bool:
    address = journey.flow.destination.address if journey.flow else None
    edge = service_address(service_names.service("cloudfront"), cloud.region)
    return address is not None and address.network_address == edge


def _of_web_acl(cloud: Cloud, asked: _Asked) -> Iterator[Found]:
    named = asked.distribution.web_acl
    if named is None:
        return
    acl = known_in(cloud.access.web_acls, named)
    if acl is None:
        yield Assumption(f"the web ACL of {asked.distribution.id} lets the request through")
        return
    yield on_path(cloud, acl, asked.request, asked.journey.legs[0].flow.source.address)


def _ways(cloud: Cloud, asked: _Asked, behavior: CacheBehavior, member: Maybe[str]) -> Iterator[OriginWay]:
    """Yield the ways to one origin: of a VPC origin, one from each of its interfaces."""
    origin = next((one for one in asked.distribution.origins if one.id == member and isinstance(member, str)), None)
    if origin is None:
        yield OriginWay((asked.unknown(f"its origin {member} is not known", needs(member, f"the origin {member}")),))
        return
    named = origin.vpc_origin_id
    vpc_origin = known_in(cloud.names.vpc_origins, named) if named is not None else None
    if named is not None and vpc_origin is None:
        missing = (f"the VPC origin {named}",)
        yield OriginWay((asked.unknown("it reaches its origin inside a VPC", missing),))
        return
    address = origin_requests.address_of(origin, vpc_origin, secure=asked.secure)
    if isinstance(address, Unknown):
        yield OriginWay((asked.unknown("its origin is not known", needs(address, "")),))
    elif vpc_origin is not None:
        yield from _into_vpc(cloud, asked, behavior, origin, vpc_origin, address)
    else:
        yield _to_host(cloud, asked, behavior, origin, address)


def _to_host(
    cloud: Cloud, asked: _Asked, behavior: CacheBehavior, origin: DistributionOrigin, address: OriginAddress
) -> OriginWay:
    sent = _sent(cloud, asked, behavior, origin, address)
    url = f"{'https' if address.secure else 'http'}://{address.host}:{address.port}{sent.path}"
    try:
        target, _ = destination_of(cloud, url)
    except QuestionError:
        target = None
    if not isinstance(target, HostDestination):
        return OriginWay((asked.unknown(f"its origin {url} is not a host name", (url,)),))
    finding = asked.allowed(f"asks {target.host} for {sent.path} with Host {sent.host}")
    source = Source(asked.distribution.id, outside=Outside.INTERNET, signed=False, address=network_of(EDGE_CLIENT))
    found: tuple[Found, ...] = (
        finding,
        *_assumptions(asked, behavior),
        *map(Assumption, without_tls(cloud, target)),
        *_access(cloud, asked, origin, target.host, _named_by_functions(sent) if behavior.runs else sent),
    )
    return OriginWay(found, Relayed(source, target, target, sent))


def _into_vpc(
    cloud: Cloud,
    asked: _Asked,
    behavior: CacheBehavior,
    origin: DistributionOrigin,
    vpc_origin: VpcOrigin,
    address: OriginAddress,
) -> Iterator[OriginWay]:
    targets = vpc_origins.targets(cloud, vpc_origin, address.port)
    callers = vpc_origins.callers(cloud, vpc_origin)
    if not targets or not callers:
        missing = needs(vpc_origin.arn, f"the subnets of {vpc_origin.arn}")
        yield OriginWay((asked.unknown(f"what {vpc_origin.id} reaches is not known", missing),))
        return
    sent = _sent(cloud, asked, behavior, origin, address)
    service = Service(ports=Ports(address.port, address.port))
    host = HostDestination(address.host, service, address.host, path=sent.path, secure=address.secure)
    name = str(vpc_origin.arn)
    finding = asked.allowed(f"asks {name} by {vpc_origin.id} for {sent.path} with Host {sent.host}")
    flow = asked.journey.legs[-1].flow
    for caller in callers:
        found: tuple[Found, ...] = (finding, *_assumptions(asked, behavior), *vpc_origins.refusals(cloud, caller, flow))
        source = Source(asked.distribution.id, caller, signed=False)
        yield OriginWay(found, Relayed(source, InterfaceDestination(name, targets, service), host, sent))


def _sent(
    cloud: Cloud, asked: _Asked, behavior: CacheBehavior, origin: DistributionOrigin, address: OriginAddress
) -> HttpRequest:
    request, method = asked.request, asked.request.method or "GET"
    seen = origin_requests.forwarded_headers(behavior, method, (*(request.headers or {}).items(),))
    headers = {name.lower(): value for name, value in origin_requests.with_own(origin, seen)}
    query = origin_requests.forwarded_query(behavior, asked.query)
    host = request.host if origin_requests.forwards_host(behavior) else address.host
    names = {*_judged(cloud)}
    return HttpRequest(
        host,
        f"{address.path}{asked.path}" + (f"?{query}" if query else ""),
        request.method,
        headers if request.headers or origin.headers else None,
        withheld=frozenset(name for name in names if origin_requests.withholds(behavior, origin, method, name)),
        unknown={name.lower(): value for name, value in origin.headers.items() if isinstance(value, Unknown)},
        whole=request.headers is not None and request.whole,
    )


def _judged(cloud: Cloud) -> Iterator[str]:
    """Yield the headers, in lower case, by which APIs and load balancers judge a request."""
    yield from ("authorization", "x-api-key")
    for api in cloud.apis.by_id.values():
        for authorizer in api.authorizers.values():
            yield from identity_headers(authorizer)
    for rule in cloud.balancing.listener_rules.values():
        yield from (one.name.lower() for one in rule.conditions if one.field == "http-header")


def _named_by_functions(sent: HttpRequest) -> HttpRequest:
    """Return a request as functions may change it: usually they name an object where a viewer asks for the root."""
    return replace(sent, path=f"{sent.path}index.html") if sent.path in ("", "/") else sent


def _access(cloud: Cloud, asked: _Asked, origin: DistributionOrigin, host: str, sent: HttpRequest) -> Iterator[Found]:
    path, method = sent.path.partition("?")[0], sent.method or "GET"
    found = origin_access.judge(cloud, asked.distribution, origin, host, path, method)
    if found is not None and found.admitted is None:
        yield Assumption(found.rule)
    elif found is not None and found.admitted:
        yield asked.allowed(found.rule)
        yield from map(Assumption, found.assumptions)
    elif found is not None:
        yield asked.denied(found.rule, Code.NETFUL_ORIGIN_ACCESS_DENIED, found.remedy)


def _assumptions(asked: _Asked, behavior: CacheBehavior) -> Iterator[Assumption]:
    id_ = asked.distribution.id
    unsure = origin_requests.forwards_host(behavior) is None
    for holds, text in (
        (unsure, f"{id_} does not forward the viewer's Host"),
        (behavior.runs, f"the functions of {id_} let the request through unchanged"),
        (behavior.is_restricted, f"the URL is signed as {id_} requires"),
    ):
        if holds:
            yield Assumption(text)
