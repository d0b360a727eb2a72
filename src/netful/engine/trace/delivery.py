"""What becomes of a request where its packets have come to.

| they came to | then |
|---|---|
| an execute-api endpoint, or the public front for an API's name | API Gateway judges the request, as it is by then (`api_trace`) |
| a host that passes requests on (`rewriting`) | it sends one of its own: its name, its way, and so on from the start of this table |
| another endpoint | its policy is asked, where the question names an action (`endpoint_policies`) |

A load balancer and a host may have changed the request on the way: `Walk.request` is what it is now. What stops a request
that was passed on is told to the client by the one who passed it on: 502 where no name was found, else 504.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from netful.engine.admission.requests import ApiRequest
from netful.engine.flows.flow import Ports, network_of
from netful.engine.flows.path import Hop, Symptom
from netful.engine.flows.trail import Trail
from netful.engine.load_balancers import host_rewrites
from netful.engine.load_balancers.rule_conditions import HttpRequest
from netful.engine.network import load_balancer_errors, load_balancing
from netful.engine.network.walk import Walk, walk_back
from netful.engine.trace import api_trace, certificates, endpoint_policies
from netful.engine.trace.departure import flow_of, set_out
from netful.engine.trace.destinations import Goal, goals
from netful.engine.trace.places import AddressTarget, HostTarget, Service, Start
from netful.engine.trace.source_words import network_or_none
from netful.model.functions.programs import Program
from netful.model.network.network_interface import NetworkInterface

_MOST_HOSTS = 4  # hosts that pass a request on to one another are a loop when there are more of them
_API_ID = "x-apigw-api-id"
NO_NAME, NO_ANSWER = Symptom("http", 502), Symptom("http", 504)


@dataclass(slots=True)
class Onward:
    """What the client is answered for each hop that denies, and the walks of what was sent on, in order."""

    answers: dict[int, Symptom] = field(default_factory=dict)
    walks: list[Walk] = field(default_factory=list)

    def walk_back(self, back: Trail) -> None:
        """Walk the answers' ways to those who passed the request on, the last one first."""
        for walk in reversed(self.walks):
            before = len(back.hops)
            walk_back(walk.cloud, walk.legs, back)
            self.answers.update({hop.n: NO_ANSWER for hop in back.hops[before:] if hop.verdict == "deny"})


def conclude(walk: Walk, start: Start, target: HostTarget, *, hosts: int = 0) -> Onward:
    """Go on from where the packets of a walk have come to."""
    certificates.judge(walk, target)
    host = _passing_on(walk)
    if host is not None:
        return _pass_on(walk, *host, hosts=hosts)
    request = _api_request(walk, target)
    if request is not None:
        return Onward(api_trace.judge(walk, start, request))
    endpoint_policies.judge(walk, target)
    return Onward()


def first_request(target: HostTarget) -> HttpRequest | None:
    """The request as the client sends it; None where the question is about a name or a port."""
    if target.path:
        headers = dict(target.headers)
        return HttpRequest(headers.pop("host", target.host), target.path, headers=headers or None)
    if target.request is not None and target.request.path:
        return HttpRequest(target.request.host, target.request.path, target.request.method)
    return None


def _api_request(walk: Walk, target: HostTarget) -> ApiRequest | None:
    """The request that API Gateway gets, if the packets came to it."""
    endpoint = walk.cloud.network.vpc_endpoints.get(walk.endpoint_id or "")
    inside = walk.legs and walk.legs[-1].end is not None
    if target.request is None and (endpoint is None or endpoint.service != "execute-api" or walk.request is None):
        return None
    if (inside and endpoint is None) or _nowhere(walk):
        return None
    asked = target.request or ApiRequest(target.host)
    now = walk.request
    if now is None:
        return asked
    api_id = (now.headers or {}).get(_API_ID, "")
    return replace(asked, host=now.host, path=now.path.partition("?")[0], method=now.method or "GET", api_id=api_id)


def _nowhere(walk: Walk) -> bool:
    """Whether what the name gives is not known: who would judge the request is not, either."""
    names = [hop.verdict for hop in walk.trail.hops if hop.kind == "name"]
    return names[-1:] == ["unknown"]


