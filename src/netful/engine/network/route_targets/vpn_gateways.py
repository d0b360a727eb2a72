"""Virtual private gateways: the way from a VPC to the on-premises network (vpc-network §7.3)."""

from __future__ import annotations

from netful.engine.flows.blocks import in_vpc
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, allowed, denied
from netful.engine.flows.kinds import HopKind
from netful.engine.network.packet import Packet
from netful.engine.network.steps import Leave, Step
from netful.model.cloud import Cloud
from netful.model.network.gateways import VpnGateway
from netful.model.network.route_tables import Route


def vpn_gateway(cloud: Cloud, packet: Packet, route: Route) -> Step | None:
    """Send packets of the VPC's own interfaces to the on-premises network."""
    gateway = cloud.network.vpn_gateways.get(str(route.target_id))
    return None if gateway is None else Leave(packet, gateway.id, found=(_admission(cloud, packet, gateway),))


def _admission(cloud: Cloud, packet: Packet, gateway: VpnGateway) -> Finding:
    flow, vpc = packet.flow, cloud.network.vpc_of_interface(packet.sender)
    if vpc is not None and gateway.vpc_id != vpc.id:
        return denied(HopKind.VPN, flow, gateway, f"it is not attached to {vpc.id}", Code.BAD_STATE_ATTACHMENT)
    if vpc is not None and not in_vpc(vpc, flow.source.address):
        rule = f"takes what comes from {vpc.id} only, and {flow.source} is not in it"
        return denied(HopKind.VPN, flow, gateway, rule, Code.VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS)
    return allowed(HopKind.VPN, flow, gateway, "leads on-premises")
