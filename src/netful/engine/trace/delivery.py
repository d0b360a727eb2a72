"""Delivery of a request: the place that its packets reach, and the effect there.

| packets reach | then |
|---|---|
| an execute-api endpoint, or the public front of API Gateway | API Gateway judges the request in its current form (`api_trace`) |
| a CloudFront distribution | it asks an origin (`edges`) |
| an RDS Proxy | it opens a connection to its database (`database_proxies`) |
| a host that forwards requests (`host_rewrites`) | the host sends a request of its own, which is followed in the same way |
| a function URL or a bucket outside every VPC | the service judges the Host and the caller (`hosted_services`) |
| another endpoint | its policy is evaluated if the question names an action (`endpoint_policies`) |

Load balancers and hosts may change the request on the way: `Journey.request` is its current form. If a forwarded request
is blocked, the host that forwarded it responds to the client: 502 if a name was not found or a certificate is wrong, else 504.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import takewhile

from netful.engine.admission.requests import METHOD_OVERRIDE, ApiRequest
from netful.engine.distributions import failover
from netful.engine.filters.network_firewalls import APPLICATIONS, Asked
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Symptom
from netful.engine.flows.ruling import Ruling
from netful.engine.flows.trail import Trail
from netful.engine.http.http_request import HttpRequest
from netful.engine.load_balancers import error_pages
from netful.engine.network.packet import Journey
from netful.engine.network.walk import Walk, walk_back
from netful.engine.trace import (
    api_fronts,
    certificates,
    dns_queries,
    hosted_services,
    plain_text,
    self_connection,
)
from netful.engine.trace.apis import api_trace
from netful.engine.trace.departure import flow_of, set_out
from netful.engine.trace.ends.destination_ends import DestinationEnd, Reachable, ends_of
from netful.engine.trace.ends.destinations import HostDestination, Service
from netful.engine.trace.ends.sources import Source
from netful.engine.trace.policies import caller_roles, endpoint_policies, resource_denials
from netful.engine.trace.policies.service_requests import requested
from netful.engine.trace.relays import database_proxies, edges, forwarding_hosts
from netful.engine.trace.relays.edges import EdgeVisit, OriginWay
from netful.engine.waf.ruling import FILTERED
from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown
from netful.model.network.network_firewall import Application
from netful.model.network.protocols import TCP

_API_ID = "x-apigw-api-id"
_BAD_REQUEST = Symptom("http", 400)
_REFUSED, _NO_CONNECTION, _NO_ANSWER = Symptom("http", 403), Symptom("http", 502), Symptom("http", 504)


class Sending(Frozen):
    """Packets to one end; `asked` is the host destination of the question, None if the question names no host."""

    source: Source
    goal: DestinationEnd
    service: Service
    asked: HostDestination | None
    request: HttpRequest | None


@dataclass(slots=True)
class Delivery:
    """Walks of a request: first the client's, then those of the hosts that forwarded it.

    `answers` maps each denying hop to the client's symptom; `symptom` is the client's symptom if no hop denies.
    """

    walks: tuple[Walk, ...]
    answers: dict[int, Symptom]
    symptom: Symptom = Symptom()  # noqa: RUF009 (Symptom is frozen)

    @property
    def trail(self) -> Trail:
        """Hops of the complete way out."""
        return self.walks[-1].trail

    @property
    def seen_as(self) -> str:
        """Source as the last end sees it, after every translation; "" if it is not known."""
        flow = self.walks[-1].journey.flow
        return str(flow.source) if flow is not None and flow.source.address is not None else ""

    def walk_back(self, back: Trail) -> None:
        """Walk the return path, and record the client's symptom for hops behind hosts that forwarded its request."""
        for walk in reversed(self.walks):
            before = len(back.hops)
            walk_back(walk.cloud, walk.journey.legs, back)
            if walk is not self.walks[0] and walk.journey.request is not None:
                self.answers.update({hop.n: _NO_ANSWER for hop in back.hops[before:] if hop.verdict == "deny"})
        self._lose_resets()

    def _lose_resets(self) -> None:
        """Record the symptom of firewalls' resets that are lost after the client's packets were translated on their way there.

        What loses the first firewall's reset also loses those of the firewalls behind it. One that is sent after the handshake is the
        symptom only if nothing else stops the handshake.
        """
        walk = self.walks[0]
        rejecting = [hop for hop in self.trail.hops if hop.code is Code.NETFUL_FIREWALL_REJECTS]
        if not rejecting:
            return
        later = {one.firewall_id for leg in walk.journey.legs for one in leg.inspected if one.reset_later}
        self.answers.update({hop.n: Symptom("refused") for hop in rejecting if hop.component in later})
        before = [*takewhile(lambda leg: rejecting[0].component not in {one.firewall_id for one in leg.inspected},
                             walk.journey.legs)]  # fmt: skip
        way = Trail()
        walk_back(walk.cloud, before, way)
        if any(hop.verdict == "deny" for hop in way.hops):
            self.answers.update({hop.n: Symptom("timeout") for hop in rejecting})

    def refusals(self) -> tuple[int, int]:
        """Count the denying and the unknown hops, there and back."""
        back = Trail(every=self.trail.every)
        for walk in reversed(self.walks):
            walk_back(walk.cloud, walk.journey.legs, back)
        return self.trail.refusals(back)


