"""A probe: one real attempt from every source of a question, compared with the prediction.

They agree if every attempt is as reachable as predicted, or if both fail with the same symptom. A refusal by the far end
itself counts as a path that works: the network does not determine whether anything listens there. So does the error of a load
balancer whose target runs nothing. If a request is predicted to get through, its answer must not come from anything that could
have stopped it on its way.

Attempts use the terms of predictions: if another component answers in place of the far end, the attempt is blocked, with
the status of that answer.
"""

import ssl
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from netful.engine.apis import mutual_tls
from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Path
from netful.engine.names import dns64, managed_places
from netful.engine.network.route_targets import inspection
from netful.engine.tasks.places import as_placed
from netful.engine.trace.delivery import first_request
from netful.engine.trace.ends.destinations import (
    AddressDestination,
    FunctionDestination,
    HostDestination,
    InterfaceDestination,
    OnPremisesDestination,
)
from netful.engine.trace.ends.sources import Outside, Source
from netful.engine.trace.question import Question, parse
from netful.engine.trace.trace import trace_as_sent
from netful.hosts.answers import AnswerKind, answers
from netful.model.cloud import Cloud
from netful.model.core import QuestionError
from netful.model.network.nat64 import embedded
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP
from netful.model.network.vpc import IPAddress
from netful.stack.network.attempt import Scheme, Target, attempt
from netful.stack.probe_outcome import Attempt, Prediction, Probe
from netful.stack.stack import Stack
from netful.stack.verbs.positions import position

_ANSWERING = (
    HopKind.PROXY,
    HopKind.INTEGRATION,
)  # hops that answer requests, so that a connection alone does not suffice
_REFUSED = 403
_STOPPED = frozenset({_REFUSED, 502, 503, 504})
_OF_NOTHING = 502  # a load balancer's answer for a target at which nothing listens
_UNREACHED = 504  # a load balancer or a proxy got no answer
_ASKING = (HopKind.TARGET_GROUP, HopKind.PROXY)
_PATIENCE = (1, 4)
"""Factors of the usual time to answer, one for each try: what differs may only be late, on a machine under load."""
_LATE, _SAFE = frozenset({"timeout", "dns"}), frozenset({"GET", "HEAD"})
_SCHEMES: dict[int, Scheme] = {443: "https", 80: "http"}


async def probe(stack: Stack, source: str, destination: str, trust: ssl.SSLContext) -> Probe:
    """Predict and try. Raises QuestionError if the destination cannot be tried.

    Faults are not predicted; clients are led away from what has failed, as by AWS.
    """
    cloud = as_placed(stack.cloud)
    question = parse(cloud, source, destination)
    left = stack.faults.left(cloud)
    target = target_of(left, question if left is cloud else parse(left, source, destination))
    path = trace_as_sent(cloud, question)
    blocking = {hop.n: hop.component for hop in (*path.hops, *path.return_hops)}
    blockers = tuple(blocking[n] for n in path.blockers)
    predicted = Prediction(path.verdict, path.symptom.kind, blockers, path.symptom.status, path.assumptions)
    balanced = isinstance(question.target, InterfaceDestination) or _asks_service(question)
    stopped = _stopped(cloud, path, balanced=balanced)
    undecided = _is_undecided(cloud, path, target)
    for patience in (1,) if undecided or stack.faults.status() else _PATIENCE:
        observed = []
        for start in question.sources:
            async with position(stack, start) as place:
                observed.append(await attempt(stack.networks, place, target, trust, patience))
        agree = None if undecided else _agree_as_tried(cloud, question, path, observed, stopped)
        if agree is not False or not _may_be_late(target, observed):
            break
    attempts = tuple(_in_predicted_terms(path, one, stopped) for one in observed)
    return Probe(source, destination, predicted, attempts, agree)


def _asks_service(question: Question) -> bool:
    """Return whether the destination is an AWS service.

    Policies for a probe's own request say nothing about another action.
    """
    target = question.target
    if not isinstance(target, HostDestination) or target.request is not None:
        return False
    return question.destination.startswith("aws:") or bool(target.resource)


