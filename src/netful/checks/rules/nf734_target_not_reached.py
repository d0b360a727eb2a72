"""NF734: a load balancer does not reach a target of its group, with requests or with health checks (vpc-network §9.2).

The nodes of a load balancer send requests and health checks to its targets. If a security group, a network ACL or a
route stops them, the target is unhealthy: clients get 502, 503 or 504 or time out, and ECS and Auto Scaling replace
what they take for broken. A port of its own for health checks needs a rule of its own. A target group that shows the
addresses of its clients needs both: a rule for the clients, and one for the health checks of the nodes.

Instead: Admit the target's port, and the port of its health checks, from the load balancer's group in the target's
group. For a network load balancer without groups, admit the blocks of its subnets, and the clients if they are shown.
"""

from collections.abc import Iterable

from netful.checks.facts.proof import proven_by
from netful.checks.facts.target_paths import (
    Forwarding,
    TargetPath,
    forwardings,
    hides_clients,
    lacks_address,
    target_paths,
)
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.flows.codes import Code
from netful.engine.flows.flow import PROTOCOL_NAMES
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Path
from netful.engine.load_balancers.target_groups import enabled, members
from netful.engine.network import zone_doubts
from netful.engine.tasks.places import spare_places
from netful.model.cloud import Cloud
from netful.model.core import replace
from netful.model.names.distributions import ORIGIN_FACING

_ABSENT = (Code.BAD_STATE, Code.NO_POSSIBLE_DESTINATION)
"""Codes of targets that are stopped, or in none of the sources."""
_AT_TARGETS = (HopKind.NACL_IN, HopKind.SG_IN)
_Blocked = tuple[TargetPath, Hop]