def _passing_on(walk: Walk) -> tuple[NetworkInterface, Program, HttpRequest] | None:
    """The host that the packets came to, if it passes requests on, with the request."""
    end = walk.legs[-1].end if walk.legs else None
    program = walk.cloud.compute.programs.get(end.owner_id) if end is not None else None
    if end is None or program is None or not program.rewrites or walk.request is None:
        return None
    return end, program, walk.request


def _pass_on(walk: Walk, eni: NetworkInterface, program: Program, request: HttpRequest, *, hosts: int) -> Onward:
    """Send the request that a host makes of one that came to it."""
    rewrite = host_rewrites.rewrite_for(program, walk.legs[-1].flow.destination.ports.first, request)
    asks = f"{request.method or 'GET'} {request.host}{request.path}"
    if rewrite is None:
        rule = "answers by itself: none of its rewrites takes this"
        walk.trail.add("proxy", program.id, asks, "allow", rule, origin=program.origin)
        return Onward()
    if hosts == _MOST_HOSTS:
        rule = f"{hosts} hosts have passed this on before: it goes round"
        walk.trail.add("proxy", program.id, asks, "deny", rule, code=load_balancing.LOOP, origin=rewrite.origin)
        return Onward({walk.trail.hops[-1].n: NO_ANSWER})
    sent = host_rewrites.rewritten(rewrite, request)
    host, port = host_rewrites.destination(rewrite)
    rule = f"asks {host} for {sent.path} with Host {sent.host}"
    walk.trail.add("proxy", program.id, asks, "allow", rule, origin=rewrite.origin)
    start = Start(program.id, eni, signed=False)  # a signature is over the Host and the path that the client sent
    service = Service(ports=Ports(port, port))
    network = network_or_none(host)
    reachable = (
        HostTarget(host, service, host, path=sent.path)
        if network is None
        else AddressTarget(network_of(network), service, host)
    )
    ways = [_way(walk, start, reachable, goal, sent, hosts) for goal in goals(walk.cloud, start, reachable)]
    first, onward = max(ways, key=lambda way: _refusals(*way))
    walk.trail.become(first.trail)
    return Onward(onward.answers, [first, *onward.walks])


def _way(
    walk: Walk, start: Start, target: HostTarget | AddressTarget, goal: Goal, sent: HttpRequest, hosts: int
) -> tuple[Walk, Onward]:
    """One way that a request goes which a host sends on."""
    trail = walk.trail.copy()
    before = len(trail.hops)
    way = Walk(walk.cloud, trail, goal.label, request=sent, balancers=walk.balancers)
    if goal.name is not None:
        trail.rule("name", target.host if isinstance(target, HostTarget) else goal.label, goal.name)
    if goal.end is None:
        trail.add("outside", goal.label, target.service, "not-reached", "there is no address to send to")
    else:
        set_out(way, start, flow_of(walk.cloud, start, target.service.protocol, goal.end))
    refusals = [hop for hop in trail.hops if hop.verdict == "deny"]
    if refusals and refusals[0].n > before and refusals[0].kind == "sg in" and start.interface is not None:
        trail.remedies.setdefault(_admit(refusals[0], start.interface), refusals[0].n)
    answers = {hop.n: _stopped(hop) for hop in trail.hops[before:] if hop.verdict == "deny"}
    answers |= load_balancer_errors.answers(walk.cloud, trail.hops[before:], way.answered)
    asked = target if isinstance(target, HostTarget) else HostTarget(goal.label, target.service, goal.label)
    onward = conclude(way, start, asked, hosts=hosts + 1)
    return way, Onward(answers | onward.answers, onward.walks)


def _admit(hop: Hop, sender: NetworkInterface) -> str:
    """What would let the host's own request in: it comes from the host, not from the question's source."""
    whom = " or ".join(f"`{id_}`" for id_ in sender.security_group_ids if isinstance(id_, str))
    return f"let `{hop.component}` admit {hop.asks.split(' to ', maxsplit=1)[0]} from {whom or f'`{sender.owner_id}`'}"


def _stopped(hop: Hop) -> Symptom:
    return NO_NAME if hop.kind == "name" else NO_ANSWER


def _refusals(walk: Walk, onward: Onward) -> tuple[int, int]:
    """How much stands in a way, there and back: the worst one is told."""
    back = Trail()
    Onward(walks=[walk, *onward.walks]).walk_back(back)
    verdicts = [hop.verdict for hop in (*walk.trail.hops, *back.hops)]
    return verdicts.count("deny"), verdicts.count("unknown")
