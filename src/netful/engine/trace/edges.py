"""CloudFront distributions on a path: the request that one sends to an origin for each one that it receives (newer-aws §12).

The first behaviour whose pattern matches the path decides. The origin gets the origin's own name as Host, unless the behaviour
forwards the viewer's. A cached answer, which asks no origin, is not considered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Symptom
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.iam.texts import like
from netful.engine.load_balancers.rule_conditions import HttpRequest
from netful.engine.network.packet import Journey
from netful.engine.trace.ends.destination_words import destination_of
from netful.engine.trace.ends.destinations import HostDestination
from netful.engine.trace.ends.sources import Outside, Source
from netful.engine.trace.relays import Relayed
from netful.model.cloud import Cloud
from netful.model.core.errors import QuestionError
from netful.model.core.unknown import Unknown
from netful.model.names import service_names
from netful.model.names.distributions import CacheBehavior, Distribution, DistributionOrigin
from netful.model.network.addresses import service_address

REFUSED = Symptom("http", 403)
"""The answer of a distribution that refuses a request itself."""

_SECURE_ONLY = "https-only"
_OF_VIEWERS = "match-viewer"


@dataclass(frozen=True, slots=True)
class _Asked:
    distribution: Distribution
    request: HttpRequest
    secure: bool

    @property
    def text(self) -> str:
        return f"{self.request.method or 'GET'} {self.request.host}{self.request.path}"

    def finding(self, ruling: Ruling) -> Finding:
        return Finding(HopKind.EDGE, self.text, ruling)

    def denied(self, rule: str) -> Finding:
        ruling = Ruling("deny", self.distribution.id, rule, Code.NETFUL_DISTRIBUTION_REFUSES, self.distribution.origin)
        return self.finding(ruling)

    def unknown(self, rule: str, missing: tuple[str, ...]) -> Finding:
        one = self.distribution
        return self.finding(Ruling("unknown", one.id, rule, origin=one.origin, missing=missing))


def relayed(cloud: Cloud, journey: Journey, target: HostDestination) -> tuple[tuple[Found, ...], Relayed | None] | None:
    """Return the reaction of the distribution that a request reached; None if it is not at the edge."""
    if journey.request is None or target.request is not None or not _is_at_the_edge(cloud, journey):
        return None
    distribution = next((one for one in cloud.names.distributions.values() if one.is_named(target.host)), None)
    if distribution is None:
        return (
            Assumption(f"the distribution of {target.host}, which was not loaded, has an origin that answers"),
        ), None
    asked = _Asked(distribution, journey.request, target.secure)
    if not distribution.enabled:
        return (asked.denied("is not enabled"),), None
    behavior = _behavior(distribution, journey.request.path.partition("?")[0])
    if isinstance(behavior, Unknown):
        return (asked.unknown("which behaviour matches is not known", needs(behavior, "")),), None
    if behavior.viewer_protocol_policy == _SECURE_ONLY and not asked.secure:
        return (asked.denied("accepts only HTTPS for this path"),), None
    return _to_origin(cloud, asked, behavior)


def _is_at_the_edge(cloud: Cloud, journey: Journey) -> bool:
    address = journey.legs[-1].flow.destination.address if journey.legs else None
    edge = service_address(service_names.service("cloudfront"), cloud.region)
    return address is not None and address.network_address == edge


def _behavior(distribution: Distribution, path: str) -> CacheBehavior | Unknown:
    for one in distribution.behaviors:
        if isinstance(one.pattern, Unknown):
            return one.pattern
        pattern = one.pattern if one.pattern.startswith(("/", "*")) else f"/{one.pattern}"
        if like(pattern, path):
            return one
    return Unknown("it has no behaviour", (f"the behaviours of {distribution.id}",))


def _to_origin(cloud: Cloud, asked: _Asked, behavior: CacheBehavior) -> tuple[tuple[Found, ...], Relayed | None]:
    named = behavior.target_origin_id
    first = asked.distribution.groups.get(named, named) if isinstance(named, str) else named
    origin = next((one for one in asked.distribution.origins if one.id == first and isinstance(first, str)), None)
    if origin is None:
        return (asked.unknown(f"its origin {first} is not known", needs(first, f"the origin {first}")),), None
    if origin.vpc_origin_id is not None:
        missing = (f"the way from the VPC origin {origin.vpc_origin_id}",)
        return (asked.unknown("it reaches its origin inside a VPC", missing),), None
    url = _url(asked, origin)
    if isinstance(url, Unknown):
        return (asked.unknown("its origin is not known", needs(url, "")),), None
    try:
        target, _ = destination_of(cloud, url)
    except QuestionError:
        target = None
    if not isinstance(target, HostDestination):
        return (asked.unknown(f"its origin {url} is not a host name", (url,)),), None
    sent = _sent(asked.request, behavior, origin, target)
    rule = f"asks {target.host} for {sent.path} with Host {sent.host}"
    finding = asked.finding(Ruling("allow", asked.distribution.id, rule, origin=asked.distribution.origin))
    source = Source(asked.distribution.id, outside=Outside.INTERNET, signed=False)
    return (finding, *_assumptions(asked, behavior, target)), Relayed(source, target, target, sent)


def _url(asked: _Asked, origin: DistributionOrigin) -> str | Unknown:
    secure = asked.secure if origin.protocol_policy == _OF_VIEWERS else origin.protocol_policy != "http-only"
    port = origin.https_port if secure else origin.http_port
    for value in (origin.domain_name, origin.path, port):
        if isinstance(value, Unknown):
            return value
    scheme = "https" if secure else "http"
    return f"{scheme}://{origin.domain_name}:{port}{origin.path}{asked.request.path}"


def _sent(
    request: HttpRequest, behavior: CacheBehavior, origin: DistributionOrigin, target: HostDestination
) -> HttpRequest:
    added = {name.lower(): value for name, value in origin.headers.items() if isinstance(value, str)}
    host = request.host if behavior.forwards_host else target.host
    return HttpRequest(host, target.path, request.method, added or None)


def _assumptions(asked: _Asked, behavior: CacheBehavior, target: HostDestination) -> Iterator[Assumption]:
    id_ = asked.distribution.id
    bucket = ".s3" in target.host and target.host.endswith(".amazonaws.com")
    for holds, text in (
        (behavior.forwards_host is None, f"{id_} does not forward the viewer's Host"),
        (behavior.runs, f"the functions of {id_} let the request through unchanged"),
        (behavior.is_restricted, f"the URL is signed as {id_} requires"),
        (asked.distribution.has_web_acl, f"the web ACL of {id_} lets the request through"),
        (bucket, f"the bucket at {target.host} lets {id_} read"),
    ):
        if holds:
            yield Assumption(text)
