"""Security groups: decision of an interface's groups about a flow out or in (vpc-network §2).

Groups have allow rules only, and one matching rule of any group is enough. Without one the packet is dropped silently. A
rule with an unknown peer, or of an unknown group, may or may not match, so three answers exist: a rule matches, a rule might
match, no rule matches.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv6Network

from netful.engine.filters import group_references
from netful.engine.filters.group_references import Direction
from netful.engine.flows.address_families import missing_address
from netful.engine.flows.codes import Code
from netful.engine.flows.flow import ECHO_CODE, PROTOCOL_NAMES, End, Flow, Ports, contains
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.flows.truth import some
from netful.model.cloud import Cloud
from netful.model.core import DEFAULT, Frozen, Maybe, Unknown
from netful.model.names.distributions import ORIGIN_FACING
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import ALL_PROTOCOLS, ICMP, ICMPV6, TCP, UDP
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule, UnplacedRule
from netful.model.network.vpc import IPNetwork

_WITHOUT_GROUPS = (InterfaceOwner.NAT_GATEWAY, InterfaceOwner.LOAD_BALANCER)
"""Owners whose interfaces may have no group. For all other owners, an interface without groups admits no packet."""


class _Match(Frozen):
    """A rule that covers the flow's service; `sure` is None if its peer depends on a missing value."""

    group: SecurityGroup
    rule: SecurityGroupRule
    sure: bool | None


def has_groups(interface: NetworkInterface) -> bool:
    """Return whether security groups filter an interface's packets; without any group they refuse all."""
    return bool(interface.security_group_ids) or interface.owner not in _WITHOUT_GROUPS


def judge(cloud: Cloud, interface: NetworkInterface, flow: Flow, direction: Direction) -> Ruling:
    """Return the ruling of an interface's groups on a flow that leaves it (out) or enters it (in)."""
    ids = interface.security_group_ids
    groups = [
        cloud.network.security_groups[g] for g in ids if isinstance(g, str) and g in cloud.network.security_groups
    ]
    matches = [match for group in groups for match in _matches(cloud, interface, group, flow, direction)]
    notes = tuple(note for group in groups if direction == "out" for note in group.assumptions)
    notes += tuple(_of_another_vpc(cloud, interface, groups))
    sure = next((match for match in matches if match.sure), None)
    if sure:
        rule, origin = describe(sure.rule, direction), sure.rule.origin
        return Ruling("allow", sure.group.id, rule, origin=origin, assumptions=notes, decided_by=sure.rule)
    component = "+".join(g for g in ids if isinstance(g, str)) or "security groups"
    missing = dict.fromkeys((*_missing_groups(cloud, ids), *_missing_peers(cloud, matches, flow, direction)))
    missing |= dict.fromkeys(_missing_places(cloud, groups, flow, direction))
    if missing:
        rule = f"whether a rule covers {_asked(flow, direction)} depends on a missing value"
        return Ruling("unknown", component, rule, missing=tuple(missing))
    origin = groups[0].origin if groups else DEFAULT
    if direction == "in" and _lost_on_the_way(cloud, flow, matches):
        unsupporting = group_references.without_support(cloud, interface, flow.source.interface)
        if unsupporting is not None:
            rule = f"{component} refers to a group of another VPC, which {unsupporting.id} does not support"
            remedy = f"set `SecurityGroupReferencingSupport` of `{unsupporting.id}` to `enable`"
            return Ruling("deny", component, rule, Code.SG_REFERENCING_SUPPORT, origin, remedy=remedy)
    code, rule = _refusal(cloud, groups, matches, flow, direction)
    return Ruling("deny", component, rule, code=code, origin=origin, assumptions=notes)


def _of_another_vpc(cloud: Cloud, interface: NetworkInterface, groups: Iterable[SecurityGroup]) -> Iterator[str]:
    """Yield what a ruling supposes of groups that AWS refuses at an interface."""
    vpc = cloud.network.vpc_of_interface(interface)
    if vpc is None:
        return
    for group in groups:
        if not group_references.is_admitted(interface, group, vpc.id):
            where = f"`{interface.owner_id}` in `{vpc.id}`"
            yield f"AWS accepts the group `{group.id}` of `{group.vpc_id}` at {where}: it refuses groups of other VPCs"


def is_closed(cloud: Cloud, interface: NetworkInterface, flow: Flow) -> bool:
    """Return whether no rule of an interface's groups admits the flow's service from any peer."""
    ids = interface.security_group_ids
    known = [cloud.network.security_groups[g] for g in ids if isinstance(g, str) and g in cloud.network.security_groups]
    rules = (*(r for g in known for r in g.ingress), *(one.rule for one in unplaced(cloud, known, "in")))
    return 0 < len(known) == len(ids) and not any(_covers_service(r, flow) for r in rules)


