"""Targets of routes: for each kind, the function that handles packets there (vpc-network §1.12)."""

from collections.abc import Callable

from netful.engine.flows.finding import unknown
from netful.engine.flows.kinds import HopKind
from netful.engine.network import encryption_control, zone_doubts
from netful.engine.network.packet import Packet
from netful.engine.network.route_targets import (
    endpoints,
    internet_gateways,
    middleboxes,
    nat_gateways,
    peering,
    transit_gateways,
    vpn_gateways,
)
from netful.engine.network.steps import Leave, Lost, Meet, Step
from netful.model.cloud import Cloud
from netful.model.network.route_tables import Route, TargetKind

Target = Callable[[Cloud, Packet, Route], Step | None]
"""Function that handles a packet at the target of a route; it returns None if the target was not loaded."""

TARGETS: dict[TargetKind, tuple[HopKind, Target]] = {
    TargetKind.INTERNET_GATEWAY: (HopKind.IGW, internet_gateways.internet_gateway),
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: (HopKind.EIGW, internet_gateways.egress_only_internet_gateway),
    TargetKind.NAT_GATEWAY: (HopKind.NAT, nat_gateways.nat_gateway),
    TargetKind.VPC_ENDPOINT: (HopKind.ENDPOINT, endpoints.vpc_endpoint),
    TargetKind.NETWORK_INTERFACE: (HopKind.ENI, middleboxes.network_interface),
    TargetKind.INSTANCE: (HopKind.ENI, middleboxes.network_interface),
    TargetKind.PEERING: (HopKind.PEERING, peering.peering),
    TargetKind.TRANSIT_GATEWAY: (HopKind.TGW, transit_gateways.transit_gateway),
    TargetKind.VPN_GATEWAY: (HopKind.VPN, vpn_gateways.vpn_gateway),
}


def meet(cloud: Cloud, step: Meet) -> Step:
    """Hand a packet to the target of a route."""
    packet, route = step.packet, step.route
    if route.target_kind not in TARGETS:
        rule = "netful does not model such a target"
        return Lost(packet, found=(unknown(HopKind.GATEWAY, packet.flow, str(route.target_id), rule, ()),))
    kind, target = TARGETS[route.target_kind]
    taken = target(cloud, packet, route)
    if taken is not None:
        return taken.after(
            *encryption_control.at_route(cloud, packet, route), *zone_doubts.at_route(cloud, packet, route)
        )
    if packet.is_back_at(str(route.target_id)):
        return Leave(packet)
    if route.blackhole:
        return Lost(packet)
    target_id = str(route.target_id)
    lost = unknown(kind, packet.flow, target_id, "it was not loaded", (f"what is behind {target_id}",))
    return Lost(packet, found=(lost,))
