"""Return path: the first step of each leg's answers, from the leg's end to its start (vpc-network §0.3)."""

from netful.engine.filters.group_references import Direction
from netful.engine.flows.flow import Flow, network_of
from netful.engine.network import edge_associations
from netful.engine.network.packet import OUTSIDE, Journey, Leg, Packet
from netful.engine.network.route_targets import internet_gateways, transit_gateways
from netful.engine.network.steps import Cross, Done, Forward, Step
from netful.engine.network.subnets import acl
from netful.model.cloud import Cloud
from netful.model.core import known_in, replace
from netful.model.network.network_interface import NetworkInterface

_DIRECTIONS: tuple[Direction, Direction] = ("out", "in")
_JOURNEY = Journey("the client", returning=True)


def first_step(cloud: Cloud, leg: Leg) -> Step | None:
    """Return the first step of a leg's answers; None if no AWS component is on their way."""
    reply, journey = leg.flow.reply(), replace(_JOURNEY, inspected=leg.inspected, pinned=leg.pinned)
    if leg.direct:
        return _directly(cloud, leg, Packet(OUTSIDE, reply, journey))
    if leg.end is not None:
        return Cross(Packet(leg.end, _addressed_to(reply, leg.start), journey))
    if leg.gate is not None and leg.gate in cloud.network.transit_gateway_attachments:
        return transit_gateways.enter(cloud, Packet(OUTSIDE, _addressed_to(reply, leg.start), journey), leg.gate)
    if isinstance(leg.start.subnet_id, str):
        return _by_gateway(cloud, leg, leg.start.subnet_id, Packet(OUTSIDE, reply, journey))
    return None


def _by_gateway(cloud: Cloud, leg: Leg, subnet_id: str, packet: Packet) -> Step:
    """Bring an answer in by the gateway that the packet left by, through an appliance if its own table leads to one.

    The own table of a regional NAT gateway routes it to another VPC.
    """
    straight = Done(packet, found=(acl(cloud, packet, subnet_id, "in"),))
    attached = internet_gateways.attached(cloud, leg.start)
    gateway_id = leg.gate or (attached.id if attached is not None else "")
    inside = packet if leg.gate else edge_associations.to_private(packet, leg.start)
    nat, table = cloud.network.nat_gateways.get(gateway_id), cloud.network.edge_table_of(gateway_id)
    vpc = known_in(cloud.network.vpcs, nat.vpc_id) if nat is not None else None
    if table is not None and vpc is not None and vpc != cloud.network.vpc_of_interface(leg.start):
        return Forward(packet.sent_by(edge_associations.interface_of(gateway_id)), vpc, table)
    return edge_associations.by_table_of(cloud, gateway_id, inside, leg.start, otherwise=straight)


def _directly(cloud: Cloud, leg: Leg, packet: Packet) -> Step | None:
    """Bring an answer back without routes: only the network ACLs of the two subnets judge it, and it passes no firewall."""
    ends = (leg.end.subnet_id if leg.end is not None else None, leg.start.subnet_id)
    if ends[0] == ends[1]:
        return None
    asked = [
        acl(cloud, packet, subnet_id, direction)
        for subnet_id, direction in zip(ends, _DIRECTIONS, strict=True)
        if isinstance(subnet_id, str)
    ]
    return Done(packet, found=tuple(asked))


def _addressed_to(reply: Flow, start: NetworkInterface) -> Flow:
    """Return the reply with the interface that it returns to. A reply to a public address follows routes instead."""
    own = [network_of(address) for address in (start.private_ip_address, start.ipv6_address) if address is not None]
    if reply.destination.address not in own:
        return reply
    return replace(reply, destination=replace(reply.destination, interface=start))
