"""Permissions of a request about the rules of a security group, in the form that EC2 stores."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network
from typing import Any

from netful.account.ec2.describe.security_groups import PROTOCOLS
from netful.account.ec2.world import World
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import invalid_value
from netful.model.network.protocols import number_of

_PEERS = (
    # the list of a permission, the member in it, the property of a rule: into the group, out of it
    ("IpRanges", "CidrIp", "CidrIp", "CidrIp"),
    ("Ipv6Ranges", "CidrIpv6", "CidrIpv6", "CidrIpv6"),
    ("UserIdGroupPairs", "GroupId", "SourceSecurityGroupId", "DestinationSecurityGroupId"),
    ("PrefixListIds", "PrefixListId", "SourcePrefixListId", "DestinationPrefixListId"),
)
Properties = Mapping[str, Any]
"""The properties of one rule, as CloudFormation names them."""


def wanted(world: World, asked: Parameters, *, egress: bool) -> Iterator[Properties]:
    """Yield the rules of a request: each permission with each of its peers, in the form that EC2 stores. Raises ApiError."""
    permissions: Sequence[Mapping[str, Any]] = asked.get("IpPermissions") or _flat(asked)
    for permission in permissions:
        protocol = _protocol(str(permission.get("IpProtocol", "-1")))
        ports = _ports(permission, protocol)
        for list_, member, into, out in _PEERS:
            for peer in permission.get(list_) or ():
                text = {"Description": peer["Description"]} if peer.get("Description") else {}
                value = (
                    _canonical(str(peer.get(member, "")))
                    if "Cidr" in member
                    else world.name(peer.get(member) or peer.get("GroupName"))
                )
                yield {
                    "IpProtocol": protocol,
                    **ports,
                    (out if egress else into): value,
                    **text,
                }


def _flat(asked: Parameters) -> list[Mapping[str, Any]]:
    """Return the permission of the older form, whose members are parameters."""
    if "CidrIp" not in asked and "SourceSecurityGroupName" not in asked:
        return []
    peer = {"IpRanges": [{"CidrIp": asked["CidrIp"]}]} if "CidrIp" in asked else {
        "UserIdGroupPairs": [{"GroupId": asked["SourceSecurityGroupName"]}]}  # fmt: skip
    return [{**{key: asked.get(key) for key in ("IpProtocol", "FromPort", "ToPort")}, **peer}]


def _protocol(written: str) -> str:
    """Return the name of a protocol, as EC2 does for TCP, UDP and ICMP, or its number."""
    number = number_of(written)
    if number is None:
        raise invalid_value(f"Invalid value '{written}' for IP protocol. Unknown protocol.")
    return PROTOCOLS.get(number, str(number))


def _ports(permission: Mapping[str, Any], protocol: str) -> Mapping[str, Any]:
    ports = {key: permission[key] for key in ("FromPort", "ToPort") if permission.get(key) is not None}
    if protocol in ("tcp", "udp"):
        if len(ports) < 2:
            raise invalid_value("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.")
        for port in ports.values():
            if not 0 <= int(port) <= 65535:
                raise invalid_value(f"TCP/UDP port ({port}) out of range")
    return {} if protocol == "-1" else ports


def _canonical(block: str) -> str:
    try:
        return str(ip_network(block if "/" in block else "", strict=False))
    except ValueError:
        raise invalid_value(f"CIDR block {block} is malformed") from None
