"""Departure of a packet: the flow that a source sends to an end, and its first step."""

from dataclasses import replace
from ipaddress import IPv6Network

from netful.engine.flows.address_families import IPV4, IPV6, ipv6_of, versions_of, without_address
from netful.engine.flows.blocks import is_public
from netful.engine.flows.finding import Assumption, Finding
from netful.engine.flows.flow import ECHO_REQUEST6, End, Flow, ipv4_of, network_of
from netful.engine.flows.kinds import HopKind
from netful.engine.network import on_premises, unloaded_networks
from netful.engine.network.packet import OUTSIDE, Journey, Packet
from netful.engine.network.route_targets import transit_gateways
from netful.engine.network.steps import Depart, Meet, Step
from netful.engine.trace import client_vpns, outside
from netful.engine.trace.ends.sources import Outside, Source
from netful.model.cloud import Cloud
from netful.model.core import known_in
from netful.model.network import addresses
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.protocols import ICMP, ICMPV6
from netful.model.network.route_tables import Route, TargetKind

_OUTSIDE_ADDRESSES = {
    Outside.INTERNET: outside.CLIENTS[IPV4],
    Outside.INTERNET6: outside.CLIENTS[IPV6],
    Outside.LAMBDA: network_of(addresses.LAMBDA_SERVICE),
}


def flow_of(cloud: Cloud, source: Source, protocol: int, end: End) -> Flow:
    """Return the flow from a source to an end; a ping uses the end's address family, and so does `internet`."""
    six = isinstance(end.address, IPv6Network)
    if source.outside is not None or source.gate:
        place = Outside.INTERNET6 if six and source.outside is Outside.INTERNET else source.outside
        address = source.address or _OUTSIDE_ADDRESSES.get(place or Outside.ON_PREMISES)
        if _by_own_internet(source, end):
            address = None  # that of its own translation
        sender = End(address, source.ports, identity_lost=address is None)
    else:
        assert source.interface is not None
        address = ipv6_of(cloud, source.interface) if six else source.address or ipv4_of(source.interface)
        sender = End(address, source.ports, source.interface)
    if six and protocol == ICMP:
        return Flow(ICMPV6, sender, end, ECHO_REQUEST6)
    return Flow(protocol, sender, end)


def set_out(cloud: Cloud, source: Source, flow: Flow, journey: Journey) -> Step:
    """Return the first step of a packet that a source sends."""
    packet = Packet(source.interface or OUTSIDE, flow, journey)
    if source.gate:
        return _by_gate(cloud, packet, source.gate)
    if _by_own_internet(source, flow.destination):
        by_internet = replace(source, outside=Outside.INTERNET)
        return outside.set_out(cloud, by_internet, packet).after(
            Assumption(f"{source.name} has its own way to the internet")
        )
    if source.outside is Outside.ON_PREMISES:
        supposed = () if _is_placed_there(cloud, source) else (Assumption(f"{source.name} is on-premises"),)
        return on_premises.set_out(cloud, packet).after(*supposed, *_of_families(cloud, source.interface, flow))
    if source.outside is Outside.UNLOADED:
        return unloaded_networks.set_out(cloud, packet).after(*_of_families(cloud, source.interface, flow))
    if source.interface is None:
        return outside.set_out(cloud, source, packet)
    found = (*client_vpns.judge(cloud, source.interface, flow), *_of_families(cloud, source.interface, flow))
    return Depart(packet, found=found)


def _by_own_internet(source: Source, end: End) -> bool:
    """Return whether a packet of a client in another network goes over the internet: to a public address that no VPC has for its own."""
    own = source.outside in (Outside.ON_PREMISES, Outside.UNLOADED)
    return own and end.interface is None and is_public(end.address)


def _is_placed_there(cloud: Cloud, source: Source) -> bool:
    """Return whether a client on-premises has an address there; it has that of a block which the sources name if none is asked for."""
    return source.address is None or on_premises.is_there(cloud, source.address)


def _by_gate(cloud: Cloud, packet: Packet, gate: str) -> Step:
    """Bring in a packet by a peering connection or by an attachment of a transit gateway."""
    if gate in cloud.network.transit_gateway_attachments:
        return transit_gateways.enter(cloud, packet, gate)
    return Meet(packet, Route(gate, TargetKind.PEERING, gate))


def _of_families(cloud: Cloud, sender: NetworkInterface | None, flow: Flow) -> tuple[Finding, ...]:
    """Return a refusal if the sender has no address of the destination's family; None is a client outside."""
    target, version = flow.destination.interface, _version(cloud, sender, flow.destination)
    if version is None:
        return ()
    if sender is None:
        own = flow.source.address.version if flow.source.address is not None else IPV4
        lacking = (target, own) if own != version else None
    elif version not in versions_of(cloud, sender):
        lacking = (sender, version) if _is_placed(cloud, target) else (target, IPV6)
    else:
        lacking = (target, IPV6) if version == IPV6 and flow.destination.address is None else None
    if lacking is None:
        return ()
    interface, needed = lacking
    return (Finding(HopKind.ENI, flow, without_address(cloud, interface, needed)),) if interface is not None else ()


def _version(cloud: Cloud, sender: NetworkInterface | None, end: End) -> int | None:
    """Return the family of a destination; None if it is not known. An address that is not known is of one that the sender has, too."""
    if end.address is not None:
        return end.address.version
    if end.interface is None:
        return None
    there = versions_of(cloud, end.interface)
    common = there if sender is None else there & versions_of(cloud, sender)
    return min(common or there, default=IPV4)


def _is_placed(cloud: Cloud, target: NetworkInterface | None) -> bool:
    return target is None or known_in(cloud.network.subnets, target.subnet_id) is not None
