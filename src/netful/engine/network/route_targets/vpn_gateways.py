"""Virtual private gateways: the way from a VPC to the on-premises network (vpc-network §7.3).

The routes that a connection learns by BGP are those of the route tables. If the sources have no connection of a gateway, it may still
have one, or Direct Connect: whether it leads on-premises is unknown.
"""

from netful.engine.flows.blocks import in_vpc
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, allowed, denied, unknown
from netful.engine.flows.flow import Flow, contains
from netful.engine.flows.kinds import HopKind
from netful.engine.network.packet import Packet
from netful.engine.network.steps import Leave, Step
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.gateways import VpnGateway
from netful.model.network.route_tables import Route
from netful.model.network.vpc import IPNetwork


def vpn_gateway(cloud: Cloud, packet: Packet, route: Route) -> Step | None:
    """Send packets of the VPC's own interfaces to the on-premises network."""
    gateway = cloud.network.vpn_gateways.get(str(route.target_id))
    return None if gateway is None else Leave(packet, gateway.id, found=(_admission(cloud, packet, gateway),))


def _admission(cloud: Cloud, packet: Packet, gateway: VpnGateway) -> Finding:
    flow, vpc = packet.flow, cloud.network.vpc_of_interface(packet.sender)
    if vpc is not None and gateway.vpc_id != vpc.id:
        rule, remedy = f"it is not attached to {vpc.id}", f"attach `{vpc.id}` to `{gateway.id}`"
        return denied(HopKind.VPN, flow, gateway, rule, Code.BAD_STATE_ATTACHMENT, remedy)
    if vpc is not None and not in_vpc(vpc, flow.source.address):
        rule = f"takes what comes from {vpc.id} only, and {flow.source} is not in it"
        return denied(HopKind.VPN, flow, gateway, rule, Code.VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS)
    blocks, address = _static_blocks(cloud, gateway), flow.destination.address
    if blocks is not None and address is not None and not any(contains(block, address) for block in blocks):
        rule = f"no static route of its VPN connections contains {address}"
        return denied(HopKind.VPN, flow, gateway, rule, Code.NETFUL_VPN_WITHOUT_ROUTE)
    return unconnected(cloud, flow, gateway) or allowed(HopKind.VPN, flow, gateway, "leads on-premises")


def _static_blocks(cloud: Cloud, gateway: VpnGateway) -> list[IPNetwork] | None:
    """Return the blocks to which a gateway has static routes; None if it may have other routes."""
    connections = cloud.network.vpn_connections_of(gateway.id)
    if gateway.direct_connect or not connections or not all(one.static_routes_only for one in connections):
        return None
    routes = [route for one in connections for route in one.routes]
    known = [route for route in routes if not isinstance(route, Unknown)]
    return known if len(known) == len(routes) else None


def unconnected(cloud: Cloud, flow: Flow, gateway: VpnGateway) -> Finding | None:
    """Return a finding for a gateway of which no connection with on-premises is known; None for others."""
    if gateway.direct_connect or cloud.network.vpn_connections_of(gateway.id):
        return None
    missing = f"a VPN connection or Direct Connect of {gateway.id}"
    return unknown(HopKind.VPN, flow, gateway.id, "no connection of it is known", (missing,), gateway.origin)
