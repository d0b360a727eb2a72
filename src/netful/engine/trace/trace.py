"""The answer to a question: a path, walked hop by hop from every start to every end that its target may mean.

The order on the way: name, then the packet's way out (`walk`, `outside`), then what becomes of the request there
(`onward`), then the way back. The worst of all attempts is the answer, since a client does
not choose which subnet or address it gets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Path, PathVerdict, Symptom, SymptomKind
from netful.engine.flows.trail import Trail
from netful.engine.network import load_balancer_errors
from netful.engine.network.walk import Walk, walk_back
from netful.engine.trace import api_trace, delivery, endpoint_policies, hints, internet_clients, self_connection
from netful.engine.trace.departure import flow_of, set_out
from netful.engine.trace.destinations import Goal, goals
from netful.engine.trace.places import FunctionTarget, HostTarget, Start
from netful.engine.trace.question import Question
from netful.model.cloud import Cloud
from netful.model.core.errors import QuestionError

_BADNESS: dict[PathVerdict, int] = {"reachable": 0, "unknown": 1, "blocked": 2}
_SYMPTOMS: dict[HopKind, SymptomKind] = {HopKind.NAME: "dns", HopKind.TLS: "tls"}
_NO_ANSWERS: Mapping[int, Symptom] = MappingProxyType({})


def trace(cloud: Cloud, question: Question) -> Path:
    """Walk the path that a question asks for; from `internet`, there is one if there is one for some clients there."""
    path = trace_as_sent(cloud, question)
    if path.verdict != "blocked":
        return path
    admitted = [(block, trace_as_sent(cloud, asked)) for block, asked in internet_clients.named(cloud, question, path)]
    reaching = {block: found for block, found in admitted if found.verdict == "reachable"}
    return internet_clients.told(next(iter(reaching.values())), path, [*reaching]) if reaching else path


def trace_as_sent(cloud: Cloud, question: Question) -> Path:
    """Walk the path of the packets that a running stack sends: those of one client on the internet, whom no rule names."""
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
        endpoint_policies.judge(walk, target)
        return _path(question, walk.trail, Trail())
    return _path(question, walk.trail, Trail(), api_trace.judge(walk, start, target.request))


def _into_function(cloud: Cloud, question: Question, target: FunctionTarget) -> Path:
    trail = Trail()
    function = cloud.compute.functions[target.name]
    rule = "nothing can connect into a function: it is invoked by the Lambda service only"
    trail.add(
        HopKind.LAMBDA,
        function.id,
        question.destination,
        "deny",
        rule,
        code=Code.NETFUL_LAMBDA_NO_INBOUND,
        origin=function.origin,
    )
    return _path(question, trail, Trail(2))


def _attempt(cloud: Cloud, question: Question, start: Start, goal: Goal) -> Path:
    assert not isinstance(question.target, FunctionTarget)
    trail = Trail()
    target = question.target
    asked = delivery.first_request(target) if isinstance(target, HostTarget) else None
    walk = Walk(cloud, trail, goal.label, request=asked)
    symptom = Symptom()
    if goal.name is not None and isinstance(target, HostTarget):
        trail.rule(HopKind.NAME, target.host, goal.name)
    if goal.end is None:
        trail.add(HopKind.OUTSIDE, goal.label, target.service, "not-reached", "there is no address to send to")
    elif start.interface is not None and self_connection.is_same_host(start.interface, goal.end.interface):
        ruling, symptom = self_connection.judge(
            cloud, start.interface, flow_of(cloud, start, target.service.protocol, goal.end)
        )
        trail.rule(HopKind.HOST, goal.end, ruling)
    else:
        set_out(walk, start, flow_of(cloud, start, target.service.protocol, goal.end))
    answers = load_balancer_errors.answers(cloud, trail.hops, walk.answered)
    on = delivery.conclude(walk, start, target) if isinstance(target, HostTarget) else delivery.Onward()
    back = Trail(len(trail.hops) + 1)
    on.walk_back(back)
    walk_back(cloud, walk.legs, back)
    path = _path(question, trail, back, answers | on.answers)
    if path.verdict != "reachable":
        return path
    return replace(path, seen_as=_seen_as([walk, *on.walks][-1]), symptom=symptom)


def _seen_as(walk: Walk) -> str:
    """The source as the last leg's end has it, after every translation on the way."""
    source = walk.legs[-1].flow.source if walk.legs else None
    return str(source) if source is not None and source.address is not None else ""


def _path(question: Question, trail: Trail, back: Trail, answers: Mapping[int, Symptom] = _NO_ANSWERS) -> Path:
    hops = (*trail.hops, *back.hops)
    denied = [hop for hop in hops if hop.verdict == "deny"]
    doubtful = any(hop.verdict == "unknown" for hop in hops)
    missing = tuple({**trail.missing, **back.missing}) if doubtful and not denied else ()
    helping = _hints(denied, {**back.remedies, **trail.remedies}, question)
    return Path(
        source=question.source,
        destination=question.destination,
        verdict="blocked" if denied else "unknown" if doubtful else "reachable",
        symptom=_symptom(denied, answers),
        hops=tuple(trail.hops),
        return_hops=tuple(back.hops),
        assumptions=tuple({**dict.fromkeys(question.assumptions), **trail.assumptions, **back.assumptions}),
        missing=missing,
        hint=next(iter(helping.values()), "") or (hints.for_missing(missing) if missing else ""),
        hints=tuple(helping.items()),
    )


def _hints(denied: list[Hop], remedies: Mapping[str, int], question: Question) -> dict[int, str]:
    """What helps against each refusal: what it, or a hop since the refusal before it, says itself; else what its code tells."""
    found: dict[int, str] = {}
    before = 0
    for hop in denied:
        own = (remedy for remedy, number in remedies.items() if before < number <= hop.n)
        found[hop.n] = min(own, key=remedies.__getitem__, default="") or hints.for_blocker(hop, question)
        before = hop.n
    return found


def _symptom(denied: list[Hop], answers: Mapping[int, Symptom]) -> Symptom:
    """What the user sees is decided by the first refusal on the way: names first, then packets, then the service."""
    if not denied:
        return Symptom()
    first = next((hop for hop in denied if hop.kind != HopKind.POLICY and hop.n not in answers), denied[0])
    if first.n in answers:
        return answers[first.n]
    if first.kind == HopKind.POLICY:
        return Symptom("http", 403, "AccessDenied")
    return Symptom(_SYMPTOMS.get(first.kind, "timeout"))
