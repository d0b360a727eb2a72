"""The answer to a question: a path, walked hop by hop from every start to every end that its target may mean.

The order on the way: name, then the packet's way out (`walk`, `outside`), then what the service says (an endpoint's
policy, or all of API Gateway's steps), then the way back. The worst of all attempts is the answer, since a client does
not choose which subnet or address it gets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv6Network
from types import MappingProxyType

from netful.engine import api_trace, balancer_answers, hints, ipv6, on_premises, policies
from netful.engine.arrivals import LAMBDA_NO_INBOUND
from netful.engine.flow import End, Flow, ipv4_of, network_of
from netful.engine.goals import Goal, goals
from netful.engine.listeners import HttpRequest
from netful.engine.outside import set_out
from netful.engine.path import Hop, Path, PathVerdict, Symptom
from netful.engine.places import FunctionTarget, HostTarget, Outside, Start, Target
from netful.engine.question import Question
from netful.engine.trail import Trail
from netful.engine.walk import Walk, walk_back
from netful.model import addresses
from netful.model.cloud import Cloud
from netful.model.errors import QuestionError
from netful.model.unknown import Unknown

POLICY_DENY = "NETFUL_ENDPOINT_POLICY_DENY"

_BADNESS: dict[PathVerdict, int] = {"reachable": 0, "unknown": 1, "blocked": 2}
_NO_ANSWERS: Mapping[int, Symptom] = MappingProxyType({})
_OUTSIDE_ADDRESSES = {
    Outside.INTERNET: network_of(addresses.INTERNET_CLIENT),
    Outside.INTERNET6: network_of(addresses.INTERNET6_CLIENT),
    Outside.LAMBDA: network_of(addresses.LAMBDA_SERVICE),
}


def trace(cloud: Cloud, question: Question) -> Path:
    """Walk the path that a question asks for."""
    attempts = [(start, path) for start in question.starts for path in _attempts(cloud, question, start)]
    start, worst = max(attempts, key=lambda attempt: _BADNESS[attempt[1].verdict])
    if len({path.verdict for _, path in attempts}) > 1 and len(question.starts) > 1 and start.interface:
        note = f"a path must exist from every subnet of {start.name}; this is the one from {start.interface.subnet_id}"
        return replace(worst, assumptions=(note, *worst.assumptions))
    return worst


def _attempts(cloud: Cloud, question: Question, start: Start) -> Iterator[Path]:
    if isinstance(question.target, FunctionTarget):
        yield _into_function(cloud, question, question.target)
        return
    if start.endpoint_id is not None:
        yield _at_endpoint(cloud, question, start)
        return
    for goal in goals(cloud, start, question.target):
        yield _attempt(cloud, question, start, goal)


def _at_endpoint(cloud: Cloud, question: Question, start: Start) -> Path:
    """A client that has reached an endpoint: what is left is what the service says."""
    walk = Walk(cloud, Trail(), question.destination, endpoint_id=start.endpoint_id)
    target = question.target
    if not isinstance(target, HostTarget):
        raise QuestionError(
            f"`{question.destination}` is no request to a service", hint="an endpoint leads to `aws:SERVICE` or an API"
        )
    if target.request is None:
        _judge_policy(walk, target)
        return _path(question, walk.trail, Trail())
    return _path(question, walk.trail, Trail(), api_trace.judge(walk, start, target.request))


def _into_function(cloud: Cloud, question: Question, target: FunctionTarget) -> Path:
    trail = Trail()
    function = cloud.functions[target.name]
    rule = "nothing can connect into a function: it is invoked by the Lambda service only"
    trail.add("lambda", function.id, question.destination, "deny", rule, code=LAMBDA_NO_INBOUND, origin=function.origin)
    return _path(question, trail, Trail(2))


def _attempt(cloud: Cloud, question: Question, start: Start, goal: Goal) -> Path:
    assert not isinstance(question.target, FunctionTarget)
    trail = Trail()
    walk = Walk(cloud, trail, goal.label, request=_request(question.target))
    if goal.name is not None and isinstance(question.target, HostTarget):
        trail.rule("name", question.target.host, goal.name)
    if goal.end is None:
        trail.add("outside", goal.label, question.target.service, "not-reached", "there is no address to send to")
    elif start.interface is not None and start.interface == goal.end.interface:
        trail.add("host", start.name, goal.end, "allow", "itself: nothing is on the way", origin=start.interface.origin)
    else:
        _go(walk, start, _flow(cloud, start, question, goal.end))
    answers = balancer_answers.answers(cloud, trail.hops)
    if isinstance(question.target, HostTarget) and question.target.request is not None:
        answers |= api_trace.judge(walk, start, question.target.request)
    elif isinstance(question.target, HostTarget):
        _judge_policy(walk, question.target)
    back = Trail(len(trail.hops) + 1)
    walk_back(cloud, walk.legs, back)
    return _path(question, trail, back, answers)


def _request(target: Target) -> HttpRequest | None:
    if not isinstance(target, HostTarget) or not target.path:
        return None
    return HttpRequest(target.host, target.path)


def _flow(cloud: Cloud, start: Start, question: Question, end: End) -> Flow:
    assert not isinstance(question.target, FunctionTarget)
    protocol = question.target.service.protocol
    if start.outside is not None:
        source = End(start.address or _OUTSIDE_ADDRESSES.get(start.outside), start.ports, identity_lost=True)
    else:
        assert start.interface is not None
        six = isinstance(end.address, IPv6Network)
        address = ipv6.address_of(cloud, start.interface) if six else ipv4_of(start.interface)
        source = End(address, start.ports, start.interface)
    return Flow(protocol, source, end)


def _go(walk: Walk, start: Start, flow: Flow) -> None:
    if start.outside is Outside.ON_PREMISES:
        on_premises.set_out(walk, flow)
    elif start.interface is None:
        set_out(walk, start, flow)
    else:
        if isinstance(flow.destination.address, IPv6Network) and flow.source.address is None:
            walk.trail.rule("eni", flow, ipv6.without_address(walk.cloud, start.interface))
        walk.depart(start.interface, flow)


def _judge_policy(walk: Walk, target: HostTarget) -> None:
    """Ask the policy of the endpoint that the packets came to, for the action that was named (§5.4)."""
    endpoint = walk.cloud.vpc_endpoints.get(walk.endpoint_id) if walk.endpoint_id else None
    if endpoint is None or endpoint.policy_document is None:
        return
    if not target.action:
        walk.trail.assume(f"the policy of {endpoint.id} allows what is asked; name an action to have it judged")
        return
    if isinstance(endpoint.policy_document, Unknown):
        missing = endpoint.policy_document.needs
        rule = "its policy is not known"
        walk.trail.add("policy", endpoint.id, target.action, "unknown", rule, origin=endpoint.origin, missing=missing)
        return
    context = {"aws:SourceVpce": endpoint.id, "aws:SourceVpc": str(endpoint.vpc_id)}
    request = policies.Request(target.action, target.resource, context=context, absent=frozenset({"aws:SourceIp"}))
    decision = policies.evaluate(endpoint.policy_document, request)
    asks = f"{target.action} on {target.resource}" if target.resource else target.action
    if decision.outcome == "deny":
        rule = f"{decision.statement} denies it" if decision.statement else "no statement allows it"
        walk.trail.add("policy", endpoint.id, asks, "deny", rule, code=POLICY_DENY, origin=endpoint.origin)
    elif decision.outcome == "unknown":
        missing = (f"what the policy of {endpoint.id} asks of the caller",)
        rule = "it depends on the caller"
        walk.trail.add("policy", endpoint.id, asks, "unknown", rule, origin=endpoint.origin, missing=missing)
    else:
        walk.trail.add("policy", endpoint.id, asks, "allow", f"{decision.statement} allows it", origin=endpoint.origin)


def _path(question: Question, trail: Trail, back: Trail, answers: Mapping[int, Symptom] = _NO_ANSWERS) -> Path:
    hops = (*trail.hops, *back.hops)
    denied = [hop for hop in hops if hop.verdict == "deny"]
    doubtful = any(hop.verdict == "unknown" for hop in hops)
    missing = tuple({**trail.missing, **back.missing}) if doubtful and not denied else ()
    remedy = next(iter(trail.remedies), "") or (hints.for_blocker(denied[0], question) if denied else "")
    return Path(
        source=question.source,
        destination=question.destination,
        verdict="blocked" if denied else "unknown" if doubtful else "reachable",
        symptom=_symptom(denied, answers),
        hops=tuple(trail.hops),
        return_hops=tuple(back.hops),
        assumptions=tuple({**dict.fromkeys(question.assumptions), **trail.assumptions, **back.assumptions}),
        missing=missing,
        hint=remedy if denied else hints.for_missing(missing) if missing else "",
    )


def _symptom(denied: list[Hop], answers: Mapping[int, Symptom]) -> Symptom:
    """What the user sees is decided by the first refusal on the way: names first, then packets, then the service."""
    if not denied:
        return Symptom()
    first = next((hop for hop in denied if hop.kind != "policy" and hop.n not in answers), denied[0])
    if first.n in answers:
        return answers[first.n]
    if first.kind == "policy":
        return Symptom("http", 403, "AccessDenied")
    return Symptom("dns" if first.kind == "name" else "timeout")
