"""Network ACLs of a plan: entries in blocks, and the default ACL of a VPC."""

from collections.abc import Mapping
from typing import Any

from netful.model.network.protocols import ICMPS, TCP, UDP, number_of
from netful.sources.readers.network_acls import RESTRICTED_DEFAULT_ACL
from netful.sources.terraform.plan.blocks import SIDES, blocks_of, several
from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.translation import Maker, Translation


def _default_acl(making: Translation, resource: Planned) -> None:
    """Make the entries of a VPC's default ACL, which replace all its previous ones."""
    acl = making.default_of(resource)
    if acl is not None:
        making.put(resource, RESTRICTED_DEFAULT_ACL, {"DefaultNetworkAclId": acl})
        _entries_of(making, resource, acl)


def _inline_entries(making: Translation, resource: Planned) -> None:
    _entries_of(making, resource, {"Ref": resource.address})


def _entries_of(making: Translation, resource: Planned, acl: Any) -> None:
    for direction in SIDES:
        for number, (values, unknown, written) in enumerate(blocks_of(resource, direction)):
            cidr = making.argument(resource, "cidr_block", values, unknown, written)
            egress = direction == "egress"
            entry = _entry(values, {"rule_number": values.get("rule_no"), "rule_action": values.get("action")})
            peer = {"CidrBlock": cidr or None, "Ipv6CidrBlock": values.get("ipv6_cidr_block") or None}
            properties = {"NetworkAclId": acl, "Egress": egress, **peer, **entry}
            making.put(resource, "AWS::EC2::NetworkAclEntry", properties, f".{direction}[{number}]")
    for number, subnet in enumerate(several(making.value(resource, "subnet_ids"))):
        properties = {"NetworkAclId": acl, "SubnetId": subnet}
        making.put(resource, "AWS::EC2::SubnetNetworkAclAssociation", properties, f".subnet_ids[{number}]")


def _entry_of_acl(making: Translation, resource: Planned) -> None:
    peer = {
        "CidrBlock": making.value(resource, "cidr_block"),
        "Ipv6CidrBlock": resource.values.get("ipv6_cidr_block") or None,
    }
    properties = {"NetworkAclId": making.value(resource, "network_acl_id"), "Egress": resource.values.get("egress")}
    making.put(
        resource, "AWS::EC2::NetworkAclEntry", {**properties, **peer, **_entry(resource.values, resource.values)}
    )


def _entry(values: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    protocol = str(values.get("protocol", "-1"))
    number = number_of(protocol)
    entry = {
        "RuleNumber": named.get("rule_number"),
        "RuleAction": named.get("rule_action"),
        "Protocol": protocol if number is None else number,
    }
    if number in (TCP, UDP):
        entry["PortRange"] = {"From": values.get("from_port"), "To": values.get("to_port")}
    if number in ICMPS:
        entry["Icmp"] = {"Type": values.get("icmp_type", -1), "Code": values.get("icmp_code", -1)}
    return entry


MAKERS: Mapping[str, Maker] = {
    "aws_default_network_acl": _default_acl,
    "aws_network_acl": _inline_entries,
    "aws_network_acl_rule": _entry_of_acl,
}
