"""A probe: one real attempt from every start of a question, laid beside the prediction.

They agree when every attempt is as reachable as predicted, and where both fail, by the same symptom. A refusal by the
far end itself is a path that works: whether anything listens there is not the network's to know. A request that is
predicted to get through must not be answered by what would have stopped it on its way.

Both are told in the same words: what answers in the place of the far end is blocked, by its status.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from netful.engine.apis import mutual_tls
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Path
from netful.engine.network.route_targets import inspection
from netful.engine.trace.delivery import first_request
from netful.engine.trace.ends.destinations import (
    AddressDestination,
    FunctionDestination,
    HostDestination,
    InterfaceDestination,
    OnPremisesDestination,
)
from netful.engine.trace.ends.sources import Outside
from netful.engine.trace.question import Question, parse
from netful.engine.trace.trace import trace_as_sent
from netful.model.cloud import Cloud
from netful.model.core.errors import QuestionError
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP
from netful.model.network.vpc import IPAddress
from netful.stack.network.attempt import Attempt, Scheme, Target, attempt
from netful.stack.stack import Stack
from netful.stack.verbs.positions import position

_ANSWERING = (HopKind.PROXY, HopKind.INTEGRATION)  # hops that answer requests, so that a connection is not enough
_STOPPED = (403, 502, 503, 504)
_UNREACHED = 504  # a load balancer found no way to a target
_SCHEMES: dict[int, Scheme] = {443: "https", 80: "http"}


@dataclass(frozen=True)
class Prediction:
    """What `trace` says, in short. `status` is what answers where the symptom is `http`."""

    verdict: str
    symptom: str
    blockers: tuple[str, ...]
    status: int | None = None


@dataclass(frozen=True)
class Probe:
    """The outcome. `agree` is None when the prediction is unknown, or assumes what a probe cannot have."""

    source: str
    destination: str
    predicted: Prediction
    observed: tuple[Attempt, ...]
    agree: bool | None


async def probe(stack: Stack, source: str, destination: str, trust: ssl.SSLContext) -> Probe:
    """Predict and try. Raises QuestionError for what cannot be tried."""
    question = parse(stack.cloud, source, destination)
    target = target_of(stack.cloud, question)
    path = trace_as_sent(stack.cloud, question)
    observed = []
    for start in question.sources:
        async with position(stack, start) as place:
            observed.append(await attempt(stack.networks, place, target, trust))
    blocking = {hop.n: hop.component for hop in (*path.hops, *path.return_hops)}
    blockers = tuple(blocking[n] for n in path.blockers)
    predicted = Prediction(path.verdict, path.symptom.kind, blockers, path.symptom.status)
    balanced = isinstance(question.target, InterfaceDestination) or _asks_service(question)
    agree = _agree(path, observed, balanced=balanced)
    if path.verdict == "reachable" and mutual_tls.asked_by(stack.cloud, target.host):
        agree = None  # a client with a certificate gets through; a probe has none
    if inspection.is_on(stack.cloud, path):
        agree = None  # no appliances run in a stack
    told = tuple(_told(path, one, balanced=balanced) for one in observed)
    return Probe(source, destination, predicted, told, agree)


def _asks_service(question: Question) -> bool:
    """Whether an AWS service is asked for: what policies say of a probe's own request says nothing of another action."""
    target = question.target
    named = isinstance(target, HostDestination) and target.request is None
    return named and question.destination.startswith("aws:")


def _told(path: Path, one: Attempt, *, balanced: bool) -> Attempt:
    """The attempt in the words of a prediction."""
    stopped = _stopped(balanced=balanced) if path.symptom.kind != "http" else {path.symptom.status, *_STOPPED}
    return replace(one, verdict="blocked", symptom="http") if one.status in stopped else one


def _stopped(*, balanced: bool) -> set[int | None]:
    """The statuses of those who answer in the place of the far end; a port was asked for, not what answers there."""
    return {_UNREACHED} if balanced else {*_STOPPED}


def target_of(cloud: Cloud, question: Question) -> Target:
    """What an attempt has to try; QuestionError for what it cannot."""
    target = question.target
    if target.service.protocol != TCP:
        raise QuestionError(f"`{question.destination}` cannot be tried", why="a probe speaks TCP")
    port = target.service.ports.first
    match target:
        case HostDestination():
            asked = first_request(target)
            scheme = _SCHEMES.get(port, "tcp")
            if asked is None:
                return Target(target.host, port, scheme)
            headers = (("host", asked.host), *(asked.headers or {}).items())
            return Target(target.host, port, scheme, asked.path, asked.method or "GET", headers)
        case OnPremisesDestination():
            raise QuestionError(f"`{question.destination}` has no one address to try")
        case AddressDestination():
            return Target(str(target.network.network_address), port)
        case InterfaceDestination() | FunctionDestination():
            enis = target.interfaces if isinstance(target, InterfaceDestination) else ()
            outside = all(start.interface is None for start in question.sources)
            ipv6 = any(start.outside is Outside.INTERNET6 for start in question.sources)
            addresses = ((eni, eni.ipv6_address if ipv6 else _address(eni, outside=outside)) for eni in enis)
            found = next(((eni, address) for eni, address in addresses if address is not None), None)
            if found is None:
                raise QuestionError(f"`{question.destination}` has no address to try")
            return _of_interface(cloud, *found, port)


def _address(eni: NetworkInterface, *, outside: bool) -> IPv4Address | None:
    """What is dialled: from outside a public address, and a load balancer's everywhere, since its name gives that."""
    public = eni.public_addresses() if outside or eni.owner is InterfaceOwner.LOAD_BALANCER else ()
    return next(iter(public), eni.private_ip_address)


def _of_interface(cloud: Cloud, eni: NetworkInterface, address: IPAddress, port: int) -> Target:
    """A port of an interface; a load balancer that speaks HTTP is asked, since only its answer tells of its targets."""
    spoken = {
        each.protocol
        for each in cloud.balancing.listeners.values()
        if (each.load_balancer_id, each.port) == (eni.owner_id, port)
    }
    if spoken != {"HTTP"}:
        return Target(str(address), port)
    return Target(
        str(address), port, "http", headers=(("host", cloud.balancing.load_balancers[eni.owner_id].dns_name),)
    )


def _agree(path: Path, observed: list[Attempt], *, balanced: bool) -> bool | None:
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
        stopped = _stopped(balanced=balanced)
        answered = any(hop.kind in _ANSWERING for hop in path.hops)
        return not any(a.status in stopped or (answered and a.symptom != "none") for a in observed)
    return path.symptom.kind in {a.symptom for a in observed}
