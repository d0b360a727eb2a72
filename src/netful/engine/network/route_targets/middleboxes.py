"""Interfaces and instances as targets of routes: the destination itself, or a forwarding middlebox (vpc-network §1.9).

An instance may send packets on by another of its interfaces: where the ways by them have different verdicts, the path is unknown.
If the instance that attaches an interface is not known, only a way by this interface that reaches the destination is certain.
An answer may suppose that it keeps the sources of packets, as a firewall between subnets does (`transparent_boxes`).
"""

from dataclasses import replace

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found, unknown
from netful.engine.flows.flow import AWS_EPHEMERAL, End, network_of
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.network.packet import Packet
from netful.engine.network.route_targets.connections import no_connection
from netful.engine.network.steps import Arrive, Cross, Depart, Done, Fork, Lost, Step
from netful.model.cloud import Cloud
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.route_tables import Route

_MOST = 6  # more in a row are a loop
_SEPARATE = "AWS::EC2::NetworkInterface"


def network_interface(cloud: Cloud, packet: Packet, route: Route) -> Step | None:
    """Bring a packet to the interface that a route names."""
    box = box_of(cloud, route)
    if box is None:
        return None
    passing = packet.flow.destination.interface != box
    return Arrive(packet, box, crossing=packet.sender.subnet_id != box.subnet_id, passing=passing)


def box_of(cloud: Cloud, route: Route) -> NetworkInterface | None:
    """Return the interface that a route names, itself or by its instance."""
    target_id = str(route.target_id)
    of_owner = next(iter(cloud.network.interfaces_of(target_id)), None)
    return of_owner or cloud.network.network_interfaces.get(target_id)


def pass_on(cloud: Cloud, packet: Packet, box: NetworkInterface) -> Step:
    """Send a packet on from an interface that is not its destination."""
    found: list[Found] = []
    if box.source_dest_check:
        rule = "takes only packets for its own address: its source/dest check is on"
        ruling = Ruling("deny", box.owner_id, rule, Code.ENI_SOURCE_DEST_CHECK_RESTRICTION, box.origin)
        found.append(Finding(HopKind.CHECK, packet.flow, ruling))
    if box.keeps_sources and packet.journey.transits < _MOST:
        found.append(Assumption(f"{box.owner_id} forwards what it gets, and keeps the addresses of both ends"))
        onward = packet.sent_by(box).nameless().after(transits=packet.journey.transits + 1)
        return (Cross(onward) if packet.returning else Depart(onward)).after(*found)
    if packet.returning:  # answers must pass the same appliance as the packets they answer (§1.11)
        refused = Finding(HopKind.ENI, packet.flow, no_connection(box.owner_id, box.origin))
        return Done(packet, found=(*found, refused))
    found.append(Assumption(f"{box.owner_id} forwards what it gets, with its own address as the source"))
    written = cloud.template.resources.get(box.id)
    if box.owner_id == box.id and written is not None and written.type == _SEPARATE:
        has = f"an instance that is in none of the sources has {box.id}: without one its routes are blackholes"
        either = (_sent_on(packet, box), _sent_by_another(packet, box))
        return Fork(packet, either, best=True, found=(Assumption(has), *found))
    others = [one for one in cloud.network.interfaces_of(box.owner_id) if one.id != box.id]
    ways = tuple(_sent_on(packet, one) for one in (box, *others))
    if not others or packet.sender.owner_id == box.owner_id:  # a loop
        return ways[0].after(*found)
    doubt = _doubt(packet, box, "it has several interfaces, and may send packets on by each")
    return Fork(packet, ways, doubt=doubt, found=tuple(found))


def _sent_on(packet: Packet, box: NetworkInterface) -> Step:
    address = network_of(box.private_ip_address) if box.private_ip_address else None
    flow = replace(packet.flow, source=End(address, AWS_EPHEMERAL, box, forwarded=True))
    return Depart(packet.sent_by(box, flow))


def _sent_by_another(packet: Packet, box: NetworkInterface) -> Step:
    """Lose a packet that an interface of an instance that is not known may send on."""
    doubt = _doubt(packet, box, "its instance may send packets on by another interface")
    return Lost(
        packet.sent_by(box, replace(packet.flow, source=End(None, AWS_EPHEMERAL, forwarded=True))), found=(doubt,)
    )


def _doubt(packet: Packet, box: NetworkInterface, rule: str) -> Finding:
    missing = f"the interface by which the instance of {box.id} sends packets on"
    return unknown(HopKind.ENI, packet.flow, box.owner_id, rule, (missing,), box.origin)
