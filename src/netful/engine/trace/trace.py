"""Answer to a question: a path, walked hop by hop from every source to every end that its target may mean.

The order on the way: the name, the packets' way out, the request at its destination (`delivery`), the way back. The worst
of all attempts is the answer, since a client does not choose which subnet or address it gets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import denied
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Path, PathVerdict, Symptom, SymptomKind
from netful.engine.flows.trail import Trail
from netful.engine.network.packet import Journey
from netful.engine.network.route_targets import transparent_boxes
from netful.engine.network.walk import Walk
from netful.engine.tasks.places import chance_of, spare_places
from netful.engine.trace import chosen_addresses, hints, internet_clients
from netful.engine.trace.apis import api_trace
from netful.engine.trace.delivery import deliver
from netful.engine.trace.ends.destination_ends import DestinationEnd, Reachable, ends_of
from netful.engine.trace.ends.destination_words import request_to
from netful.engine.trace.ends.destinations import FunctionDestination, HostDestination, InterfaceDestination
from netful.engine.trace.ends.sources import Source
from netful.engine.trace.policies import endpoint_policies
from netful.engine.trace.policies.service_requests import requested
from netful.engine.trace.question import Question
from netful.engine.trace.unread import with_unread
from netful.model.cloud import Cloud
from netful.model.core import Frozen, QuestionError
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface

_BADNESS: dict[PathVerdict, int] = {"reachable": 0, "unknown": 1, "blocked": 2}
_FROM_BAD_TO_WORSE: tuple[SymptomKind, ...] = ("refused", "timeout", "unreachable", "dns")
"""Symptoms of blocked paths; others are less bad."""
_SYMPTOMS: dict[HopKind, SymptomKind] = {HopKind.NAME: "dns", HopKind.TLS: "tls"}
_NO_ADDRESS = (Code.NETFUL_NO_IPV4_ADDRESS, Code.NETFUL_NO_IPV6_ADDRESS)
_NO_ANSWERS: Mapping[int, Symptom] = MappingProxyType({})
_PLACED_BY_AWS = (InterfaceOwner.DATABASE, InterfaceOwner.CACHE)


class _Attempt(Frozen):
    """A path from one source to one end, with the interface there if it is known."""

    source: Source
    path: Path
    there: NetworkInterface | None


def trace(cloud: Cloud, question: Question) -> Path:
    """Walk the path of a question. A path exists if one exists for some clients on the internet, or with firewalls for middleboxes."""
    path = trace_as_sent(cloud, question)
    if path.verdict != "blocked":
        return path
    other = transparent_boxes.supposed(cloud, path)
    if other is not None:
        kept = _of_some_clients(other, question, trace_as_sent(other, question))
        if kept.verdict == "reachable" and transparent_boxes.is_symmetric(other, kept):
            return kept
    return _of_some_clients(cloud, question, path)


def _of_some_clients(cloud: Cloud, question: Question, path: Path) -> Path:
    """Return a path; if it is blocked, that of the clients on the internet that a rule names."""
    if path.verdict != "blocked":
        return path
    admitted = [(block, trace_as_sent(cloud, asked)) for block, asked in internet_clients.named(cloud, question, path)]
    reaching = {block: found for block, found in admitted if found.verdict == "reachable"}
    return internet_clients.for_some(next(iter(reaching.values())), path, [*reaching]) if reaching else path


def trace_as_sent(cloud: Cloud, question: Question) -> Path:
    """Walk the path of packets as a running stack sends them: from `internet`, those of a client that no rule names."""
    path = _worst(cloud, question)
    chosen = dict.fromkeys(chosen_addresses.presumed(cloud, question, path))
    return with_unread(cloud, question, replace(path, assumptions=(*path.assumptions, *chosen)))


def _worst(cloud: Cloud, question: Question) -> Path:
    attempts = [_Attempt(source, *way) for source in question.sources for way in _attempts(cloud, question, source)]
    chosen = max(attempts, key=lambda attempt: _badness(attempt.path))
    worst = chosen.path
    if len(attempts) > 1:
        worst = replace(worst, tried=tuple(found for attempt in attempts for found in attempt.path.tried))
    if len({attempt.path.verdict for attempt in attempts}) > 1:
        return replace(worst, assumptions=(*_differing(cloud, question, chosen, attempts), *worst.assumptions))
    return worst


def _differing(cloud: Cloud, question: Question, chosen: _Attempt, attempts: list[_Attempt]) -> Iterator[str]:
    """Yield the choice of a source's or a managed server's subnet, on which the verdict depends."""
    start = chosen.source.interface if len(question.sources) > 1 else None
    if start is not None and spare_places(cloud, chosen.source.name):
        yield chance_of(cloud, chosen.source.name, start)
    elif start is not None:
        yield f"a path must exist from every subnet of {chosen.source.name}; this is the one from {start.subnet_id}"
    eni, alike = chosen.there, [one for one in attempts if one.source is chosen.source and one.there is not None]
    if eni is None or len({one.path.verdict for one in alike}) < 2:
        return
    asked = question.target.name if isinstance(question.target, InterfaceDestination) else eni.owner_id
    if spare_places(cloud, asked):
        yield chance_of(cloud, asked, eni)
    elif eni.owner in _PLACED_BY_AWS and all(one.there and one.there.owner_id == eni.owner_id for one in alike):
        yield f"{eni.owner_id} may be in any of its subnets; this is the path to the one in {eni.subnet_id}"


def _badness(path: Path) -> tuple[int, int]:
    kind = path.symptom.kind
    return _BADNESS[path.verdict], _FROM_BAD_TO_WORSE.index(kind) if kind in _FROM_BAD_TO_WORSE else -1


def _attempts(cloud: Cloud, question: Question, source: Source) -> Iterator[tuple[Path, NetworkInterface | None]]:
    """Yield a path to each end, with the interface there if it is known."""
    if isinstance(question.target, FunctionDestination):
        yield _into_function(cloud, question, question.target), None
        return
    if source.endpoint_id is not None:
        yield _at_endpoint(cloud, question, source), None
        return
    for goal in ends_of(cloud, source, question.target):
        there = goal.end.interface if goal.end is not None else None
        yield _attempt(cloud, question, source, question.target, goal), there


def _at_endpoint(cloud: Cloud, question: Question, source: Source) -> Path:
    """Return the path of a client that has already reached an endpoint: only the service remains to be judged."""
    target = question.target
    if not isinstance(target, HostDestination):
        raise QuestionError(
            f"`{question.destination}` is not a request to a service",
            hint="an endpoint leads to `aws:SERVICE` or an API",
        )
    walk = Walk(cloud, Journey(question.destination, endpoint_id=source.endpoint_id), Trail())
    endpoint = cloud.network.vpc_endpoints.get(source.endpoint_id or "")
    if target.request is None and target.path and endpoint is not None and endpoint.service == "execute-api":
        target = replace(target, request=request_to(target))
    if target.request is None:
        walk.trail.note(endpoint_policies.judge(cloud, endpoint, requested(cloud, endpoint, target, None)))
        return _path(cloud, question, walk.trail, Trail())
    return _path(cloud, question, walk.trail, Trail(), api_trace.judge(walk, source, target.request))


def _into_function(cloud: Cloud, question: Question, target: FunctionDestination) -> Path:
    function, trail = cloud.compute.functions[target.name], Trail()
    rule = "nothing can connect into a function: it is invoked by the Lambda service only"
    trail.note((denied(HopKind.LAMBDA, question.destination, function, rule, Code.NETFUL_LAMBDA_NO_INBOUND),))
    return _path(cloud, question, trail, Trail(2))


def _attempt(cloud: Cloud, question: Question, source: Source, target: Reachable, goal: DestinationEnd) -> Path:
    found = deliver(cloud, source, target, goal)
    back = Trail(len(found.trail.hops) + 1, every=found.trail.every)
    found.walk_back(back)
    path = _path(cloud, question, found.trail, back, found.answers)
    return path if path.verdict != "reachable" else replace(path, seen_as=found.seen_as, symptom=found.symptom)


def _path(
    cloud: Cloud, question: Question, trail: Trail, back: Trail, answers: Mapping[int, Symptom] = _NO_ANSWERS
) -> Path:
    hops = (*trail.hops, *back.hops)
    denied = [hop for hop in hops if hop.verdict == "deny"]
    doubtful = any(hop.verdict == "unknown" for hop in hops)
    missing = tuple({**trail.missing, **back.missing}) if doubtful and not denied else ()
    helping = _hints(cloud, denied, {**back.remedies, **trail.remedies}, question)
    decisive = _deciding(denied, answers).n if denied else 0
    return Path(
        source=question.source,
        destination=question.destination,
        verdict="blocked" if denied else "unknown" if doubtful else "reachable",
        symptom=_symptom(denied, answers),
        hops=tuple(trail.hops),
        return_hops=tuple(back.hops),
        assumptions=tuple(
            dict.fromkeys((*question.assumptions, *trail.assumptions, *back.assumptions, *_let_through(hops, answers)))
        ),
        missing=missing,
        hint=helping.get(decisive, "") or _settling(cloud, hops, missing, question),
        hints=tuple(helping.items()),
        decisive=decisive,
        tried=tuple(trail.every),
    )


def _settling(cloud: Cloud, hops: tuple[Hop, ...], missing: tuple[str, ...], question: Question) -> str:
    """Return the input that settles an unknown path, or the change that makes it unnecessary; "" if nothing is missing."""
    if not missing:
        return ""
    changes = [hints.for_blocker(cloud, hop, question) for hop in hops if hop.verdict == "unknown"]
    return ", or ".join([hints.for_missing(missing, cloud.template.resources), *filter(None, changes)])


def _hints(cloud: Cloud, denied: list[Hop], remedies: Mapping[str, int], question: Question) -> dict[int, str]:
    """Return the hint for each denying hop: a remedy recorded since the denying hop before it, else its code's hint."""
    found: dict[int, str] = {}
    before = 0
    for hop in denied:
        own = (remedy for remedy, number in remedies.items() if before < number <= hop.n)
        found[hop.n] = min(own, key=remedies.__getitem__, default="") or hints.for_blocker(cloud, hop, question)
        before = hop.n
    return found