def _in_predicted_terms(path: Path, one: Attempt, stopped: frozenset[int]) -> Attempt:
    """Return the attempt in the terms of a prediction."""
    counted = stopped if path.symptom.kind != "http" else {path.symptom.status, *_STOPPED}
    return replace(one, verdict="blocked", symptom="http") if one.status in counted else one


def _stopped(cloud: Cloud, path: Path, *, balanced: bool) -> frozenset[int]:
    """Return the statuses of components that answer in place of the far end.

    With `balanced`, the question is about a port, so errors of the server behind it do not count. A function behind an API
    has no network before it: every error but a refusal is its own, unless a load balancer or a proxy asks the API and
    may give up.
    """
    if balanced:
        return frozenset({_UNREACHED})
    integrations = [hop.component for hop in path.hops if hop.kind is HopKind.INTEGRATION]
    if integrations and integrations[-1] in cloud.compute.functions:
        asked_by_another = any(hop.kind in _ASKING for hop in path.hops)
        return frozenset({_REFUSED, _UNREACHED}) if asked_by_another else frozenset({_REFUSED})
    return _STOPPED - {_OF_NOTHING} if _is_idle(cloud, path) else _STOPPED


def _is_idle(cloud: Cloud, path: Path) -> bool:
    """Return whether nothing answers at the target of a load balancer, where the path ends."""
    flow = path.hops[-1].flow if any(hop.kind is HopKind.TARGET_GROUP for hop in path.hops) else None
    target = flow.destination.interface if flow else None
    idle = (one.resource for one in answers(cloud) if one.kind is AnswerKind.NOTHING)
    return target is not None and target.owner_id in idle


def target_of(cloud: Cloud, question: Question) -> Target:
    """Return the target of an attempt. Raises QuestionError if the destination cannot be tried."""
    target = question.target
    if target.service.protocol != TCP:
        raise QuestionError(f"`{question.destination}` cannot be tried", why="a probe speaks TCP")
    port = target.service.ports.first
    match target:
        case HostDestination():
            asked = first_request(target)
            scheme = _SCHEMES.get(port, "tcp")
            if target.path and scheme != "tcp":
                scheme = "https" if target.secure else "http"
            if asked is None:
                return Target(target.host, port, scheme)
            headers = (("host", asked.host), *(asked.headers or {}).items())
            return Target(target.host, port, scheme, asked.path, asked.method or "GET", headers)
        case OnPremisesDestination():
            raise QuestionError(f"`{question.destination}` has no one address to try")
        case AddressDestination():
            address = target.network.network_address
            if target.named and isinstance(address, IPv4Address):
                return Target(str(_dialled(cloud, question, address, None)), port)
            return Target(str(address), port)
        case InterfaceDestination() | FunctionDestination():
            enis = target.interfaces if isinstance(target, InterfaceDestination) else ()
            served = (managed_places.place_of(cloud, eni.owner_id) for eni in enis)
            enis = (
                *filter(None, served),
                *enis,
            )  # where its name leads; the writer of a cluster is where the cluster is
            outside = all(start.interface is None for start in question.sources)
            own = ((eni, _address(eni, outside=outside)) for eni in enis)
            addresses = ((eni, _dialled(cloud, question, four, eni.ipv6_address)) for eni, four in own)
            found = next(((eni, address) for eni, address in addresses if address is not None), None)
            if found is None:
                raise QuestionError(f"`{question.destination}` has no address to try")
            return _of_interface(cloud, *found, port)


def _dialled(cloud: Cloud, question: Question, four: IPv4Address | None, six: IPv6Address | None) -> IPAddress | None:
    """Return the address that the source dials: IPv4, unless it has IPv6 only; an address of NAT64 if it has DNS64."""
    start = question.sources[0]
    eni = start.interface
    if start.outside is not Outside.INTERNET6 and (eni is None or eni.private_ip_address is not None):
        return four or six
    if six is None and four is not None and eni is not None and dns64.is_on(cloud, eni.subnet_id):
        return embedded(four)
    return six or (None if start.outside is Outside.INTERNET6 else four)