@Rule.of("load balancer does not reach its target", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for one in forwardings(facts.cloud):
        paths = [*target_paths(facts, one)]
        blocked = [(each, hop) for each in paths if (hop := _denial(each.path))]
        yield from _unreached(facts, one, paths, blocked)
        yield from _without_clients(facts, one, {hop.component for _, hop in blocked})
        yield from _elsewhere(facts, one)
        yield from _unaddressed(facts.cloud, one)


def _denial(path: Path) -> Hop | None:
    """Return the hop that stops packets to a target; None for one that is not there, and behind a load balancer as a target."""
    hop = next(iter(path.denials), None)
    if hop is None or hop.code in _ABSENT or hop.n > _listening(path, hop.n):
        return None
    return hop


def _listening(path: Path, otherwise: int) -> int:
    """Return the number of the hop at a load balancer's listener."""
    return next((hop.n for hop in path.hops if hop.kind is HopKind.LISTENER), otherwise)


def _unreached(facts: Facts, one: Forwarding, paths: Iterable[TargetPath], blocked: list[_Blocked]) -> Problems:
    """Yield a problem for each target that is not reached: a grave one where a node reaches none."""
    stopped = {(each.node.id, each.member) for each, _ in blocked}
    nodes = {each.node.id for each in paths}
    reached = {each.node.id for each in paths if (each.node.id, each.member) not in stopped}
    first: dict[tuple[str, bool], _Blocked] = {}
    for each, hop in blocked:
        first.setdefault((each.member.name, each.checks), (each, hop))
    for each, hop in first.values():
        places = {(path.node.id, path.member) for path in paths if path.member.name == each.member.name}
        yield _problem(facts, one, each, hop, whole=places <= stopped, grave=nodes > reached)


def _problem(facts: Facts, one: Forwarding, each: TargetPath, hop: Hop, *, whole: bool, grave: bool) -> Problem:
    name = each.member.name
    resource = hop.component if hop.component in facts.cloud.template.resources else one.group.id
    text, settled = _text(one, each, hop, whole=whole), _certainty(facts.cloud, name, whole=whole)
    proven = proven_by(each.path, hop, one.group.origin, resource, text, settled)
    severity = None if grave else Severity.MEDIUM
    return replace(proven, severity=severity, cause=f"`{hop.component}`", affected=one.balancer.id)


def _certainty(cloud: Cloud, name: str, *, whole: bool) -> Certainty:
    """Return how sure it is that a target is where it gets nothing: ECS and Auto Scaling may choose other places."""
    return Certainty.LIKELY if not whole and spare_places(cloud, name) else Certainty.PROVEN


def _text(one: Forwarding, each: TargetPath, hop: Hop, *, whole: bool) -> str:
    eni, balancer, group = each.member.interface, one.balancer.id, one.group.id
    place = f"`{each.member.name}`" if whole or eni is None else f"`{each.member.name}` in `{eni.subnet_id}`"
    service = f"{PROTOCOL_NAMES[each.service.protocol]}/{each.service.ports}"
    if hop in each.path.hops and each.checks:
        return (
            f"health checks of `{balancer}` do not reach {place}, a target of `{group}`, at {service}: {_reason(hop)}"
        )
    if hop in each.path.hops:
        return f"`{balancer}` does not reach {place}, a target of `{group}`, at {service}: {_reason(hop)}"
    if each.checks:
        return f"health checks of `{balancer}` get no answer from {place}, a target of `{group}`, at {service}: {_reason(hop)}"
    return f"`{balancer}` gets no answer from {place}, a target of `{group}`, at {service}: {_reason(hop)}"


def _reason(hop: Hop) -> str:
    return hop.rule if hop.component in hop.rule else f"`{hop.component}`: {hop.rule}"


def _without_clients(facts: Facts, one: Forwarding, known: set[str]) -> Problems:
    """Yield a problem for targets that see the addresses of clients on the internet, and admit none of them."""
    if one.balancer.internal or hides_clients(one):
        return
    for listener in facts.cloud.balancing.listeners_of(one.balancer.id):
        if one.group not in facts.cloud.balancing.groups_of(*listener.default_actions):
            continue
        protocol = "udp" if listener.protocol == "UDP" else "tcp"
        path = facts.path("internet", f"{one.balancer.id}:{protocol}/{listener.port}")
        hop = next(iter(path.denials), None) if path and path.verdict == "blocked" else None
        if path is None or hop is None or hop.component in known or _admits_cloudfront(facts.cloud, hop):
            continue
        if hop.kind in _AT_TARGETS and hop.n > _listening(path, hop.n):
            message = f"no client on the internet reaches a target of `{one.group.id}`, which shows their addresses: {_reason(hop)}"
            proven = proven_by(path, hop, one.group.origin, hop.component, message, Certainty.LIKELY)
            yield replace(proven, cause=f"`{hop.component}`")


def _admits_cloudfront(cloud: Cloud, hop: Hop) -> bool:
    """Return whether a group of a denying hop admits CloudFront, which is a client that `internet` does not mean."""
    groups = (cloud.network.security_groups.get(name) for name in hop.component.split("+"))
    peers = {rule.peer for group in groups if group for rule in group.ingress if isinstance(rule.peer, str)}
    return any(
        cloud.network.prefix_lists[peer].name == ORIGIN_FACING for peer in peers & cloud.network.prefix_lists.keys()
    )


def _elsewhere(facts: Facts, one: Forwarding) -> Problems:
    """Yield a problem for each target in zones where the load balancer has no subnet."""
    cloud = facts.cloud
    every = members(cloud, one.group)
    used = enabled(cloud, one.balancer, one.group, every)
    zones: dict[str, set[str]] = {}
    for member in every:
        subnet_id = member.interface.subnet_id if member.interface else ""
        if member not in used and not any(zone_doubts.between(cloud, subnet_id, one.balancer.subnet_ids)):
            zones.setdefault(member.name, set()).add(member.zone)
    for name, found in zones.items():
        where = ", ".join(sorted(found))
        yield Problem.of(
            one.balancer,
            f"`{name}`, a target of `{one.group.id}`, gets nothing in {where}: `{one.balancer.id}` has no subnet there",
            f"add a subnet in {where} to `{one.balancer.id}`",
            _certainty(cloud, name, whole=False),
            severity=Severity.MEDIUM if used else None,
            cause=f"`{one.balancer.id}`",
        )


def _unaddressed(cloud: Cloud, one: Forwarding) -> Problems:
    """Yield a problem for each target without an address of its group's family: no node can send to it."""
    family = f"IPv{one.group.ip_version}"
    for name in dict.fromkeys(each.name for each in members(cloud, one.group) if lacks_address(cloud, one, each)):
        message = f"`{name}`, a target of `{one.group.id}`, has no {family} address"
        yield Problem.of(
            one.group, message, f"give `{name}` an {family} address, or change the `IpAddressType` of `{one.group.id}`"
        )