def _matches(
    cloud: Cloud, interface: NetworkInterface, group: SecurityGroup, flow: Flow, direction: Direction
) -> Iterator[_Match]:
    peer = _peer(flow, direction)
    for rule in _rules(group, direction):
        if _covers_service(rule, flow):
            named = peer.interface if rule.peer_kind is PeerKind.GROUP else None
            reached = named is None or group_references.in_reach(cloud, interface, named, direction)
            yield _Match(group, rule, _covers_peer(cloud, rule, peer) if reached else False)


def _lost_on_the_way(cloud: Cloud, flow: Flow, matches: list[_Match]) -> bool:
    """Return whether a rule refers to a group that the source has, or may have, and does not show any more."""
    named = [match.rule for match in matches if match.rule.peer_kind is PeerKind.GROUP]
    if flow.source.forwarded or flow.source.interface is None:
        return (flow.source.forwarded or flow.source.identity_lost) and bool(named)
    shown = replace(flow.source, identity_lost=False)
    return flow.source.identity_lost and any(_covers_peer(cloud, rule, shown) is not False for rule in named)


def _rules(group: SecurityGroup, direction: Direction) -> tuple[SecurityGroupRule, ...]:
    return group.egress if direction == "out" else group.ingress


def _peer(flow: Flow, direction: Direction) -> End:
    return flow.destination if direction == "out" else flow.source


def _covers_service(rule: SecurityGroupRule, flow: Flow) -> bool:
    if rule.ip_protocol == ALL_PROTOCOLS:
        return True
    if rule.ip_protocol != flow.protocol:
        return False
    if flow.protocol in (TCP, UDP):
        wanted = flow.destination.ports
        return rule.from_port < 0 or (rule.from_port <= wanted.first and wanted.last <= rule.to_port)
    if flow.protocol in (ICMP, ICMPV6):
        return rule.from_port in (-1, flow.icmp_type) and (rule.from_port < 0 or rule.to_port in (-1, ECHO_CODE))
    return True


def _covers_peer(cloud: Cloud, rule: SecurityGroupRule, peer: End) -> bool | None:
    if isinstance(rule.peer, Unknown):
        return True if _is_block_of_vpc(cloud, rule.peer, peer) else None
    if rule.peer_kind is PeerKind.GROUP:
        named = str(rule.peer)  # a group of another account has the account's id as a prefix
        return _carries(peer, named if named in cloud.network.security_groups else named.rpartition("/")[2])
    if _calls_origins(cloud, rule.peer, peer):
        return True
    return some(_holds(block, peer) for block in _blocks(cloud, rule.peer))


def _is_block_of_vpc(cloud: Cloud, block: Unknown, peer: End) -> bool:
    """Return whether a block that is not known is the only IPv4 block of the VPC of an end, which has an address in it then."""
    if (
        peer.interface is None
        or peer.identity_lost
        or peer.interface.ipv6_only
        or isinstance(peer.address, IPv6Network)
    ):
        return False
    vpc = cloud.network.vpc_of_interface(peer.interface)
    blocks = vpc.cidr_blocks if vpc is not None else ()
    return len(blocks) == 1 and isinstance(blocks[0], Unknown) and block.same_as(blocks[0])


def _calls_origins(cloud: Cloud, listed: IPNetwork | str, peer: End) -> bool:
    """Return whether an end is CloudFront's interface for a VPC origin, which its prefix list covers (newer-aws §12)."""
    if peer.interface is None or peer.interface.owner is not InterfaceOwner.VPC_ORIGIN or peer.identity_lost:
        return False
    found = cloud.network.prefix_lists.get(listed) if isinstance(listed, str) else None
    return found is not None and found.name == ORIGIN_FACING


def _blocks(cloud: Cloud, peer: IPNetwork | str) -> tuple[Maybe[IPNetwork], ...]:
    if not isinstance(peer, str):
        return (peer,)
    listed = cloud.network.prefix_lists.get(peer)
    return listed.cidr_blocks if listed else (Unknown("not loaded", (f"prefix list {peer}",)),)


def _holds(block: Maybe[IPNetwork], peer: End) -> bool | None:
    if isinstance(block, Unknown):
        return None
    if peer.address is None:
        return True if block.prefixlen == 0 else None
    return contains(block, peer.address)


def _carries(peer: End, group_id: str) -> bool | None:
    """Return whether a reference to a group matches an end: by its interface, never by a translated address (§2.2)."""
    if peer.identity_lost:
        return False
    if peer.interface is None:
        return None if peer.address is None else False
    ids = peer.interface.security_group_ids
    return True if group_id in ids else None if any(isinstance(g, Unknown) for g in ids) else False


