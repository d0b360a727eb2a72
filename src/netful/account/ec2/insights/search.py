"""Search for a path: every pair of source and destination that two places stand for, until one of them is reachable.

As in AWS's analyzer one path is enough. Each candidate is a question for `trace`, so a path found here is one that `trace`
finds. Where no candidate is reachable, the first of them explains why.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from netful.account.ec2.insights.headers import Header
from netful.account.ec2.insights.places import AWS_SERVICES, INSTANCES, Place
from netful.account.ec2.insights.sources import has_address, sources_of
from netful.account.ec2.insights.targets import Target, targets_of
from netful.engine.flows.flow import ANY_PORT, Flow, Ports
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Path
from netful.engine.trace.ends.destinations import AddressDestination, Service
from netful.engine.trace.ends.sources import Source
from netful.engine.trace.question import Question
from netful.engine.trace.trace import trace
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown

MOST_CANDIDATES = 150
"""Candidates that one analysis tries."""

_DOORS = (HopKind.TGW, HopKind.PEERING, HopKind.VPN)


class Reason(Frozen):
    """A reason without a hop: AWS's code, and the component that it is about."""

    code: str
    component: str


class Wanted(Frozen):
    """Request of an analysis: both places, the protocol, and headers at both ends. No destination: an address alone.

    `one_way`: only the way out is judged.
    """

    source: Place
    destination: Place | None
    protocol: int
    at_source: Header
    at_destination: Header
    one_way: bool = False


class Found(Frozen):
    """The path that counts, up to its destination, with the candidate that led to it, and reasons without a hop.

    `cut_short`: not every candidate was tried.
    """

    path: Path | None = None
    source: Source | None = None
    target: Target | None = None
    reasons: tuple[Reason, ...] = ()
    cut_short: bool = False

    @property
    def verdict(self) -> str:
        """Return the verdict of the path, with the reasons that have no hop."""
        if self.path is None or self.reasons:
            return "blocked"
        return self.path.verdict


def search(cloud: Cloud, wanted: Wanted) -> Found:
    """Return the first reachable path, else one that is not known, else the first that is blocked."""
    unattached = _unattached(cloud, wanted)
    if unattached is not None:
        return Found(reasons=(unattached,))
    found: list[Found] = []
    tries = [*islice(_candidates(cloud, wanted), MOST_CANDIDATES + 1)]
    for source, target in tries[:MOST_CANDIDATES]:
        found.append(_judged(cloud, wanted, source, target))
        if found[-1].verdict == "reachable":
            return found[-1]
    if not found:
        return Found(reasons=(_without_ends(wanted),))
    best = next((one for one in found if one.verdict == "unknown"), found[0])
    return replace(best, cut_short=len(tries) > MOST_CANDIDATES)


def _unattached(cloud: Cloud, wanted: Wanted) -> Reason | None:
    """Return a reason why no packet can pass a place: a gateway without a VPC, or VPCs without a connection."""
    for place in filter(None, (wanted.source, wanted.destination)):
        if place.part == "internet_gateways" and vpc_of(cloud, place) is None:
            return Reason("UNASSOCIATED_COMPONENT", place.name)
    here = vpc_of(cloud, wanted.source)
    there = vpc_of(cloud, wanted.destination) if wanted.destination else None
    if wanted.source.part in ("internet_gateways", "vpn_gateways") and here and there and here != there:
        return Reason("DISCONNECTED_VPCS", wanted.source.name)
    return None


def _without_ends(wanted: Wanted) -> Reason:
    if wanted.source.part in ("vpc_endpoints", AWS_SERVICES):
        return Reason("VPCE_INTRA_VPC_TRAFFIC", wanted.source.name)
    return Reason("NO_SOURCE_OR_DESTINATION", (wanted.destination or wanted.source).name)


def vpc_of(cloud: Cloud, place: Place) -> str | None:
    """Return the VPC of a place; None if it is in none, or in several."""
    network = cloud.network
    if place.part == INSTANCES:
        interfaces = network.interfaces_of(place.name)
    elif place.part == "network_interfaces":
        interfaces = (network.network_interfaces[place.name],)
    else:
        own = getattr(cloud.part(place.part)[place.name], "vpc_id", None) if place.part in _IN_A_VPC else None
        return own if isinstance(own, str) else None
    vpcs = [network.vpc_of_interface(eni) for eni in interfaces]
    return vpcs[0].id if vpcs and vpcs[0] is not None else None


_IN_A_VPC = ("internet_gateways", "vpn_gateways", "vpc_endpoints")


def _candidates(cloud: Cloud, wanted: Wanted) -> Iterator[tuple[Source, Target]]:
    here = vpc_of(cloud, wanted.source)
    there = vpc_of(cloud, wanted.destination) if wanted.destination else None
    asked = wanted.at_source
    if asked.destination is None and wanted.destination is None:
        asked = replace(asked, destination=wanted.at_destination.destination)
    sources = [*sources_of(cloud, wanted.source, asked, there)]
    for ports in _ports(cloud, wanted):
        service = Service(wanted.protocol, ports)
        for target in targets_of(cloud, wanted.destination, asked, service, here):
            yield from ((source, target) for source in sources)


