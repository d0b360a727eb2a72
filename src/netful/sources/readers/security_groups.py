"""Security groups and network ACLs (spec: vpc-network §2 and §3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Network, ip_network
from typing import Final

from netful.model.core.numbers import whole_number
from netful.model.core.origin import DEFAULT
from netful.model.core.unknown import Maybe, Unknown, known_in
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.model.network.protocols import ALL_PROTOCOLS, ICMP, ICMPV6, TCP, UDP
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule
from netful.model.network.vpc import IPNetwork, Vpc
from netful.sources.files.complaint import close_match, fail
from netful.sources.template.reading import Inventory, Reader, either
from netful.sources.template.values import merged

ANYWHERE: Final = ip_network("0.0.0.0/0")
ANYWHERE_IPV6: Final = ip_network("::/0")

_PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6, "all": ALL_PROTOCOLS, "-1": ALL_PROTOCOLS}
_ICMPS = (ICMP, ICMPV6)

# Properties of a rule that name its peer, and what kind of peer each one is.
_PEERS = {
    "CidrIp": PeerKind.CIDR,
    "CidrIpv6": PeerKind.CIDR,
    "SourceSecurityGroupId": PeerKind.GROUP,
    "SourceSecurityGroupName": PeerKind.GROUP,
    "DestinationSecurityGroupId": PeerKind.GROUP,
    "SourcePrefixListId": PeerKind.PREFIX_LIST,
    "DestinationPrefixListId": PeerKind.PREFIX_LIST,
}

_STANDALONE_EGRESS = (
    "a separate AWS::EC2::SecurityGroupEgress is taken to remove the default rule that lets everything out of `{id}`"
)
_EMPTY_EGRESS = "an empty `SecurityGroupEgress` is taken as left out, so `{id}` lets everything out"


_PLANNED_ACL = "Terraform::RestrictedDefaultAcl"
"""What a plan has for the default ACL of a VPC, which has the plan's entries and no others then."""

_CDK_RESTRICTION = "Custom::VpcRestrictDefaultSG"
"""CDK's own resource, which takes all rules from a VPC's default group."""


def security_groups(inventory: Inventory, vpcs: Iterable[Vpc]) -> dict[str, SecurityGroup]:
    """The groups with their inline and separate rules, and each VPC's default group."""
    found = {vpc.id + ".default": _default_group(vpc) for vpc in vpcs}
    for reader in inventory.of("AWS::EC2::SecurityGroup"):
        found[reader.id] = _group(reader)
    for reader in inventory.of(_CDK_RESTRICTION):
        id_ = reader.text("DefaultSecurityGroupId")
        if isinstance(id_, str) and id_ in found:
            found[id_] = replace(found[id_], ingress=(), egress=(), origin=reader.origin)
    for reader in inventory.of("AWS::EC2::SecurityGroupIngress"):
        group = _group_of(reader, found)
        if group is not None:
            found[group.id] = replace(group, ingress=(*group.ingress, _rule(reader, reader.id)))
    for reader in inventory.of("AWS::EC2::SecurityGroupEgress"):
        group = _group_of(reader, found)
        if group is not None:
            found[group.id] = _with_egress(group, _rule(reader, reader.id))
    return found


def _default_group(vpc: Vpc) -> SecurityGroup:
    """What AWS makes: in from its own members, out to anywhere (§2.1)."""
    id_ = f"{vpc.id}.default"
    itself = SecurityGroupRule(f"{id_}.ingress", ALL_PROTOCOLS, -1, -1, PeerKind.GROUP, id_)
    return SecurityGroup(
        id=id_, vpc_id=vpc.id, ingress=(itself,), egress=_everything(id_), group_name="default", default=True
    )


def _everything(group_id: str) -> tuple[SecurityGroupRule, ...]:
    return (
        SecurityGroupRule(f"{group_id}.egress", ALL_PROTOCOLS, -1, -1, PeerKind.CIDR, ANYWHERE),
        SecurityGroupRule(f"{group_id}.egress6", ALL_PROTOCOLS, -1, -1, PeerKind.CIDR, ANYWHERE_IPV6),
    )


def _group(reader: Reader) -> SecurityGroup:
    ingress = list(_rules(reader, "SecurityGroupIngress", f"{reader.id}.ingress"))
    egress = list(_rules(reader, "SecurityGroupEgress", f"{reader.id}.egress"))
    empty = reader.has("SecurityGroupEgress") and not egress
    return SecurityGroup(
        id=reader.id,
        vpc_id=reader.text("VpcId"),
        ingress=tuple(ingress),
        egress=tuple(egress) or _everything(reader.id),
        group_name=str(reader.text("GroupName") or ""),
        assumptions=(_EMPTY_EGRESS.format(id=reader.id),) if empty else (),
        origin=reader.origin,
    )


