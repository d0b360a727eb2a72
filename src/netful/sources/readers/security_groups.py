"""Security groups with their rules (spec: vpc-network §2)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from netful.model.core import DEFAULT, Maybe, Unknown, known_in
from netful.model.network.protocols import ALL_PROTOCOLS, TCP, UDP
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule, UnplacedRule
from netful.model.network.vpc import ANYWHERE, ANYWHERE_IPV6, IPNetwork, Vpc
from netful.sources.parts import PartReader
from netful.sources.readers import kubernetes
from netful.sources.readers.protocols import port_range, protocol_number, undecided
from netful.sources.template.reading import Inventory, Reader, either, not_a_property

_INGRESS, _EGRESS = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"

_OWNED = re.compile(r"^\d{12}/(?=sg-)")

# Properties of a rule that name its peer, and the kind of each peer.
_PEERS = {
    "CidrIp": PeerKind.CIDR,
    "CidrIpv6": PeerKind.CIDR,
    "SourceSecurityGroupId": PeerKind.GROUP,
    "SourceSecurityGroupName": PeerKind.GROUP,
    "DestinationSecurityGroupId": PeerKind.GROUP,
    "SourcePrefixListId": PeerKind.PREFIX_LIST,
    "DestinationPrefixListId": PeerKind.PREFIX_LIST,
}

_RULE = {
    "GroupId",
    "GroupName",
    "IpProtocol",
    "FromPort",
    "ToPort",
    "Description",
    "SourceSecurityGroupOwnerId",
    *_PEERS,
}
"""Properties of a rule. Another one may be a peer that AWS added."""

_STANDALONE_EGRESS = (
    "a separate AWS::EC2::SecurityGroupEgress is taken to remove the default rule that lets everything out of `{id}`"
)
_EMPTY_EGRESS = "an empty `SecurityGroupEgress` is taken as left out, so `{id}` lets everything out"

_NO_PEER_HINT = "add `CidrIp`, `CidrIpv6`, a security group or a prefix list"
_NO_PORTS_HINT = "write `FromPort` and `ToPort`, 0 and 65535 for all; other ports than written are taken as open"

RESTRICTED_DEFAULT_GROUP = "Custom::VpcRestrictDefaultSG"
"""CDK's own resource, which removes all rules from a VPC's default group."""

OWN_RULES = "Netful::SecurityGroupRules"
"""Marker of a group whose rules are all separate resources, as after a write of the EC2 API."""


def security_groups(inventory: Inventory, vpcs: Mapping[str, Vpc]) -> dict[str, SecurityGroup]:
    """Return the groups with their inline and separate rules and further VPCs, and those that AWS makes."""
    found = {f"{vpc.id}.default": _default_group(vpc) for vpc in vpcs.values() if not inventory.described}
    found |= inventory.beside.security_groups
    for reader in inventory.of("AWS::EC2::SecurityGroup"):
        found[reader.id] = _group(reader, inventory)
    found |= {group.id: group for group in kubernetes.made_groups(inventory)}
    for reader in inventory.of(RESTRICTED_DEFAULT_GROUP, OWN_RULES):
        id_ = reader.text("DefaultSecurityGroupId")
        if isinstance(id_, str) and id_ in found:
            found[id_] = replace(found[id_], ingress=(), egress=(), origin=reader.origin)
    for reader in inventory.of(_INGRESS):
        group = known_in(found, _group_id(inventory, reader))
        if group is not None:
            found[group.id] = replace(group, ingress=(*group.ingress, *_rule(reader, reader.id)))
    for reader in inventory.of(_EGRESS):
        group = known_in(found, _group_id(inventory, reader))
        if group is not None:
            for rule in _rule(reader, reader.id):
                found[group.id] = _with_egress(group, rule)
    for reader, group in inventory.parts_of(found, "AWS::EC2::SecurityGroupVpcAssociation", "GroupId"):
        found[group.id] = replace(group, associated_vpc_ids=(*group.associated_vpc_ids, reader.required("VpcId")))
    return {id_: _with_ids(group, found, inventory) for id_, group in found.items()}


def _with_ids(group: SecurityGroup, groups: Mapping[str, SecurityGroup], inventory: Inventory) -> SecurityGroup:
    """Return a group whose rules have ids of groups, also where they are written with names."""

    def with_id(rule: SecurityGroupRule) -> SecurityGroupRule:
        if rule.peer_kind is not PeerKind.GROUP or not isinstance(rule.peer, str) or rule.peer in groups:
            return rule
        return replace(rule, peer=group_named(inventory, rule.peer))

    if all(with_id(rule) is rule for rule in (*group.ingress, *group.egress)):
        return group
    return replace(group, ingress=tuple(map(with_id, group.ingress)), egress=tuple(map(with_id, group.egress)))


def _default_group(vpc: Vpc) -> SecurityGroup:
    """Return the group that AWS makes: in from its own members, out to anywhere, by IPv6 if the VPC has it (§2.1)."""
    id_ = f"{vpc.id}.default"
    egress = _everything(id_) if vpc.ipv6_cidr_blocks else _everything(id_)[:1]
    itself = SecurityGroupRule(f"{id_}.ingress", ALL_PROTOCOLS, -1, -1, PeerKind.GROUP, id_)
    return SecurityGroup(id=id_, vpc_id=vpc.id, ingress=(itself,), egress=egress, group_name="default", default=True)


def _everything(group_id: str) -> tuple[SecurityGroupRule, ...]:
    return (
        SecurityGroupRule(f"{group_id}.egress", ALL_PROTOCOLS, -1, -1, PeerKind.CIDR, ANYWHERE),
        SecurityGroupRule(f"{group_id}.egress6", ALL_PROTOCOLS, -1, -1, PeerKind.CIDR, ANYWHERE_IPV6),
    )


def _group(reader: Reader, inventory: Inventory) -> SecurityGroup:
    name = reader.text("GroupName") or ""
    ingress = list(_rules(reader, "SecurityGroupIngress", f"{reader.id}.ingress"))
    egress = list(_rules(reader, "SecurityGroupEgress", f"{reader.id}.egress"))
    empty = reader.has("SecurityGroupEgress") and not egress
    return SecurityGroup(
        id=reader.id,
        vpc_id=reader.text("VpcId") or next(iter(inventory.of_default_vpc("AWS::EC2::VPC")), None),
        ingress=tuple(ingress),
        egress=tuple(egress) or (() if inventory.described else _everything(reader.id)),
        group_name=name,
        default=inventory.described and name == "default",
        assumptions=(_EMPTY_EGRESS.format(id=reader.id),) if empty else (),
        origin=reader.origin,
    )


def unplaced_rules(inventory: Inventory) -> dict[str, UnplacedRule]:
    """Return the separate rules whose group is not known."""
    return {
        rule.id: UnplacedRule(rule.id, group_id, reader.type == _EGRESS, rule, origin=rule.origin)
        for reader in inventory.of(_INGRESS, _EGRESS)
        if isinstance(group_id := _group_id(inventory, reader), Unknown)
        for rule in _rule(reader, reader.id)
    }


def _group_id(inventory: Inventory, reader: Reader) -> Maybe[str]:
    group_id = either(reader.text("GroupId"), reader.text("GroupName"))
    if group_id is None:
        hint = "name the security group that the rule belongs to"
        reader.lacks(f"`{reader.id}` has no `GroupId`", "GroupId", "GroupName", hint=hint)
    return group_named(inventory, group_id)


def _with_egress(group: SecurityGroup, rule: SecurityGroupRule) -> SecurityGroup:
    kept = tuple(r for r in group.egress if r.origin != DEFAULT)
    if len(kept) == len(group.egress):
        return replace(group, egress=(*kept, rule))
    assumption = _STANDALONE_EGRESS.format(id=group.id)
    return replace(group, egress=(*kept, rule), assumptions=(*group.assumptions, assumption))


def _rules(reader: Reader, name: str, label: str) -> Iterator[SecurityGroupRule]:
    """Yield the rules of a list; one that is unknown may admit anything or nothing, so it has an unknown peer."""
    for number, part in enumerate(reader.each(name), 1):
        rule_id = f"{label}-{number}"
        if isinstance(part, Unknown):
            yield SecurityGroupRule(rule_id, ALL_PROTOCOLS, -1, -1, PeerKind.CIDR, part, origin=reader.origin_of(name))
        else:
            yield from _rule(part, rule_id)


def _rule(reader: Reader, rule_id: str) -> Iterator[SecurityGroupRule]:
    """Yield the rule; nothing, with a warning, if it names no peer: AWS refuses that resource, and no packet matches."""
    found = _peer(reader)
    if found is None:
        reader.warnings.append(
            f"{reader.origin}: a rule of `{reader.id}` names no peer: AWS refuses it ({_NO_PEER_HINT})"
        )
        return
    kind, peer = found
    protocol, first, last = protocol_number(reader, "IpProtocol"), reader.number("FromPort"), reader.number("ToPort")
    if protocol in (TCP, UDP) and not {None, -1}.isdisjoint((first, last)):
        reader.warnings.append(
            f"{reader.origin}: AWS refuses a rule of `{reader.id}`, which needs both ports ({_NO_PORTS_HINT})"
        )
    from_port, to_port = port_range(reader, protocol, first, last)
    unknown = undecided(protocol, first, last)
    yield SecurityGroupRule(
        id=rule_id,
        ip_protocol=ALL_PROTOCOLS if isinstance(protocol, Unknown) else protocol,
        from_port=from_port,
        to_port=to_port,
        peer_kind=kind,
        peer=unknown or peer,
        description=reader.text("Description") or "",
        origin=reader.origin,
    )


def _peer(reader: Reader) -> tuple[PeerKind, Maybe[IPNetwork | str]] | None:
    for name, kind in _PEERS.items():
        if reader.has(name):
            peer = reader.network(name) if kind is PeerKind.CIDR else _id_in(reader, name)
            return None if peer is None else (kind, peer)
    for name in sorted(reader.properties.keys() - _RULE):
        return PeerKind.CIDR, not_a_property(reader, name)
    return None


def _id_in(reader: Reader, name: str) -> Maybe[str] | None:
    """Return the id of a group or a prefix list; that of a group of another account may have the account before it."""
    written = reader.text(name)
    return reader.named(_OWNED.sub("", written)) if isinstance(written, str) else written


def group_named(inventory: Inventory, group: Maybe[str]) -> Maybe[str]:
    """Return the id of a group that is given by its name; the same value if it is an id, or if not exactly one group has the name."""
    if isinstance(group, Unknown) or group in inventory.resources:
        return group
    named = [reader.id for reader in inventory.of("AWS::EC2::SecurityGroup") if reader.text("GroupName") == group]
    return named[0] if len(named) == 1 else group


READERS = (
    PartReader("security_groups", security_groups, needs=("vpcs",)),
    PartReader("unplaced_rules", unplaced_rules),
)