def _missing_groups(cloud: Cloud, ids: Iterable[Maybe[str]]) -> Iterator[str]:
    for group_id in ids:
        if isinstance(group_id, Unknown) or group_id not in cloud.network.security_groups:
            yield from needs(group_id, f"security group {group_id}")


def _missing_places(cloud: Cloud, groups: Iterable[SecurityGroup], flow: Flow, direction: Direction) -> Iterator[str]:
    """Yield the missing groups of rules that cover a flow."""
    peer = _peer(flow, direction)
    for one in unplaced(cloud, groups, direction):
        if _covers_service(one.rule, flow) and _covers_peer(cloud, one.rule, peer) is not False:
            yield from needs(one.group_id, f"`GroupId` of {one.rule.id}")


def unplaced(cloud: Cloud, groups: Iterable[SecurityGroup], direction: Direction) -> Iterator[UnplacedRule]:
    """Yield the rules of unknown groups that may be of one of some groups.

    A parameter or an import does not name a group of its own stack, which is made after it has its value.
    """
    resources = cloud.template.resources
    holders = (resources.get(group.id.partition(".")[0]) for group in groups)
    stacks = {holder.stack if holder is not None else None for holder in holders}
    for one in cloud.network.unplaced_rules.values():
        others = stacks - {resources[one.rule.id].stack}
        if one.egress is (direction == "out") and (others or one.group_id.of_stack):
            yield one


def _missing_peers(cloud: Cloud, matches: list[_Match], flow: Flow, direction: Direction) -> Iterator[str]:
    peer = _peer(flow, direction)
    for match in matches:
        if match.sure is not None:
            continue
        if isinstance(match.rule.peer, Unknown):
            yield from needs(match.rule.peer, "")
        elif match.rule.peer_kind is PeerKind.PREFIX_LIST and match.rule.peer not in cloud.network.prefix_lists:
            yield f"prefix list {match.rule.peer}"
        elif peer.interface is not None:
            yield from _missing_of(cloud, peer.interface, match.rule.peer_kind)
        else:
            yield "the destination's address" if direction == "out" else "the source's address"


def _missing_of(cloud: Cloud, interface: NetworkInterface, kind: PeerKind) -> Iterator[str]:
    """Yield the missing properties of an interface that decide about a rule: its groups, or what decides its address."""
    if kind is not PeerKind.GROUP:
        yield from missing_address(cloud, interface)
        return
    for value in interface.security_group_ids:
        if isinstance(value, Unknown):
            yield from needs(value, "")


def _asked(flow: Flow, direction: Direction) -> str:
    peer = _peer(flow, direction)
    return f"{flow.service} to {peer}" if direction == "out" else f"{flow.service} from {peer}"


def _refusal(
    cloud: Cloud, groups: list[SecurityGroup], matches: list[_Match], flow: Flow, direction: Direction
) -> tuple[Code, str]:
    names = " or ".join(group.id for group in groups)
    rules = [rule for group in groups for rule in _rules(group, direction)]
    if not rules:
        rule = (
            f"{names} has no rule that lets out anything"
            if direction == "out"
            else f"{names} has no rule that admits anything"
        )
        return Code.SG_HAS_NO_RULES, rule
    if direction == "in" and _lost_on_the_way(cloud, flow, matches):
        return Code.SG_REFERENCES_NOT_PRESERVED, f"{names} refers to a group, which the source no longer shows here"
    near = next((match.rule for match in matches), None) or rules[0]
    service, peer, there = flow.service, _peer(flow, direction), describe(near, direction)
    if direction == "out":
        return Code.ENI_SG_RULES_MISMATCH, f"no rule lets out {service} to {peer}; {there}"
    return Code.ENI_SG_RULES_MISMATCH, f"no rule admits {service} from {peer}; {there}"


def describe(rule: SecurityGroupRule, direction: Direction) -> str:
    """Return a rule in words, such as `admits tcp/443 from 10.0.0.0/16`."""
    peer = "an unknown peer" if isinstance(rule.peer, Unknown) else rule.peer
    if rule.ip_protocol == ALL_PROTOCOLS:
        return f"lets out all to {peer}" if direction == "out" else f"admits all from {peer}"
    service = _service(rule)
    return f"lets out {service} to {peer}" if direction == "out" else f"admits {service} from {peer}"


def _service(rule: SecurityGroupRule) -> str:
    name = PROTOCOL_NAMES.get(rule.ip_protocol, f"protocol {rule.ip_protocol}")
    ports = rule.ip_protocol in (TCP, UDP) and rule.from_port >= 0
    return f"{name}/{Ports(rule.from_port, rule.to_port)}" if ports else name
