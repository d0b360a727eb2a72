"""Gateways of a plan: their attachments, and the acceptance of peerings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netful.sources.terraform.plan import Planned
from netful.sources.terraform.translation import Completion, Maker, Translation


def _attachment(gateway: str) -> Maker:
    """Return the maker of an attachment, if a gateway names its VPC itself."""

    def make(making: Translation, resource: Planned) -> None:
        vpc_id = making.value(resource, "vpc_id")
        if vpc_id is not None:
            properties = {"VpcId": vpc_id, gateway: {"Ref": resource.address}}
            making.put(resource, "AWS::EC2::VPCGatewayAttachment", properties, ".vpc_id")

    return make


def _interface_of_eip(making: Translation, resource: Planned) -> None:
    interface = making.value(resource, "network_interface")
    if interface is not None:
        allocation = {"Fn::GetAtt": [resource.address, "AllocationId"]}
        properties = {"AllocationId": allocation, "NetworkInterfaceId": interface}
        making.put(resource, "AWS::EC2::EIPAssociation", properties, ".network_interface")


def _acceptance(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return whether a peering is accepted only by something that is not in the plan."""
    accepted = making.value(resource, "auto_accept") is True or making.first("aws_vpc_peering_connection_accepter")
    return {} if accepted else {"AutoAccept": False}


COMPLETIONS: Mapping[str, Completion] = {"aws_vpc_peering_connection": _acceptance}

MAKERS: Mapping[str, Maker] = {
    "aws_internet_gateway": _attachment("InternetGatewayId"),
    "aws_vpn_gateway": _attachment("VpnGatewayId"),
    "aws_eip": _interface_of_eip,
}
