"""Described security groups and network ACLs."""

from collections.abc import Iterator

from netful.model.network.protocols import TCP, UDP
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule
from netful.model.network.vpc import IPNetwork
from netful.sources.described.files import Description
from netful.sources.described.item import Item
from netful.sources.parts import PartReader


def security_groups(description: Description) -> dict[str, SecurityGroup]:
    """Return the groups with the further VPCs that they are associated with."""
    associated: dict[str, list[str]] = {}
    for item in description.of("SecurityGroupVpcAssociations"):
        if item.text("State") in ("", "associated", "associating"):
            associated.setdefault(item.text("GroupId"), []).append(item.text("VpcId"))
    groups = {item.text("GroupId"): item for item in description.of("SecurityGroups")}
    return {id_: _group(item, tuple(associated.get(id_, ()))) for id_, item in groups.items()}


def _group(item: Item, associated_vpc_ids: tuple[str, ...]) -> SecurityGroup:
    id_ = item.text("GroupId")
    return SecurityGroup(
        id=id_,
        vpc_id=item.text("VpcId") or None,
        ingress=tuple(_rules(item, "IpPermissions", f"{id_}.ingress")),
        egress=tuple(_rules(item, "IpPermissionsEgress", f"{id_}.egress")),
        group_name=item.text("GroupName"),
        default=item.text("GroupName") == "default",
        associated_vpc_ids=associated_vpc_ids,
        origin=item.origin,
    )


def _rules(item: Item, name: str, label: str) -> Iterator[SecurityGroupRule]:
    number = 0
    for permission in item.parts(name):
        protocol = permission.protocol("IpProtocol")
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


READERS = (PartReader("security_groups", security_groups),)