def deliver(cloud: Cloud, source: Source, target: Reachable, goal: DestinationEnd) -> Delivery:
    """Send the packets or the request of a question to one end of its target, and follow them."""
    asked = target if isinstance(target, HostDestination) else None
    request = first_request(asked) if asked is not None else None
    return _follow(Walk(cloud, Journey(), Trail()), Sending(source, goal, target.service, asked, request))


def first_request(target: HostDestination) -> HttpRequest | None:
    """Return the request as the client sends it; None if the question is about a name or a port only."""
    if target.path:
        headers = dict(target.headers)
        return HttpRequest(headers.pop("host", target.host), target.path, target.method or None, headers or None)
    if target.request is not None and target.request.path:
        asked = target.request
        path = asked.path + (f"?{asked.query}" if asked.query else "")
        return HttpRequest(asked.host, path, asked.method, dict(asked.headers) or None)
    return None


def _request_in_clear(target: HostDestination) -> Asked | None:
    """Return what network firewalls see of a request to a host; None if its protocol is not known."""
    by_port = APPLICATIONS.get(target.service.ports.first) if target.service.protocol == TCP else None
    application = Application.TLS if target.secure else Application.HTTP if target.path else by_port
    name = dict(target.headers).get("host", target.host) if application is Application.HTTP else target.host
    return Asked(application, name) if application is not None else None


def _speaks_tls(target: HostDestination) -> bool | None:
    """Return whether the client of a URL speaks TLS; None if the question names a port only."""
    return target.secure or (False if target.path else None)


def _of_tls_listeners(walk: Walk) -> dict[int, Symptom]:
    """Return the answer of an application load balancer to plain HTTP at a listener of HTTPS, by the hop's number."""
    balancers = walk.cloud.balancing.load_balancers
    wrong = (hop for hop in walk.trail.hops if hop.code is Code.NETFUL_TLS_PROTOCOL and hop.component in balancers)
    return {hop.n: _BAD_REQUEST for hop in wrong if balancers[hop.component].type is LoadBalancerType.APPLICATION}


def _follow(before: Walk, sending: Sending, depth: int = 0) -> Delivery:
    """Follow a sending to the place that judges it, after `depth` hosts have forwarded it.

    A host that forwards the request causes a recursive call with `depth + 1` (`relays` has the limit).
    """
    walk = Walk(before.cloud, before.journey, before.trail.copy())
    symptom = _send(walk, sending, relayed=depth > 0)
    passed = len(before.trail.hops)
    answers, asked = error_pages.answers(walk.cloud, walk.trail, after=passed), sending.asked
    if asked is not None and not depth and _speaks_tls(asked) is False:
        answers |= _of_tls_listeners(walk)
    if asked is not None:
        walk.trail.note(certificates.judge(walk.cloud, walk.journey, asked, forwarded=depth > 0))
    if depth:
        denied = [hop for hop in walk.trail.hops[passed:] if hop.verdict == "deny"]
        answers = {hop.n: _stopped(hop) for hop in denied if sending.request is not None} | answers
        forwarding_hosts.add_remedy(walk.trail, sending.source, after=passed)
    onward = _to_database(walk, depth) if asked is None else _conclude(walk, sending.source, asked, depth)
    return Delivery((walk, *onward.walks), answers | onward.answers, symptom)


