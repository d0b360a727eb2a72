"""A probe: one real attempt from every start of a question, laid beside the prediction.

They agree when every attempt is as reachable as predicted, and where both fail, by the same symptom. A refusal by the
far end itself is a path that works: whether anything listens there is not the network's to know.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from netful.engine.path import Path
from netful.engine.places import AddressTarget, FunctionTarget, HostTarget, InterfaceTarget, OnPremisesTarget
from netful.engine.question import Question, parse
from netful.engine.trace import trace
from netful.model.errors import QuestionError
from netful.model.filters import TCP
from netful.stack.attempt import Attempt, Scheme, Target, attempt
from netful.stack.places import position
from netful.stack.stack import Stack

_SCHEMES: dict[int, Scheme] = {443: "https", 80: "http"}


@dataclass(frozen=True)
class Prediction:
    """What `trace` says, in short."""

    verdict: str
    symptom: str
    blockers: tuple[str, ...]


@dataclass(frozen=True)
class Probe:
    """The outcome. `agree` is None when the prediction is unknown."""

    source: str
    destination: str
    predicted: Prediction
    observed: tuple[Attempt, ...]
    agree: bool | None


async def probe(stack: Stack, source: str, destination: str, trust: ssl.SSLContext) -> Probe:
    """Predict and try. Raises QuestionError for what cannot be tried."""
    question = parse(stack.cloud, source, destination)
    target = target_of(question)
    path = trace(stack.cloud, question)
    observed = []
    for start in question.starts:
        place = await position(stack, start)
        try:
            observed.append(await attempt(stack.networks, place, target, trust))
        finally:
            await stack.networks.release(place)
    blocking = {hop.n: hop.component for hop in (*path.hops, *path.return_hops)}
    predicted = Prediction(path.verdict, path.symptom.kind, tuple(blocking[n] for n in path.blockers))
    return Probe(source, destination, predicted, tuple(observed), _agree(path, observed))


def target_of(question: Question) -> Target:
    """What an attempt has to try; QuestionError for what it cannot."""
    target = question.target
    if target.service.protocol != TCP:
        raise QuestionError(f"`{question.destination}` cannot be tried", why="a probe speaks TCP")
    port = target.service.ports.first
    match target:
        case HostTarget():
            url = urlsplit(question.destination) if "://" in question.destination else None
            path = (url.path or "/") if url else "/"
            return Target(target.host, port, _SCHEMES.get(port, "tcp"), path)
        case OnPremisesTarget():
            raise QuestionError(f"`{question.destination}` has no one address to try")
        case AddressTarget():
            return Target(str(target.network.network_address), port)
        case InterfaceTarget() | FunctionTarget():
            enis = target.interfaces if isinstance(target, InterfaceTarget) else ()
            address = next((eni.private_ip_address for eni in enis if eni.private_ip_address), None)
            if address is None:
                raise QuestionError(f"`{question.destination}` has no address to try")
            return Target(str(address), port)


def _agree(path: Path, observed: list[Attempt]) -> bool | None:
    if path.verdict == "unknown":
        return None
    verdict = "blocked" if any(a.verdict == "blocked" for a in observed) else "reachable"
    if path.symptom.kind == "http":  # the network is fine, and a policy or rule above it answers
        return all(a.status == path.symptom.status for a in observed)
    if verdict != path.verdict:
        return False
    return verdict == "reachable" or path.symptom.kind in {a.symptom for a in observed}