def _address(eni: NetworkInterface, *, outside: bool) -> IPv4Address | None:
    """Return the address to dial: a public one from outside and for load balancers, whose names resolve to it."""
    public = eni.public_addresses() if outside or eni.owner is InterfaceOwner.LOAD_BALANCER else ()
    return next(iter(public), eni.private_ip_address)


def _of_interface(cloud: Cloud, eni: NetworkInterface, address: IPAddress, port: int) -> Target:
    """Return a port of an interface as a target.

    A load balancer for HTTP gets a request, since only its answer depends on its targets.
    """
    spoken = {each.protocol for each in cloud.balancing.listeners_of(eni.owner_id) if each.port == port}
    if spoken != {"HTTP"}:
        return Target(str(address), port)
    return Target(
        str(address), port, "http", headers=(("host", cloud.balancing.load_balancers[eni.owner_id].dns_name),)
    )


def _is_undecided(cloud: Cloud, path: Path, target: Target) -> bool:
    """Return whether an attempt says nothing.

    A probe has no certificate of a client, a stack runs no appliances, a proxy of databases accepts connections also where it
    does not reach its database, and a load balancer closes plain connections at a listener of TLS, which AWS's answers.
    """
    certificate = path.verdict == "reachable" and mutual_tls.asked_by(cloud, target.host) is not None
    before = next((hop for hop in path.hops if hop.kind is HopKind.PROXY or hop.verdict == "deny"), None)
    proxied = path.verdict == "blocked" and target.scheme == "tcp" and before is not None and before.verdict == "allow"
    plain = target.scheme == "http" and any(hop.code is Code.NETFUL_TLS_PROTOCOL for hop in path.denials)
    return certificate or proxied or plain or inspection.is_on(cloud, path)


def _may_be_late(target: Target, observed: list[Attempt]) -> bool:
    """Return whether more time may change an outcome; a request that changes something is not sent twice."""
    return target.method in _SAFE and any(one.symptom in _LATE or one.status == _UNREACHED for one in observed)


def _agree_as_tried(
    cloud: Cloud, question: Question, path: Path, observed: list[Attempt], stopped: frozenset[int]
) -> bool | None:
    """Return whether the attempts of all sources are what is predicted, for all together or for each alone.

    None if a policy refuses the action that was asked about, and not the request of the probe.
    """
    agree = _agree(path, observed, stopped)
    if agree is False and path.symptom.kind == "http" and _asks_service(question):
        return None
    if agree is False and len(observed) > 1:  # sources may fail in different ways
        return all(
            _agrees_alone(cloud, question, *one, stopped) for one in zip(question.sources, observed, strict=True)
        )
    return agree


def _agrees_alone(cloud: Cloud, question: Question, source: Source, observed: Attempt, stopped: frozenset[int]) -> bool:
    """Return whether the attempt of one source is what is predicted for it."""
    return _agree(trace_as_sent(cloud, replace(question, sources=(source,))), [observed], stopped) is True


def _agree(path: Path, observed: list[Attempt], stopped: frozenset[int]) -> bool | None:
    if path.verdict == "unknown":
        return None
    verdict = "blocked" if any(a.verdict == "blocked" for a in observed) else "reachable"
    if path.symptom.kind == "tls":
        return all(a.symptom == "tls" for a in observed)
    if path.symptom.kind == "http":  # the network is fine, and a policy or rule above it answers
        return all(a.status == path.symptom.status for a in observed)
    if verdict != path.verdict:
        return False
    if verdict == "reachable":
        answered = any(hop.kind in _ANSWERING for hop in path.hops)
        return not any(a.status in stopped or (answered and a.symptom != "none") for a in observed)
    return path.symptom.kind in {a.symptom for a in observed}