def _send(walk: Walk, sending: Sending, *, relayed: bool) -> Symptom:
    """Resolve the name and send the packets; return the client's symptom if no hop denies them."""
    cloud, source, goal, asked = walk.cloud, sending.source, sending.goal, sending.asked
    if goal.name is not None and asked is not None:
        walk.trail.note((Finding(HopKind.NAME, asked.host, goal.name),))
        walk.trail.note(dns_queries.judge(cloud, source, asked.host, goal.rule_ids))
    unresolved = any(hop.kind is HopKind.NAME and hop.verdict == "unknown" for hop in walk.trail.hops)
    balancers = walk.journey.balancers
    walk.journey = Journey(
        goal.label,
        unresolved=unresolved,
        balancers=balancers,
        request=sending.request,
        secure=_speaks_tls(asked) if asked is not None and not relayed else None,
        asked=_request_in_clear(asked) if asked is not None else None,
    )
    if goal.end is None:
        ruling = Ruling("not-reached", goal.label, "there is no address to send to")
        walk.trail.note((Finding(HopKind.OUTSIDE, sending.service, ruling),))
        return Symptom()
    flow = flow_of(cloud, source, sending.service.protocol, goal.end)
    if (
        not relayed
        and source.interface is not None
        and self_connection.is_same_host(source.interface, goal.end.interface)
    ):
        ruling, symptom = self_connection.judge(cloud, source.interface, flow)
        walk.trail.note((Finding(HopKind.HOST, goal.end, ruling),))
        return symptom
    walk.take(set_out(cloud, source, flow, walk.journey))
    walk.trail.note(plain_text.judge(cloud, walk.journey))
    return Symptom()


def _conclude(walk: Walk, source: Source, asked: HostDestination, depth: int) -> Delivery:
    """Judge a request at the place that its packets reached, or follow the request that a host forwards."""
    visit = edges.visited(walk.cloud, walk.journey, asked)
    if visit is not None:
        return _at_edge(walk, visit, depth)
    passing = forwarding_hosts.relayed(walk.cloud, walk.journey, depth=depth)
    if passing is not None:
        finding, sent = passing
        walk.trail.note((finding,))
        return _relay(walk, sent, depth) if sent is not None else _ended(walk)
    if proxied := _to_database(walk, depth).walks:
        return Delivery(proxied, {})
    request = _api_request(walk, asked)
    if request is not None:
        return Delivery((), api_trace.judge(walk, source, request))
    client = walk.journey.flow.source.address if walk.journey.flow else None
    endpoint = walk.cloud.network.vpc_endpoints.get(walk.journey.endpoint_id or "")
    action = requested(walk.cloud, endpoint, asked, client)
    walk.trail.note(endpoint_policies.judge(walk.cloud, endpoint, action, source.name))
    walk.trail.note(caller_roles.judge(walk.cloud, source.name, action))
    if {"unknown", "not-reached"}.isdisjoint(hop.verdict for hop in walk.trail.hops):  # else the way may be another
        walk.trail.note(resource_denials.judge(walk.cloud, asked.label, action, source.name))
    return Delivery((), hosted_services.judge(walk, source, asked))


def _at_edge(walk: Walk, visit: EdgeVisit, depth: int) -> Delivery:
    """Follow a distribution's requests to its origins: the first origin that answers counts, else the first of all (`failover`).

    The response of a web ACL's rule comes before the distribution's own pages.
    """
    own = _noted(walk, visit.found)
    custom = {n for n in own if walk.trail.answers.get(n, FILTERED) is not FILTERED}
    answers = {n: symptom if n in custom else visit.seen(symptom) for n, symptom in own.items()}
    if not visit.origins or depth >= forwarding_hosts.MOST_HOSTS:
        return Delivery((), answers)
    tried, doubt = [], None
    for ways in visit.origins:
        each = [_to_origin(walk, way, depth) for way in ways]
        tried.append(max(each, key=Delivery.refusals))
        goes_on = tried[-1].refusals()[0] > 0 and _goes_on(walk, tried[-1], visit)
        if goes_on is False:
            break
        doubt = visit.doubt if isinstance(goes_on, Unknown) else doubt
    found = tried[-1] if not tried[-1].refusals()[0] else tried[0]
    if found is not tried[0]:
        found.trail.note((doubt or Assumption("the first origin of the group fails as the group requires"),))
    seen = {number: visit.seen(symptom) for number, symptom in found.answers.items()}
    return Delivery(found.walks, answers | seen, found.symptom)


