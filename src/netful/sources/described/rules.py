"""Described security groups and network ACLs, as the resources of a template."""

from collections.abc import Iterator
from typing import Any

from netful.sources.described.files import Description
from netful.sources.described.item import Declaration, Item

_LAST_RULES = (32767, 32768)  # the `*` of IPv4 and IPv6 that denies what no entry matched; implied in the model
_PEERS = (
    ("IpRanges", "CidrIp", "CidrIp"),
    ("Ipv6Ranges", "CidrIpv6", "CidrIpv6"),
    ("UserIdGroupPairs", "GroupId", "{}SecurityGroupId"),
    ("PrefixListIds", "PrefixListId", "{}PrefixListId"),
)
"""Lists of a permission, the member that names a peer, and the property of a rule."""


def resources(description: Description) -> Iterator[Declaration]:
    """Yield the groups with the further VPCs that they are associated with, and the ACLs with their entries and subnets."""
    for item in description.of("SecurityGroups"):
        rules = {
            "SecurityGroupIngress": list(_rules(item, "IpPermissions", "Source")),
            "SecurityGroupEgress": list(_rules(item, "IpPermissionsEgress", "Destination")) or None,
        }
        named = {name: item.text(name) or None for name in ("VpcId", "GroupName")}
        yield item.text("GroupId"), "AWS::EC2::SecurityGroup", item, {**named, **rules}
    for item in description.of("SecurityGroupVpcAssociations"):
        if item.text("State") in ("", "associated", "associating"):
            id_ = f"{item.text('GroupId')}/{item.text('VpcId')}"
            yield id_, "AWS::EC2::SecurityGroupVpcAssociation", item, item.data
    for item in description.of("NetworkAcls"):
        yield from _acl(item)


def _rules(item: Item, name: str, end: str) -> Iterator[dict[str, Any]]:
    """Yield the rules of one direction. AWS lists permissions, and kinds of peers in each: what is not there is not known."""
    unknown = {"CidrIp": item.left_out(name, "GroupId")}
    if name not in item.data:
        yield {"IpProtocol": "-1", **unknown}
    for permission in item.parts(name):
        ports = {key: permission.data.get(key) for key in ("IpProtocol", "FromPort", "ToPort")}
        if permission.data.keys().isdisjoint(listed for listed, _, _ in _PEERS):
            yield {**ports, **unknown}
        for listed, member, key in _PEERS:
            for part in permission.parts(listed):
                yield {**ports, key.format(end): part.text(member), "Description": part.text("Description")}


def _acl(item: Item) -> Iterator[Declaration]:
    acl = {"NetworkAclId": item.text("NetworkAclId")}
    id_ = acl["NetworkAclId"]
    yield id_, "AWS::EC2::NetworkAcl", item, {"VpcId": item.text("VpcId"), "IsDefault": item.flag("IsDefault")}
    for entry in item.parts("Entries"):
        number = entry.number("RuleNumber", 0)
        if number not in _LAST_RULES:
            entry_id = f"{id_}.{'egress' if entry.flag('Egress') else 'ingress'}-{number}"
            icmp = {"Icmp": entry.data.get("IcmpTypeCode")}
            yield entry_id, "AWS::EC2::NetworkAclEntry", entry, {**entry.data, **icmp, **acl}
    for part in item.parts("Associations"):
        subnet_id = part.text("SubnetId")
        yield f"{id_}/{subnet_id}", "AWS::EC2::SubnetNetworkAclAssociation", part, {"SubnetId": subnet_id, **acl}
