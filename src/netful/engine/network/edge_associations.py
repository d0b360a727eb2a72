"""Route tables of internet and VPN gateways: they may send incoming packets through an appliance first (vpc-network §1.11)."""

from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding
from netful.engine.flows.flow import network_of
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.network import block_public_access
from netful.engine.network.packet import Packet
from netful.engine.network.route_targets import internet_gateways, middleboxes
from netful.engine.network.steps import Arrive, Enter, Meet, Step
from netful.engine.network.targets import TARGETS
from netful.engine.routing import route_tables
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import Route, TargetKind

_APPLIANCES = (TargetKind.NETWORK_INTERFACE, TargetKind.INSTANCE)


def enter(cloud: Cloud, step: Enter) -> Step:
    """Translate a packet's public destination to the private address of its interface, and bring it there (§4.1)."""
    target = step.target
    inside = to_private(step.packet, target)
    gateway = internet_gateways.attached(cloud, target)
    blocked = block_public_access.at_interface(cloud, inside, target) if target.public_addresses() else ()
    arriving: Step = Arrive(inside, target, crossing=True)
    if gateway is not None:
        arriving = by_table_of(cloud, gateway.id, inside, target, otherwise=arriving)
    return arriving.after(*blocked)


def to_private(packet: Packet, target: NetworkInterface) -> Packet:
    """Return the packet with its public destination translated to the private address."""
    destination = packet.flow.destination
    if isinstance(destination.address, IPv6Network):
        return packet.to(target)
    _, private = internet_gateways.translation(target, destination.address)
    inside = replace(destination, address=network_of(private) if private else None, interface=target)
    return packet.having(replace(packet.flow, destination=inside))


def by_table_of(cloud: Cloud, gateway_id: str, packet: Packet, target: NetworkInterface, *, otherwise: Step) -> Step:
    """Route a packet that a gateway brings in by the gateway's own table; `otherwise` if the table has no other way."""
    table, vpc = cloud.network.edge_table_of(gateway_id), cloud.network.vpc_of_interface(target)
    address = packet.flow.destination.address
    if table is None or vpc is None or address is None:
        return otherwise
    entry = route_tables.select(cloud, vpc, table, address).entry
    route = entry.route if entry is not None else None
    if route is None or route.target_kind not in TARGETS:
        return otherwise
    rule = f"{route_tables.describe(cloud, route)}, at {gateway_id}"
    ruling = Ruling("allow", table.id, rule, origin=route.origin, decided_by=entry)
    if route.blackhole:
        rule = f"{rule}, a blackhole: its target is gone or not attached"
        ruling = Ruling("deny", table.id, rule, Code.BAD_STATE_ROUTE, route.origin, decided_by=entry)
    elif gateway_id in cloud.network.internet_gateways and _lacks_public_ip(cloud, route):
        rule = f"{rule}, which has no public address"
        ruling = Ruling("deny", table.id, rule, Code.INGRESS_RTB_NO_PUBLIC_IP, route.origin, decided_by=entry)
    chosen = Finding(HopKind.ROUTE, packet.flow, ruling)
    if route.target_id in (target.id, target.owner_id):
        return otherwise.after(chosen)
    return Meet(packet.sent_by(interface_of(gateway_id)), route, found=(chosen,))


def _lacks_public_ip(cloud: Cloud, route: Route) -> bool:
    """Return whether a route for IPv4 leads to an appliance to which an internet gateway brings no packets."""
    box = middleboxes.box_of(cloud, route) if route.target_kind in _APPLIANCES else None
    return box is not None and isinstance(route.destination_cidr_block, IPv4Network) and not box.public_addresses()


def interface_of(gateway_id: str) -> NetworkInterface:
    """Return what stands for a gateway, which has no interface, as the sender of what it brings in."""
    return NetworkInterface(f"eni-{gateway_id}", InterfaceOwner.OTHER, gateway_id, Unknown("the edge of the VPC"))
