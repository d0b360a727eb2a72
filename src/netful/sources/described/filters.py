"""Described security groups and network ACLs."""

from __future__ import annotations

from collections.abc import Iterator

from netful.model.network.filters import (
    ALL_PROTOCOLS,
    ICMP,
    ICMPV6,
    TCP,
    UDP,
    NetworkAcl,
    NetworkAclEntry,
    PeerKind,
    SecurityGroup,
    SecurityGroupRule,
)
from netful.model.network.vpc import IPNetwork
from netful.sources.described.files import Description
from netful.sources.described.item import Item
from netful.sources.files.complaint import fail

_PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6, "-1": ALL_PROTOCOLS}
_LAST_RULES = (32767, 32768)  # the `*` of IPv4 and IPv6 that denies what no entry matched; implied in the model


def security_groups(description: Description) -> dict[str, SecurityGroup]:
    """The groups."""
    return {item.text("GroupId"): _group(item) for item in description.of("SecurityGroups")}


def _group(item: Item) -> SecurityGroup:
    id_ = item.text("GroupId")
    return SecurityGroup(
        id=id_,
        vpc_id=item.text("VpcId") or None,
        ingress=tuple(_rules(item, "IpPermissions", f"{id_}.ingress")),
        egress=tuple(_rules(item, "IpPermissionsEgress", f"{id_}.egress")),
        group_name=item.text("GroupName"),
        default=item.text("GroupName") == "default",
        origin=item.origin,
    )


def _rules(item: Item, name: str, label: str) -> Iterator[SecurityGroupRule]:
    number = 0
    for permission in item.parts(name):
        protocol = _protocol(permission, "IpProtocol")
        for kind, peer, description in _peers(permission):
            number += 1
            yield SecurityGroupRule(
                id=f"{label}-{number}",
                ip_protocol=protocol,
                from_port=permission.number("FromPort", 0 if protocol in (TCP, UDP) else -1),
                to_port=permission.number("ToPort", 65535 if protocol in (TCP, UDP) else -1),
                peer_kind=kind,
                peer=peer,
                description=description,
                origin=item.origin,
            )


def _peers(permission: Item) -> Iterator[tuple[PeerKind, IPNetwork | str, str]]:
    for name, key in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")):
        for part in permission.parts(name):
            block = part.network(key)
            if block is not None:
                yield PeerKind.CIDR, block, part.text("Description")
    for part in permission.parts("UserIdGroupPairs"):
        yield PeerKind.GROUP, part.text("GroupId"), part.text("Description")
    for part in permission.parts("PrefixListIds"):
        yield PeerKind.PREFIX_LIST, part.text("PrefixListId"), part.text("Description")


def _protocol(item: Item, name: str) -> int:
    text = item.text(name).lower()
    if text in _PROTOCOLS:
        return _PROTOCOLS[text]
    return int(text) if text.isdigit() else fail(f"`{name}` is `{text}`, which is no protocol", item.origin)


def network_acls(description: Description) -> dict[str, NetworkAcl]:
    """The ACLs."""
    return {item.text("NetworkAclId"): _acl(item) for item in description.of("NetworkAcls")}


def _acl(item: Item) -> NetworkAcl:
    id_ = item.text("NetworkAclId")
    entries = sorted((entry for entry in item.parts("Entries")), key=lambda entry: entry.number("RuleNumber", 0))
    kept = [entry for entry in entries if entry.number("RuleNumber", 0) not in _LAST_RULES]
    return NetworkAcl(
        id=id_,
        vpc_id=item.text("VpcId"),
        ingress=tuple(_entry(id_, entry) for entry in kept if not entry.flag("Egress")),
        egress=tuple(_entry(id_, entry) for entry in kept if entry.flag("Egress")),
        subnet_ids=tuple(part.text("SubnetId") for part in item.parts("Associations")),
        default=item.flag("IsDefault"),
        origin=item.origin,
    )


def _entry(acl_id: str, item: Item) -> NetworkAclEntry:
    protocol = _protocol(item, "Protocol")
    icmp = protocol in (ICMP, ICMPV6)
    ports = item.part("IcmpTypeCode" if icmp else "PortRange")
    every = (0, 65535) if protocol in (TCP, UDP) else (-1, -1)
    block = item.network("CidrBlock", "Ipv6CidrBlock")
    if block is None:
        fail(f"an entry of `{acl_id}` has no block", item.origin)
    number, direction = item.number("RuleNumber", 0), "egress" if item.flag("Egress") else "ingress"
    return NetworkAclEntry(
        id=f"{acl_id}.{direction}-{number}",
        rule_number=number,
        allow=item.text("RuleAction") == "allow",
        protocol=protocol,
        from_port=ports.number("Type" if icmp else "From", every[0]),
        to_port=ports.number("Code" if icmp else "To", every[1]),
        cidr_block=block,
        origin=item.origin,
    )