def _deciding(denied: list[Hop], answers: Mapping[int, Symptom]) -> Hop:
    """Return the denying hop that decides about the symptom: names first, then packets, then the service."""
    return next((hop for hop in denied if hop.kind is not HopKind.POLICY and hop.n not in answers), denied[0])


def _let_through(hops: tuple[Hop, ...], answers: Mapping[int, Symptom]) -> Iterator[str]:
    """Yield the assumptions of a response: hops before it whose verdict is not known might respond otherwise."""
    denied = [hop for hop in hops if hop.verdict == "deny"]
    first = _deciding(denied, answers) if denied else None
    if first is not None and first.n in answers:
        doubtful = (hop for hop in hops if hop.verdict == "unknown" and hop.n < first.n)
        yield from (f"{hop.component} lets the request through, which is not known: {hop.rule}" for hop in doubtful)


def _symptom(denied: list[Hop], answers: Mapping[int, Symptom]) -> Symptom:
    """Return the client's symptom, which the deciding hop gives."""
    if not denied:
        return Symptom()
    first = _deciding(denied, answers)
    if first.n in answers:
        return answers[first.n]
    if first.kind is HopKind.POLICY:
        return Symptom("http", 403, "AccessDenied")
    if first.code is Code.NETFUL_FIREWALL_REJECTS:
        return Symptom("refused")
    if first.code is Code.NETFUL_TLS_PROTOCOL:
        return Symptom("tls", body="no TLS")
    if first.code in _NO_ADDRESS:
        return Symptom("unreachable")
    return Symptom(_SYMPTOMS.get(first.kind, "timeout"))
