"""Writes of transit gateways and of the attachments of VPCs."""

from collections.abc import Iterator, Sequence
from typing import Any

from netful.account.changes import Remove, removal, updated
from netful.account.ec2.describe.transit_gateways import OPTIONS, OPTIONS_OF_VPC
from netful.account.ec2.world import Change, World, addition, recorded
from netful.account.ec2.writes.transit_gateway_routes import ROUTE, TABLE, of_attachment
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value
from netful.model.core import Resource

_GATEWAY, _ATTACHMENT, _VPC_ATTACHMENT = "TransitGatewayId", "TransitGatewayAttachmentId", "TransitGatewayVpcAttachment"


def create_transit_gateway(world: World, asked: Parameters) -> Change:
    """CreateTransitGateway: with a default table, unless the options say otherwise."""
    del world
    properties = {"Description": asked.get("Description"), **_given(asked, (*OPTIONS, "TransitGatewayCidrBlocks"))}
    return addition(_GATEWAY, "tgw", "AWS::EC2::TransitGateway", asked, properties)


def _given(asked: Parameters, names: Sequence[str]) -> dict[str, Any]:
    options = asked.get("Options") or {}
    return {name: options[name] for name in names if options.get(name) is not None}


def modify_transit_gateway(world: World, asked: Parameters) -> Change:
    """ModifyTransitGateway: its description and options."""
    name = world.existing(asked, _GATEWAY)
    text = {"Description": asked["Description"]} if "Description" in asked else {}
    return Change(world.set(name, **text, **_given(asked, tuple(OPTIONS))), recorded(_GATEWAY, name))


def delete_transit_gateway(world: World, asked: Parameters) -> Change:
    """DeleteTransitGateway: its attachments must be gone; its tables go along."""
    name = world.existing(asked, _GATEWAY)
    attached = [
        one for one in world.cloud.network.transit_gateway_attachments.values() if one.transit_gateway_id == name
    ]
    if attached:
        listed = ", ".join(str(world.id(one.id)) for one in attached)
        raise ApiError("IncorrectState", f"{asked[_GATEWAY]} has non-deleted VPC Attachments: {listed}.")
    gone = {**world.record(_GATEWAY, name), "State": "deleted"}
    tables = world.referring(TABLE, **{_GATEWAY: name})
    own = {*(one.id for one in tables), f"{name}.default"}
    routes = (one for table in own for one in world.referring(ROUTE, TransitGatewayRouteTableId=table))
    return Change((*removal(routes), *removal(tables), Remove(name)), lambda _world: {"TransitGateway": gone})


def create_transit_gateway_vpc_attachment(world: World, asked: Parameters) -> Change:
    """CreateTransitGatewayVpcAttachment: one subnet a zone at most; a VPC is attached once."""
    gateway, vpc = world.existing(asked, _GATEWAY), world.existing(asked, "VpcId")
    network = world.cloud.network
    if any(
        one.transit_gateway_id == gateway and one.resource_id == vpc
        for one in network.transit_gateway_attachments.values()
    ):
        text = f"{asked[_GATEWAY]} has non-deleted Transit Gateway Attachments with same VPC ID."
        raise ApiError("DuplicateTransitGatewayAttachment", text)
    subnets = _subnets(world, asked.get("SubnetIds") or ())
    if any(network.subnets[one].vpc_id != vpc for one in subnets):
        raise invalid_value("The subnets are not in the VPC")
    properties = {_GATEWAY: gateway, "VpcId": vpc, "SubnetIds": subnets, "Options": _given(asked, tuple(OPTIONS_OF_VPC)) or None}  # fmt: skip
    return addition(_ATTACHMENT, "tgw-attach", f"AWS::EC2::{_VPC_ATTACHMENT}", asked, properties, _VPC_ATTACHMENT)


def _subnets(world: World, ids: Sequence[str]) -> list[str]:
    found = [world.named("SubnetId", one) for one in ids]
    zones = [world.cloud.network.subnets[one].availability_zone for one in found]
    if any(zone in zones[:number] for number, zone in enumerate(zones)):
        raise ApiError("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ")
    return found


def modify_transit_gateway_vpc_attachment(world: World, asked: Parameters) -> Change:
    """ModifyTransitGatewayVpcAttachment: its subnets and options."""
    own = _own(world, asked)
    before = [world.name(one) for one in own.properties.get("SubnetIds") or ()]
    gone = [world.named("SubnetId", one) for one in asked.get("RemoveSubnetIds") or ()]
    kept = [one for one in before if one not in gone]
    subnets = _subnets(world, [*kept, *(asked.get("AddSubnetIds") or ())])
    options = {**(own.properties.get("Options") or {}), **_given(asked, tuple(OPTIONS_OF_VPC))}
    put = updated(own, SubnetIds=subnets, Options=options or None)
    return Change((put,), recorded(_ATTACHMENT, own.id, _VPC_ATTACHMENT))


def delete_transit_gateway_vpc_attachment(world: World, asked: Parameters) -> Change:
    """DeleteTransitGatewayVpcAttachment: static routes to it become black holes."""
    own = _own(world, asked)
    gone = {**world.record(_ATTACHMENT, own.id), "State": "deleted"}
    edits = (*removal(of_attachment(world, own.id)), *_blackholes(world, own.id), Remove(own.id))
    return Change(edits, lambda _world: {_VPC_ATTACHMENT: gone})


def _blackholes(world: World, name: str) -> Iterator[Any]:
    for route in world.referring(ROUTE, **{_ATTACHMENT: name}):
        yield updated(route, TransitGatewayAttachmentId=None, Blackhole=True)


def _own(world: World, asked: Parameters) -> Resource:
    found = world.resource(world.existing(asked, _ATTACHMENT))
    if found is None:
        raise ApiError("IncorrectState", f"{asked[_ATTACHMENT]} is in invalid state")
    return found


WRITES = {
    "CreateTransitGateway": create_transit_gateway,
    "ModifyTransitGateway": modify_transit_gateway,
    "DeleteTransitGateway": delete_transit_gateway,
    "CreateTransitGatewayVpcAttachment": create_transit_gateway_vpc_attachment,
    "ModifyTransitGatewayVpcAttachment": modify_transit_gateway_vpc_attachment,
    "DeleteTransitGatewayVpcAttachment": delete_transit_gateway_vpc_attachment,
}
