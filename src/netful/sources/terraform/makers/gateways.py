"""Gateways of a plan: their attachments, and the acceptance of peerings."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from netful.sources.readers.transit_gateways import ACCEPTED, UNASSOCIATED, UNPROPAGATED
from netful.sources.terraform.plan.blocks import blocks_of
from netful.sources.terraform.plan.planned_resources import Planned, items
from netful.sources.terraform.translation import Completion, Maker, Translation
from netful.sources.terraform.types.resource_types import FIREWALLS


def _attachment(gateway: str, making: Translation, resource: Planned) -> None:
    """Make an attachment, if a gateway names its VPC itself."""
    vpc_id = making.value(resource, "vpc_id")
    if vpc_id is not None:
        properties = {"VpcId": vpc_id, gateway: {"Ref": resource.address}}
        making.put(resource, "AWS::EC2::VPCGatewayAttachment", properties, ".vpc_id")


def _holder_of_eip(making: Translation, resource: Planned) -> None:
    """Associate an Elastic IP that names its interface, or an address of its holder."""
    interface, address = (making.value(resource, name) for name in ("network_interface", "associate_with_private_ip"))
    if interface is not None or address is not None:
        allocation = {"Fn::GetAtt": [resource.address, "AllocationId"]}
        properties = {
            "AllocationId": allocation,
            "NetworkInterfaceId": interface,
            "InstanceId": making.value(resource, "instance"),
            "PrivateIpAddress": address,
        }
        making.put(resource, "AWS::EC2::EIPAssociation", properties, ".network_interface")


def _acceptance(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return whether a peering is accepted only by something that is not in the plan: both sides accept with `auto_accept`."""
    accepters = making.every("aws_vpc_peering_connection_accepter")
    own = {"Ref": resource.address}
    sides = (resource, *(one for one in accepters if making.value(one, "vpc_peering_connection_id") == own))
    accepted = any(one.values.get("auto_accept") or one.values.get("accept_status") == "active" for one in sides)
    return {} if accepted else {"AutoAccept": False}


def _shared(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the setting that an attachment to another account's gateway depends on, if neither it nor an accepter in the plan accepts it.

    CloudFormation's attachments do not have the property, so it is an assumption.
    """
    accepters = making.every("aws_ec2_transit_gateway_vpc_attachment_accepter")
    if any(making.value(one, "transit_gateway_attachment_id") == {"Ref": resource.address} for one in accepters):
        return {}
    for gateway in making.every("aws_ec2_transit_gateway"):
        named = making.value(resource, "transit_gateway_id") == {"Ref": gateway.address}
        setting = gateway.values.get("auto_accept_shared_attachments") or "disable"
        if named and setting != "enable" and resource.account_id != gateway.account_id:
            return {"auto_accept_shared_attachments": setting}
    return {}


def _endpoints(making: Translation, firewall: Planned) -> dict[str, Any]:
    """Return the subnets of a firewall with the ids of the endpoints in them, as routes name these."""
    states = [
        state for status in items(firewall.values.get("firewall_status")) for state in items(status.get("sync_states"))
    ]
    attached = {
        one.get("subnet_id"): one.get("endpoint_id") for state in states for one in items(state.get("attachment"))
    }
    mappings = [
        {
            "SubnetId": making.argument(firewall, "subnet_id", *block),
            "EndpointId": attached.get(dict.get(block[0], "subnet_id")) or f"{firewall.address}.endpoint{number}",
        }
        for number, block in enumerate(blocks_of(firewall, "subnet_mapping"), 1)
    ]
    return {"SubnetMappings": mappings} if mappings else {}


COMPLETIONS: Mapping[str, Completion] = {
    FIREWALLS: _endpoints,
    "aws_ec2_transit_gateway_vpc_attachment": _shared,
    "aws_vpc_peering_connection": _acceptance,
}


def _default_tables(making: Translation, resource: Planned) -> None:
    """Take an attachment out of the default table of its gateway, as far as its arguments say so."""
    gateway = making.value(resource, "transit_gateway_id")
    for option, marker in (("association", UNASSOCIATED), ("propagation", UNPROPAGATED)):
        wanted = resource.values.get(f"transit_gateway_default_route_table_{option}")
        if wanted is False and isinstance(gateway, dict):
            table = {"Fn::GetAtt": [gateway["Ref"], "AssociationDefaultRouteTableId"]}
            properties = {"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": {"Ref": resource.address}}
            making.put(resource, marker, properties, f".{option}")


def _listed_routes(making: Translation, resource: Planned) -> None:
    """Make a route of a transit gateway for each block of a prefix list of the plan."""
    listed = making.holder(making.value(resource, "prefix_list_id"))
    if listed is None:
        making.put_whole(resource)
        return
    properties = making.named(resource, "transit_gateway_route_table_id transit_gateway_attachment_id blackhole")
    for number, entry in enumerate(listed["Properties"].get("Entries", ())):
        route = {**properties, "DestinationCidrBlock": entry["Cidr"]}
        making.put(resource, "AWS::EC2::TransitGatewayRoute", route, f"[{number}]")


def _accepted_peering(making: Translation, resource: Planned) -> None:
    making.put(resource, ACCEPTED, making.named(resource, "transit_gateway_attachment_id"))


MAKERS: Mapping[str, Maker] = {
    "aws_internet_gateway": partial(_attachment, "InternetGatewayId"),
    "aws_vpn_gateway": partial(_attachment, "VpnGatewayId"),
    "aws_eip": _holder_of_eip,
    "aws_ec2_transit_gateway_peering_attachment_accepter": _accepted_peering,
    "aws_ec2_transit_gateway_vpc_attachment": _default_tables,
    "aws_ec2_transit_gateway_prefix_list_reference": _listed_routes,
}