def _ports(cloud: Cloud, wanted: Wanted) -> Iterator[Ports]:
    """Yield the ports to try: all that are asked for, then the parts of them that rules and listeners name."""
    whole = wanted.at_source.destination_ports or wanted.at_destination.destination_ports or ANY_PORT
    yield whole
    if whole.first < whole.last:
        parts = {Ports(max(one.first, whole.first), min(one.last, whole.last)) for one in _named_ports(cloud)}
        yield from sorted((one for one in parts if one.first <= one.last and one != whole), key=_span)


def _span(ports: Ports) -> tuple[int, int]:
    return ports.first - ports.last, ports.first


def _named_ports(cloud: Cloud) -> Iterable[Ports]:
    network = cloud.network
    rules = [rule for group in network.security_groups.values() for rule in (*group.ingress, *group.egress)]
    entries = [entry for acl in network.network_acls.values() for entry in (*acl.ingress, *acl.egress)]
    ranges = [*((one.from_port, one.to_port) for one in rules), *((one.from_port, one.to_port) for one in entries)]
    ports = {Ports(first, last) for first, last in ranges if 0 <= first <= last}
    listening = cloud.balancing.listeners.values()
    return ports | {Ports(one.port, one.port) for one in listening if isinstance(one.port, int)}


def _judged(cloud: Cloud, wanted: Wanted, source: Source, target: Target) -> Found:
    question = Question(
        source.name, wanted.destination.name if wanted.destination else "", (source,), target.destination
    )
    path = trace(cloud, question)
    complete = _trimmed(path, source, replace(target, one_way=wanted.one_way or target.one_way))
    reasons = [*_at_sender(wanted, source)]
    if not complete.blockers:
        reasons += _at_end(wanted, target, complete)
    return Found(complete, source, target, tuple(reasons))


def _trimmed(path: Path, source: Source, target: Target) -> Path:
    """Return a path from its source to its destination: packets of a gateway come from further away, and go further."""
    end = next((n for n, hop in enumerate(path.hops, 1) if is_at(hop, target.at)), len(path.hops))
    outside = end < len(path.hops) and path.hops[end].kind is HopKind.OUTSIDE  # the packet as the gateway sends it on
    hops, back = path.hops[: end + outside], () if target.one_way else path.return_hops
    if source.gate:
        door = next((n for n, hop in enumerate(back, 1) if hop.kind in _DOORS), len(back))
        back = back[:door]
    every = (*hops, *back)
    if len(every) == len(path.hops) + len(path.return_hops):
        return path
    denied = any(hop.verdict == "deny" for hop in every)
    doubtful = bool(path.unread) or any(hop.verdict == "unknown" for hop in every)
    verdict = "blocked" if denied else "unknown" if doubtful else "reachable"
    return replace(path, hops=hops, return_hops=back, verdict=verdict)  # type: ignore[arg-type]


def is_at(hop: Hop, name: str) -> bool:
    """Return whether a hop is at a component: it is the component, or its route leads to that attachment."""
    return bool(name) and name in (hop.component, getattr(hop.decided_by, "attachment_id", None))


def _at_sender(wanted: Wanted, source: Source) -> Iterator[Reason]:
    eni, address = source.interface, wanted.at_source.source
    if eni is None or source.gate or address is None or has_address(eni, address) or not eni.source_dest_check:
        return
    yield Reason("ENI_ADDRESS_RESTRICTION", eni.id)


def _at_end(wanted: Wanted, target: Target, path: Path) -> Iterator[Reason]:
    name = wanted.destination.name if wanted.destination else wanted.source.name
    if target.at and not any(is_at(hop, target.at) for hop in path.hops):
        yield Reason("NO_PATH", name)
        return
    flow = last_flow(path)
    if flow is None:
        return
    reached = flow.destination.interface
    addressed = isinstance(target.destination, AddressDestination)
    if target.interfaces and addressed and (reached is None or reached.id not in {eni.id for eni in target.interfaces}):
        yield Reason("ENI_ADDRESS_RESTRICTION", target.interfaces[0].id)
    yield from (Reason(f"FILTER_AT_DESTINATION_{end}", name) for end in wanted.at_destination.mismatches(flow))


def last_flow(path: Path) -> Flow | None:
    """Return the flow as the last hop saw it; None if no hop judged packets."""
    return next((hop.flow for hop in reversed(path.hops) if hop.flow), None)


def behind_unknown(path: Path) -> tuple[str, ...]:
    """Return what would settle a path that is not known."""
    doubts = (hop.rule for hop in (*path.hops, *path.return_hops) if hop.verdict == "unknown")
    needed = path.unsettled or tuple(doubts)
    return tuple(str(one.why) if isinstance(one, Unknown) else one for one in needed)
