"""Route tables of internet and VPN gateways: they may send incoming packets through an appliance first (vpc-network §1.11)."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, unknown
from netful.engine.flows.flow import network_of
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.network import block_public_access, route_doubts
from netful.engine.network.packet import Packet
from netful.engine.network.route_targets import internet_gateways, middleboxes
from netful.engine.network.steps import Arrive, Enter, Fork, Meet, Step
from netful.engine.network.targets import TARGETS
from netful.engine.routing import route_tables
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown, known_in
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.vpc import IPNetwork

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
    """Route a packet that a gateway brings in by the gateway's own table; `otherwise` if the table has no other way.

    Where a further route may be for the packet, and its way has another verdict, the way is not known.
    """
    table, vpc = cloud.network.edge_table_of(gateway_id), cloud.network.vpc_of_interface(target)
    if table is None or vpc is None:
        return otherwise
    address, subnet = packet.flow.destination.address, known_in(cloud.network.subnets, target.subnet_id)
    own = subnet.cidr_block if subnet is not None else Unknown("", (f"subnet {target.subnet_id}",))
    chosen = route_tables.select(cloud, vpc, table, address).entry if address is not None else None
    edge = _Edge(cloud, gateway_id, table, target, otherwise)
    way = edge.way(packet, chosen.route if chosen else None, chosen)
    doubts = [*_doubts(cloud, table, address, own)] if chosen is None or chosen.block != own else []
    sure = [route for route, doubt in doubts if isinstance(own, Unknown) and doubt.same_as(own)]
    if sure or not doubts:
        return edge.way(packet, sure[0]) if sure else way
    missing = route_doubts.missing_of(doubt for _, doubt in doubts)
    rule = f"which route leads to {packet.flow.destination} is not known, at {gateway_id}"
    doubt = unknown(HopKind.ROUTE, packet.flow, table.id, rule, missing, table.origin)
    return Fork(packet, (way, *(edge.way(packet, route) for route, _ in doubts)), doubt=doubt)


def _doubts(
    cloud: Cloud, table: RouteTable, address: IPNetwork | None, own: Maybe[IPNetwork]
) -> Iterator[tuple[Route, Unknown]]:
    """Yield the routes that may be for an address, with what is not known: their block, or whether it has the address."""
    where = Unknown("", needs(own, f"an address of {own}"), computed=True)
    for route in table.routes:
        for block in route_tables.blocks_of(cloud, route) if route.target_kind in TARGETS else ():
            if isinstance(block, Unknown) or address is None:
                yield route, block if isinstance(block, Unknown) else where


class _Edge(Frozen):
    """The table of a gateway, and the interface to which a packet goes `otherwise`."""

    cloud: Cloud
    gateway_id: str
    table: RouteTable
    target: NetworkInterface
    otherwise: Step

    def way(self, packet: Packet, route: Route | None, entry: route_tables.Entry | None = None) -> Step:
        """Return the step of a packet by a route."""
        if route is None or route.target_kind not in TARGETS:
            return self.otherwise
        rule = f"{route_tables.describe(self.cloud, route)}, at {self.gateway_id}"
        ruling = Ruling("allow", self.table.id, rule, origin=route.origin, decided_by=entry)
        if route.blackhole:
            rule = f"{rule}, a blackhole: its target is gone or not attached"
            ruling = Ruling("deny", self.table.id, rule, Code.BAD_STATE_ROUTE, route.origin, decided_by=entry)
        elif self.gateway_id in self.cloud.network.internet_gateways and _lacks_public_ip(self.cloud, route):
            rule = f"{rule}, which has no public address"
            ruling = Ruling("deny", self.table.id, rule, Code.INGRESS_RTB_NO_PUBLIC_IP, route.origin, decided_by=entry)
        chosen = Finding(HopKind.ROUTE, packet.flow, ruling)
        if route.target_id in (self.target.id, self.target.owner_id):
            return self.otherwise.after(chosen)
        return Meet(packet.sent_by(interface_of(self.gateway_id)), route, found=(chosen,))


def _lacks_public_ip(cloud: Cloud, route: Route) -> bool:
    """Return whether a route for IPv4 leads to an appliance to which an internet gateway brings no packets."""
    box = middleboxes.box_of(cloud, route) if route.target_kind in _APPLIANCES else None
    return box is not None and isinstance(route.destination_cidr_block, IPv4Network) and not box.public_addresses()


def interface_of(gateway_id: str) -> NetworkInterface:
    """Return what stands for a gateway, which has no interface, as the sender of what it brings in."""
    return NetworkInterface(f"eni-{gateway_id}", InterfaceOwner.OTHER, gateway_id, Unknown("the edge of the VPC"))
