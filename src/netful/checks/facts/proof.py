"""Findings that a traced path proves: the hop that denies, as a problem of the function that needs the path."""

from collections.abc import Iterator, Mapping

from netful.checks.facts.cloud_facts import Facts, Walked
from netful.checks.findings.finding import Certainty, Problem, Severity
from netful.engine.flows.address_families import address_of, versions_of
from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Path
from netful.engine.trace.hints import endpoint_or_nat
from netful.model.core import DEFAULT, Origin, replace
from netful.model.network.network_interface import InterfaceOwner


def denied(facts: Facts, *wanted: HopKind | Code) -> Iterator[tuple[Walked, Hop]]:
    """Return functions' paths with the first denying hop of some kinds or codes, one per function, destination and component."""
    seen: set[tuple[str, str, str]] = set()
    for walked, hop in denied_uses(facts, *wanted):
        key = (walked.function.id, walked.use.destination, hop.component)
        if key not in seen:
            seen.add(key)
            yield walked, hop


def denied_uses(facts: Facts, *wanted: HopKind | Code) -> Iterator[tuple[Walked, Hop]]:
    """Return functions' paths with the first denying hop of some kinds or codes, one per use: a service has one for each action.

    What follows the first hop of a function outside of VPCs depends on where it will be, and does not count. Nor does what stops
    packets between a load balancer and its target: that is one fault for all of its callers (NF734).
    """
    for walked in facts.stopped:
        hops = walked.path.denials if walked.function.in_vpc else walked.path.denials[:1]
        hop = next((hop for hop in hops if hop.kind in wanted or hop.code in wanted), None)
        if hop is not None and not _is_behind_balancer(facts, walked.path, hop):
            yield walked, hop


def _is_behind_balancer(facts: Facts, path: Path, hop: Hop) -> bool:
    """Return whether a hop judges requests that a load balancer's node sends as its own, or the answers to them."""
    if hop.flow is None:
        return False
    end = hop.flow.source if hop in path.hops else hop.flow.destination
    node = end.interface
    if node is None or node.owner is not InterfaceOwner.LOAD_BALANCER:
        return False
    return any(address_of(facts.cloud, node, version) == end.address for version in versions_of(facts.cloud, node))


def problem(walked: Walked, hop: Hop, resource: str, message: str, cause: str) -> Problem:
    """Return the problem that a hop of a path proves. It is as certain as the function's use of the destination.

    It is unknown if a missing value may turn the path, and low if the only evidence is a URL that may be for a browser.
    """
    text, severity = f"{message} ({walked.use.evidence})", Severity.LOW if walked.use.foreign else None
    proven = proven_by(walked.path, hop, walked.function.origin, resource, text, walked.use.certainty)
    return replace(proven, severity=severity, cause=cause, affected=walked.function.id)


def proven_by(
    path: Path, hop: Hop, otherwise: Origin, resource: str, message: str, settled: Certainty = Certainty.PROVEN
) -> Problem:
    """Return the problem that a hop of a path proves, at the place of the hop, or at another one if AWS made the hop."""
    origin = otherwise if hop.origin == DEFAULT else hop.origin
    return Problem(resource, origin, message, path.hint_for(hop), certainty_of(path, settled), path)


def certainty_of(path: Path, settled: Certainty = Certainty.PROVEN) -> Certainty:
    """Return the certainty of what a hop of a path proves: unknown if something that is not known may turn the path."""
    return Certainty.UNKNOWN if path.verdict == "unknown" else settled


def way_out(blocked: Mapping[str, Path]) -> str:
    """Return the hint for the paths to several destinations from one place: all endpoints that are missing, if that is the reason.

    A way to the internet leads to the services too.
    """
    if (internet := blocked.get("internet")) is not None:
        return internet.hint
    services = {destination.removeprefix("aws:"): path for destination, path in blocked.items()}
    alike = [service for service, path in services.items() if path.hint == endpoint_or_nat(service)]
    return endpoint_or_nat(*alike) if alike else next(iter(blocked.values())).hint


def proxy_before(walked: Walked, hop: Hop) -> str:
    """Return the proxy of databases whose own connection a hop denies; "" if it denies the function's packets."""
    before = [each.component for each in walked.path.hops if each.kind is HopKind.PROXY and each.n < hop.n]
    return before[-1] if before and not walked.path.symptom.status else ""


def passes(path: Path, kind: HopKind) -> Hop | None:
    """Return the first hop of a kind that admits the packets."""
    return next((hop for hop in path.hops if hop.kind == kind and hop.verdict == "allow"), None)
