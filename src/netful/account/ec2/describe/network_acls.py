"""Network ACLs as `DescribeNetworkAcls` returns them, with the last entry that denies all else."""

from collections.abc import Iterator
from ipaddress import IPv6Network
from typing import Any

from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.model.core import DEFAULT, known, known_in
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.model.network.protocols import ICMP, ICMPV6, TCP, UDP

LAST_RULE = 32767


def network_acl(view: View, acl: NetworkAcl) -> Record:
    """Return the record of an ACL."""
    return {
        "VpcId": view.id(acl.vpc_id),
        "OwnerId": view.cloud.account_id,
        "IsDefault": acl.default,
        "Associations": [*_associations(view, acl)],
        "Entries": [*_entries(view, acl)],
    }


def _associations(view: View, acl: NetworkAcl) -> Iterator[Record]:
    network = view.cloud.network
    for subnet in network.subnets.values():
        if network.network_acl_of(subnet.id) is acl:
            subnet_id = str(view.id(subnet.id))
            own = view.association("AWS::EC2::SubnetNetworkAclAssociation", SubnetId=subnet.id)
            association = own or f"aclassoc-{subnet_id.removeprefix('subnet-')}"
            yield {"NetworkAclAssociationId": association, "NetworkAclId": view.id(acl.id), "SubnetId": subnet_id}


def _entries(view: View, acl: NetworkAcl) -> Iterator[Record]:
    vpc = known_in(view.cloud.network.vpcs, acl.vpc_id)
    ipv6 = bool(vpc and vpc.ipv6_cidr_blocks)
    families = ("0.0.0.0/0", "::/0") if ipv6 else ("0.0.0.0/0",)
    for egress, entries in ((False, acl.ingress), (True, acl.egress)):
        yield from (described(entry, egress=egress) for entry in entries if ipv6 or not _waits_for_ipv6(acl, entry))
        for number, block in enumerate(families):
            name = "Ipv6CidrBlock" if number else "CidrBlock"
            yield {
                name: block,
                "Egress": egress,
                "Protocol": "-1",
                "RuleAction": "deny",
                "RuleNumber": LAST_RULE + number,
            }


def _waits_for_ipv6(acl: NetworkAcl, entry: NetworkAclEntry) -> bool:
    """Return whether an entry is the one that AWS adds to a default ACL when its VPC gets an IPv6 block."""
    return acl.default and entry.origin == DEFAULT and isinstance(entry.cidr_block, IPv6Network)


def described(entry: NetworkAclEntry, *, egress: bool) -> Record:
    """Return an entry as EC2 describes it."""
    ranges: dict[str, Any] = {}
    if entry.protocol in (TCP, UDP):
        ranges = {"PortRange": {"From": entry.from_port, "To": entry.to_port}}
    elif entry.protocol in (ICMP, ICMPV6):
        ranges = {"IcmpTypeCode": {"Type": entry.from_port, "Code": entry.to_port}}
    return {
        "Ipv6CidrBlock" if isinstance(entry.cidr_block, IPv6Network) else "CidrBlock": known(entry.cidr_block),
        "Egress": egress,
        "Protocol": str(entry.protocol),
        "RuleAction": "allow" if entry.allow else "deny",
        "RuleNumber": known(entry.rule_number),
        **ranges,
    }