def _group_of(reader: Reader, groups: dict[str, SecurityGroup]) -> SecurityGroup | None:
    group_id = either(reader.text("GroupId"), reader.text("GroupName"))
    if group_id is None:
        fail(f"`{reader.id}` has no `GroupId`", reader.origin, hint="name the security group that the rule belongs to")
    return known_in(groups, group_id)


def _with_egress(group: SecurityGroup, rule: SecurityGroupRule) -> SecurityGroup:
    kept = tuple(r for r in group.egress if r.origin != DEFAULT)
    if len(kept) == len(group.egress):
        return replace(group, egress=(*kept, rule))
    assumption = _STANDALONE_EGRESS.format(id=group.id)
    return replace(group, egress=(*kept, rule), assumptions=(*group.assumptions, assumption))


def _rules(reader: Reader, name: str, label: str) -> Iterator[SecurityGroupRule]:
    """The rules of a list; one that is unknown may admit anything or nothing, so it has an unknown peer."""
    for number, part in enumerate(reader.each(name), 1):
        rule_id = f"{label}-{number}"
        if isinstance(part, Unknown):
            yield SecurityGroupRule(rule_id, ALL_PROTOCOLS, -1, -1, PeerKind.CIDR, part, origin=reader.origin_of(name))
        else:
            yield _rule(part, rule_id)


def _rule(reader: Reader, rule_id: str) -> SecurityGroupRule:
    protocol = protocol_number(reader, "IpProtocol", reader.text("IpProtocol"))
    from_port, to_port = _ports(reader, protocol, reader.number("FromPort"), reader.number("ToPort"))
    kind, peer = _peer(reader)
    undecided = _undecided(reader.text("IpProtocol"), reader.number("FromPort"), reader.number("ToPort"))
    return SecurityGroupRule(
        id=rule_id,
        ip_protocol=protocol,
        from_port=from_port,
        to_port=to_port,
        peer_kind=kind,
        peer=undecided or peer,
        description=str(reader.text("Description") or ""),
        origin=reader.origin,
    )


def _peer(reader: Reader) -> tuple[PeerKind, Maybe[IPNetwork | str]]:
    for name, kind in _PEERS.items():
        peer = reader.network(name) if kind is PeerKind.CIDR else reader.text(name)
        if peer is not None:
            return kind, peer
    return fail(
        f"a rule of `{reader.id}` names no peer",
        reader.origin,
        hint="add `CidrIp`, `CidrIpv6`, a security group or a prefix list",
    )


def protocol_number(reader: Reader, name: str, written: Maybe[str] | None) -> int:
    """The IANA number of a protocol that is written by name or number."""
    if written is None:
        fail(f"a rule of `{reader.id}` has no `{name}`", reader.origin, hint="`tcp`, `udp`, `icmp` or `-1` for all")
    if isinstance(written, Unknown):
        return ALL_PROTOCOLS
    folded = written.lower()
    if folded in _PROTOCOLS:
        return _PROTOCOLS[folded]
    number = whole_number(folded)
    if number is not None and number < 256:
        return number
    hint = close_match(written, _PROTOCOLS, "`tcp`, `udp`, `icmp`, a number, or `-1` for all")
    return fail(f"`{name}` of `{reader.id}` is `{written}`, which is no protocol", reader.origin_of(name), hint=hint)


def _ports(reader: Reader, protocol: int, from_port: Maybe[int] | None, to_port: Maybe[int] | None) -> tuple[int, int]:
    """A rule's range, or ICMP's type and code; -1 for any."""
    if protocol in _ICMPS:
        return _known(from_port, -1), _known(to_port, -1)
    if protocol not in (TCP, UDP):
        return -1, -1
    if from_port is None and to_port is None:
        return 0, 65535
    first, last = _known(from_port, 0), _known(to_port, 65535)
    if first == -1 or last == -1:
        return 0, 65535
    if not 0 <= first <= last <= 65535:
        fail(
            f"a rule of `{reader.id}` has the ports {first} to {last}",
            reader.origin_of("FromPort"),
            hint="ports are 0 to 65535, the lower one first",
        )
    return first, last


def _undecided(*values: Maybe[str] | Maybe[int] | None) -> Unknown | None:
    """What makes a rule's protocol or ports unknown; they are written as any, and the peer says that it is unknown."""
    unknowns = [value for value in values if isinstance(value, Unknown)]
    return merged(unknowns) if unknowns else None


