"""Writes of virtual private gateways and of the routes that tables learn from them."""

from netful.account.changes import Edit, Remove, new, removal, updated
from netful.account.ec2.world import Change, World, addition, new_id
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError

_ATTACHMENT, PROPAGATION = "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::VPNGatewayRoutePropagation"


def create_vpn_gateway(world: World, asked: Parameters) -> Change:
    """CreateVpnGateway: attached to nothing."""
    del world
    properties = {"Type": asked.get("Type", "ipsec.1"), "AmazonSideAsn": asked.get("AmazonSideAsn")}
    return addition("VpnGatewayId", "vgw", "AWS::EC2::VPNGateway", asked, properties)


def attach_vpn_gateway(world: World, asked: Parameters) -> Change:
    """AttachVpnGateway: a gateway serves one VPC, and a VPC has one gateway."""
    gateway, vpc = world.existing(asked, "VpnGatewayId"), world.existing(asked, "VpcId")
    gateways = world.cloud.network.vpn_gateways
    if gateways[gateway].vpc_id is not None or any(one.vpc_id == vpc for one in gateways.values()):
        text = f"The VPC {asked['VpcId']} or the gateway {asked['VpnGatewayId']} has an attachment already"
        raise ApiError("VpnGatewayAttachmentLimitExceeded", text)
    edit = new(_ATTACHMENT, new_id("vgw-attach"), {"VpcId": vpc, "VpnGatewayId": gateway})
    attachment = {"State": "attached", "VpcId": world.id(vpc)}
    return Change((edit,), lambda _world: {"VpcAttachment": attachment})


def detach_vpn_gateway(world: World, asked: Parameters) -> Change:
    """DetachVpnGateway: routes to it become black holes."""
    gateway, vpc = world.existing(asked, "VpnGatewayId"), world.existing(asked, "VpcId")
    found = world.referring(_ATTACHMENT, VpnGatewayId=gateway, VpcId=vpc)
    if not found:
        text = (
            f"The attachment with vpn gateway ID '{asked['VpnGatewayId']}' and vpc ID '{asked['VpcId']}' does not exist"
        )
        raise ApiError("InvalidVpnGatewayAttachment.NotFound", text)
    return Change(removal(found))


def delete_vpn_gateway(world: World, asked: Parameters) -> Change:
    """DeleteVpnGateway: it must be detached, and no VPN connection may end on it."""
    name = world.existing(asked, "VpnGatewayId")
    network = world.cloud.network
    if network.vpn_gateways[name].vpc_id is not None or any(
        one.vpn_gateway_id == name for one in network.vpn_connections.values()
    ):
        raise ApiError("IncorrectState", f"The vpnGateway '{asked['VpnGatewayId']}' is in use")
    return Change((*removal(world.referring(PROPAGATION, VpnGatewayId=name)), Remove(name)))


def enable_vgw_route_propagation(world: World, asked: Parameters) -> Change:
    """EnableVgwRoutePropagation: the gateway must be attached to the table's VPC."""
    gateway, table = world.existing(asked, "GatewayId", "VpnGatewayId"), world.existing(asked, "RouteTableId")
    network = world.cloud.network
    if network.vpn_gateways[gateway].vpc_id != network.route_tables[table].vpc_id:
        text = f"The gateway {asked['GatewayId']} is not attached to the VPC of {asked['RouteTableId']}"
        raise ApiError("Gateway.NotAttached", text)
    if any(table in tables for _, tables in _propagations(world, gateway)):
        return Change()
    properties = {"VpnGatewayId": gateway, "RouteTableIds": [table]}
    return Change((new(PROPAGATION, f"{table}|{gateway}", properties),))


def disable_vgw_route_propagation(world: World, asked: Parameters) -> Change:
    """DisableVgwRoutePropagation."""
    gateway, table = world.existing(asked, "GatewayId", "VpnGatewayId"), world.existing(asked, "RouteTableId")
    edits: list[Edit] = []
    for id_, tables in _propagations(world, gateway):
        left, resource = [one for one in tables if one != table], world.resource(id_)
        if len(left) < len(tables) and resource is not None:
            edits.append(updated(resource, RouteTableIds=left) if left else Remove(id_))
    return Change(tuple(edits))


def _propagations(world: World, gateway: str) -> list[tuple[str, list[str]]]:
    """Return the propagations of a gateway, each with its tables."""
    found = world.referring(PROPAGATION, VpnGatewayId=gateway)
    return [(one.id, [world.name(table) for table in one.properties.get("RouteTableIds") or ()]) for one in found]


WRITES = {
    "CreateVpnGateway": create_vpn_gateway,
    "AttachVpnGateway": attach_vpn_gateway,
    "DetachVpnGateway": detach_vpn_gateway,
    "DeleteVpnGateway": delete_vpn_gateway,
    "EnableVgwRoutePropagation": enable_vgw_route_propagation,
    "DisableVgwRoutePropagation": disable_vgw_route_propagation,
}
