"""Networks behind peerings and transit gateways that no source has: their packets come in, and the answers go back.

A private address belongs to such a network if a route leads there and no VPC of the sources has it. What happens on its own side
is assumed; what the sources have is judged: the connection, the way in, and the way back to the same connection.
"""

from collections.abc import Iterator
from ipaddress import IPv4Network

from netful.engine.flows.blocks import is_public
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, allowed, denied, unknown
from netful.engine.flows.flow import contains
from netful.engine.flows.kinds import HopKind
from netful.engine.network.packet import Packet, vpc_id_of
from netful.engine.network.route_targets import transit_gateways
from netful.engine.network.steps import Deliver, Lost, Step
from netful.engine.routing import route_tables, transit_gateway_route_tables
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in, replace
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.vpc import IPNetwork, Vpc

_NOWHERE = "a network that was not loaded"


def may_have(cloud: Cloud, network: IPNetwork) -> bool:
    """Return whether an address may be in such a network: no VPC has it, and a route leads to it."""
    vpcs = cloud.network.vpcs.values()
    inside = any(contains(block, network) for vpc in vpcs for block in vpc.known_blocks)
    return not inside and not is_public(network) and any(True for vpc in vpcs for _ in _gates(cloud, vpc, network))


def set_out(cloud: Cloud, packet: Packet) -> Step:
    """Send a packet from such a network into the VPC of its destination, by the connection to which that VPC routes the answers."""
    flow, target = packet.flow, packet.flow.destination.interface
    vpc = known_in(cloud.network.vpcs, vpc_id_of(cloud, target) or "") if target is not None else None
    if target is None or vpc is None or flow.source.address is None:
        rule, missing = "its network was not loaded", (f"the network of {flow.source}",)
        return Lost(packet, found=(unknown(HopKind.OUTSIDE, flow, str(flow.source), rule, missing),))
    own = cloud.network.route_table_of(target.subnet_id) if isinstance(target.subnet_id, str) else None
    gate = next(_gates(cloud, vpc, flow.source.address, own), _NOWHERE)
    supposed = Assumption(f"{flow.source} is behind {gate}, and its own network sends the packets there")
    client = _client(gate, flow.source.address)
    sent = packet.sent_by(client, replace(flow, source=replace(flow.source, interface=client, identity_lost=True)))
    return _enter(cloud, sent, vpc, gate).after(supposed)


def _enter(cloud: Cloud, packet: Packet, vpc: Vpc, gate: str) -> Step:
    attachment = cloud.network.transit_gateway_attachments.get(gate)
    if attachment is not None:
        return transit_gateways.through(cloud, packet, attachment, "")
    attachment = transit_gateways.attachment_of(cloud, gate, vpc.id)
    if attachment is not None:
        return transit_gateways.into_vpc(cloud, packet, attachment, "")
    connection = cloud.network.vpc_peering_connections.get(gate)
    if connection is None:
        return Deliver(packet, vpc)
    notes = map(Assumption, connection.assumptions)
    if not connection.active:
        rule = "the connection is not active"
        return Deliver(
            packet, vpc, found=(denied(HopKind.PEERING, packet.flow, connection, rule, Code.BAD_STATE), *notes)
        )
    return Deliver(packet, vpc, found=(allowed(HopKind.PEERING, packet.flow, connection, f"to {vpc.id}"), *notes))


def _client(gate: str, address: IPNetwork) -> NetworkInterface:
    """Return the interface of a client behind a connection, by which the connection knows the answers that are for it."""
    own = (
        address.network_address
        if isinstance(address, IPv4Network) and address.prefixlen == address.max_prefixlen
        else None
    )
    return NetworkInterface(f"eni-{gate}", InterfaceOwner.OTHER, gate, Unknown(_NOWHERE), private_ip_address=own)


def _gates(cloud: Cloud, vpc: Vpc, address: IPNetwork, first: RouteTable | None = None) -> Iterator[str]:
    """Yield the connections to networks that were not loaded, to which the tables of a VPC route an address, `first` before others."""
    for table in (*((first,) if first else ()), *cloud.network.route_tables.values()):
        entry = route_tables.select(cloud, vpc, table, address).entry if table.vpc_id == vpc.id else None
        route = entry.route if entry is not None else None
        if route is None or not isinstance(route.target_id, str):
            continue
        connection = cloud.network.vpc_peering_connections.get(route.target_id)
        other = connection.other_end(vpc.id) if connection is not None else ""
        if route.target_kind is TargetKind.PEERING and known_in(cloud.network.vpcs, other) is None:
            yield route.target_id
        elif route.target_kind is TargetKind.TRANSIT_GATEWAY:
            yield from _beyond(cloud, vpc, route.target_id, address)


def _beyond(cloud: Cloud, vpc: Vpc, gateway_id: str, address: IPNetwork) -> Iterator[str]:
    """Yield a transit gateway that was not loaded, or the attachment to which it routes an address, if what is there was not."""
    if gateway_id not in cloud.network.transit_gateways:
        yield gateway_id
        return
    attachment = transit_gateways.attachment_of(cloud, gateway_id, vpc.id)
    table = transit_gateway_route_tables.table_of(cloud, attachment) if attachment is not None else None
    entry = transit_gateway_route_tables.select(cloud, table, address).entry if table is not None else None
    beyond = cloud.network.transit_gateway_attachments.get(str(entry.attachment_id)) if entry is not None else None
    if beyond is not None and transit_gateways.is_unloaded(cloud, beyond):
        yield beyond.id