def _goes_on(before: Walk, refused: Delivery, visit: EdgeVisit) -> Maybe[bool]:
    """Return whether a distribution asks the next origin after one that refused; one whose answers are lost is silent."""
    hops = refused.trail.hops[len(before.trail.hops) :]
    denied = next((hop.n for hop in hops if hop.verdict == "deny"), 0)
    symptom = refused.answers.get(denied, _NO_ANSWER)
    return failover.goes_on(visit.group, symptom.status, answered=symptom not in (_NO_CONNECTION, _NO_ANSWER))


def _to_origin(before: Walk, way: OriginWay, depth: int) -> Delivery:
    walk = Walk(before.cloud, before.journey, before.trail.copy())
    answers = _noted(walk, way.found)
    if way.relayed is None:
        return Delivery((walk,), answers)
    onward = _relay(walk, way.relayed, depth)
    return Delivery((walk, *onward.walks), answers | onward.answers, onward.symptom)


def _noted(walk: Walk, found: Iterable[Found]) -> dict[int, Symptom]:
    """Note the findings of a distribution; return what the viewer sees of its refusals."""
    before, trail = len(walk.trail.hops), walk.trail
    trail.note(found)
    denied = [hop for hop in trail.hops[before:] if hop.verdict == "deny"]
    own = {hop.n: Symptom("http", trail.answers[hop.n].status) for hop in denied if hop.n in trail.answers}
    return {hop.n: _REFUSED if hop.kind is HopKind.EDGE else _NO_ANSWER for hop in denied} | own


def _relay(walk: Walk, sent: forwarding_hosts.Relayed, depth: int) -> Delivery:
    """Follow a host's request to every end of its target and return the worst way."""
    ends = ends_of(walk.cloud, sent.source, sent.target)
    ways = [Sending(sent.source, goal, sent.target.service, sent.asked, sent.request) for goal in ends]
    return max((_follow(walk, way, depth + 1) for way in ways), key=Delivery.refusals)


def _to_database(walk: Walk, depth: int) -> Delivery:
    """Follow the connections that a proxy of databases opens, and return the worst way; nothing for other hosts."""
    sent = database_proxies.sent_on(walk.cloud, walk.journey)
    if not isinstance(sent, database_proxies.SentOn):
        walk.trail.note((sent,) if sent is not None else ())
        return Delivery((), {})
    walk.trail.note((sent.finding,))
    ways = [
        _follow(walk, Sending(source, goal, sent.target.service, None, None), depth + 1)
        for source in sent.sources
        for goal in ends_of(walk.cloud, source, sent.target)
    ]
    return max(ways, key=Delivery.refusals)


def _ended(walk: Walk) -> Delivery:
    last = walk.trail.hops[-1]
    return Delivery((), {last.n: _NO_ANSWER} if last.verdict == "deny" else {})


def _stopped(hop: Hop) -> Symptom:
    return _NO_CONNECTION if hop.kind in (HopKind.NAME, HopKind.TLS) else _NO_ANSWER


def _api_request(walk: Walk, target: HostDestination) -> ApiRequest | None:
    """Return the request that API Gateway receives, if the packets reached it."""
    journey = walk.journey
    endpoint = walk.cloud.network.vpc_endpoints.get(journey.endpoint_id or "")
    now, inside = journey.request, journey.end is not None
    served = (
        endpoint.service == "execute-api" if endpoint is not None else bool(api_fronts.region_of(walk.cloud, journey))
    )
    if target.request is None and (now is None or not served):
        return None
    if (inside and endpoint is None) or _is_nowhere(walk):
        return None
    asked = target.request or ApiRequest(target.host)
    if now is None:
        return asked
    headers, (path, _, query) = now.headers or {}, now.path.partition("?")
    return replace(
        asked,
        host=now.host,
        path=path,
        method=headers.get(METHOD_OVERRIDE) or now.method or "GET",
        api_id=headers.get(_API_ID, ""),
        headers=tuple(headers.items()),
        query=query,
        server_name=asked.server_name if len(journey.legs) < 2 else "",
    )


def _is_nowhere(walk: Walk) -> bool:
    """Return whether the name's addresses are not known. The component that would judge is then not known either."""
    names = [hop.verdict for hop in walk.trail.hops if hop.kind is HopKind.NAME]
    return names[-1:] == ["unknown"]
