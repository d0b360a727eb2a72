"""Departure of a packet: the flow that a source sends to an end, and its first step."""

from __future__ import annotations

from ipaddress import IPv6Network

from netful.engine.flows import ipv6
from netful.engine.flows.finding import Finding
from netful.engine.flows.flow import ECHO_REQUEST6, End, Flow, ipv4_of, network_of
from netful.engine.flows.kinds import HopKind
from netful.engine.network import on_premises
from netful.engine.network.packet import OUTSIDE, Journey, Packet
from netful.engine.network.steps import Depart, Step
from netful.engine.trace import outside
from netful.engine.trace.ends.sources import Outside, Source
from netful.model.cloud import Cloud
from netful.model.network import addresses
from netful.model.network.protocols import ICMP, ICMPV6

_OUTSIDE_ADDRESSES = {
    Outside.INTERNET: network_of(addresses.INTERNET_CLIENT),
    Outside.INTERNET6: network_of(addresses.INTERNET6_CLIENT),
    Outside.LAMBDA: network_of(addresses.LAMBDA_SERVICE),
}


def flow_of(cloud: Cloud, source: Source, protocol: int, end: End) -> Flow:
    """Return the flow from a source to an end; a ping uses the end's address family."""
    six = isinstance(end.address, IPv6Network)
    if source.outside is not None:
        sender = End(source.address or _OUTSIDE_ADDRESSES.get(source.outside), source.ports, identity_lost=True)
    else:
        assert source.interface is not None
        address = ipv6.address_of(cloud, source.interface) if six else source.address or ipv4_of(source.interface)
        sender = End(address, source.ports, source.interface)
    if six and protocol == ICMP:
        return Flow(ICMPV6, sender, end, ECHO_REQUEST6)
    return Flow(protocol, sender, end)


def set_out(cloud: Cloud, source: Source, flow: Flow, journey: Journey) -> Step:
    """Return the first step of a packet that a source sends."""
    packet = Packet(source.interface or OUTSIDE, flow, journey)
    if source.outside is Outside.ON_PREMISES:
        return on_premises.set_out(cloud, packet)
    if source.interface is None:
        return outside.set_out(cloud, source, packet)
    if isinstance(flow.destination.address, IPv6Network) and flow.source.address is None:
        refused = Finding(HopKind.ENI, flow, ipv6.without_address(cloud, source.interface))
        return Depart(packet, found=(refused,))
    return Depart(packet)