def _known(value: Maybe[int] | None, default: int) -> int:
    return value if isinstance(value, int) else default


# --- network ACLs --------------------------------------------------------------------------------------------------


def network_acls(inventory: Inventory, vpcs: Iterable[Vpc]) -> dict[str, NetworkAcl]:
    """The ACLs with their entries and subnets, and each VPC's default one."""
    found = {f"{vpc.id}.default-acl": _default_acl(vpc) for vpc in vpcs}
    for reader in inventory.of("AWS::EC2::NetworkAcl"):
        found[reader.id] = NetworkAcl(reader.id, reader.required("VpcId"), origin=reader.origin)
    for reader in inventory.of(_PLANNED_ACL):
        acl = known_in(found, reader.required("DefaultNetworkAclId"))
        if acl is not None:
            found[acl.id] = replace(acl, ingress=(), egress=(), origin=reader.origin)
    for reader in inventory.of("AWS::EC2::NetworkAclEntry"):
        acl_id = reader.required("NetworkAclId")
        acl = known_in(found, acl_id)
        if acl is not None:
            found[acl.id] = _with_entry(acl, reader)
    for reader in inventory.of("AWS::EC2::SubnetNetworkAclAssociation"):
        acl_id = reader.required("NetworkAclId")
        acl = known_in(found, acl_id)
        if acl is not None:
            found[acl.id] = replace(acl, subnet_ids=(*acl.subnet_ids, reader.required("SubnetId")))
    return found


def _default_acl(vpc: Vpc) -> NetworkAcl:
    """What AWS makes: everything in and out (§3)."""
    id_ = f"{vpc.id}.default-acl"
    blocks: tuple[IPNetwork, ...] = (ANYWHERE, ANYWHERE_IPV6)

    def entries(direction: str) -> tuple[NetworkAclEntry, ...]:
        return tuple(
            NetworkAclEntry(
                f"{id_}.{direction}-{100 + n}",
                100 + n,
                allow=True,
                protocol=-1,
                from_port=-1,
                to_port=-1,
                cidr_block=block,
            )
            for n, block in enumerate(blocks)
        )

    return NetworkAcl(id_, vpc.id, ingress=entries("ingress"), egress=entries("egress"), default=True)


def _with_entry(acl: NetworkAcl, reader: Reader) -> NetworkAcl:
    entry = _acl_entry(reader)
    egress = reader.flag("Egress", default=False)
    direction, same = ("egress", acl.egress) if egress else ("ingress", acl.ingress)
    ipv4 = isinstance(entry.cidr_block, IPv4Network)
    for other in same:
        if other.rule_number == entry.rule_number and other.origin != DEFAULT:
            hint = f"`{other.id}` at {other.origin} has it already"
            fail(f"`{entry.id}` is rule {entry.rule_number} of `{acl.id}`, which is taken", reader.origin, hint=hint)
    kept = [o for o in same if o.rule_number != entry.rule_number or isinstance(o.cidr_block, IPv4Network) != ipv4]
    entries = tuple(sorted([*kept, entry], key=lambda e: e.rule_number))
    return replace(acl, egress=entries) if direction == "egress" else replace(acl, ingress=entries)


def _acl_entry(reader: Reader) -> NetworkAclEntry:
    number = reader.number("RuleNumber")
    if not isinstance(number, int) or not 1 <= number <= 32766:
        fail(f"`{reader.id}` has no rule number between 1 and 32766", reader.origin_of("RuleNumber"))
    protocol = protocol_number(reader, "Protocol", reader.text("Protocol"))
    ports = reader.part("Icmp" if protocol in _ICMPS else "PortRange")
    first, last = ("Type", "Code") if protocol in _ICMPS else ("From", "To")
    from_port, to_port = _ports(reader, protocol, ports.number(first), ports.number(last))
    block = reader.network("CidrBlock")
    block = reader.network("Ipv6CidrBlock") if block is None else block
    if block is None:
        fail(f"`{reader.id}` has no `CidrBlock`", reader.origin, hint="an entry needs `CidrBlock` or `Ipv6CidrBlock`")
    return NetworkAclEntry(
        id=reader.id,
        rule_number=number,
        allow=str(reader.required("RuleAction")).lower() == "allow",
        protocol=protocol,
        from_port=from_port,
        to_port=to_port,
        cidr_block=_undecided(reader.text("Protocol"), ports.number(first), ports.number(last)) or block,
        origin=reader.origin,
    )
