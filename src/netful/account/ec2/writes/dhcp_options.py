"""Writes of DHCP options."""

from typing import Any

from netful.account.changes import Remove, new, removal
from netful.account.ec2.describe.dhcp_options import KEYS
from netful.account.ec2.world import Change, World, addition, has_dependencies, new_id
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import invalid_value

_ASSOCIATION = "AWS::EC2::VPCDHCPOptionsAssociation"
_LISTS = ("DomainNameServers", "NtpServers", "NetbiosNameServers")
_DEFAULT = "default"


def create_dhcp_options(world: World, asked: Parameters) -> Change:
    """CreateDhcpOptions."""
    del world
    properties: dict[str, Any] = {}
    for one in asked.get("DhcpConfigurations") or ():
        key, values = str(one.get("Key")), one.get("Values") or []
        if key not in KEYS:
            raise invalid_value(f"Value ({key}) for parameter name is invalid. Unknown DHCP option")
        properties[KEYS[key]] = values if KEYS[key] in _LISTS else ",".join(values)
    return addition("DhcpOptionsId", "dopt", "AWS::EC2::DHCPOptions", asked, properties)


def associate_dhcp_options(world: World, asked: Parameters) -> Change:
    """AssociateDhcpOptions: `default` stands for AWS's own."""
    vpc = world.existing(asked, "VpcId")
    before = removal(world.referring(_ASSOCIATION, VpcId=vpc))
    if asked.get("DhcpOptionsId") == _DEFAULT:
        return Change(before)
    properties = {"VpcId": vpc, "DhcpOptionsId": world.existing(asked, "DhcpOptionsId")}
    return Change((*before, new(_ASSOCIATION, new_id("dopt-assoc"), properties)))


def delete_dhcp_options(world: World, asked: Parameters) -> Change:
    """DeleteDhcpOptions: no VPC may have them."""
    name = world.existing(asked, "DhcpOptionsId")
    if world.referring(_ASSOCIATION, DhcpOptionsId=name):
        raise has_dependencies("dhcpOptions", asked["DhcpOptionsId"])
    return Change((Remove(name),))


WRITES = {
    "CreateDhcpOptions": create_dhcp_options,
    "AssociateDhcpOptions": associate_dhcp_options,
    "DeleteDhcpOptions": delete_dhcp_options,
}
