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
from netful.engine.trace.places import Outside, Start
from netful.model.cloud import Cloud
from netful.model.network import addresses
from netful.model.network.filters import ICMP, ICMPV6

_OUTSIDE_ADDRESSES = {
    Outside.INTERNET: network_of(addresses.INTERNET_CLIENT),
    Outside.INTERNET6: network_of(addresses.INTERNET6_CLIENT),
    Outside.LAMBDA: network_of(addresses.LAMBDA_SERVICE),
}


def flow_of(cloud: Cloud, start: Start, protocol: int, end: End) -> Flow:
    """Return what a source sends to an end; a ping is of the end's family."""
    six = isinstance(end.address, IPv6Network)
    if start.outside is not None:
        source = End(start.address or _OUTSIDE_ADDRESSES.get(start.outside), start.ports, identity_lost=True)
    else:
        assert start.interface is not None
        address = ipv6.address_of(cloud, start.interface) if six else start.address or ipv4_of(start.interface)
        source = End(address, start.ports, start.interface)
    if six and protocol == ICMP:
        return Flow(ICMPV6, source, end, ECHO_REQUEST6)
    return Flow(protocol, source, end)


def set_out(cloud: Cloud, start: Start, flow: Flow, journey: Journey) -> Step:
    """Return the first step of a packet that a source sends."""
    packet = Packet(start.interface or OUTSIDE, flow, journey)
    if start.outside is Outside.ON_PREMISES:
        return on_premises.set_out(cloud, packet)
    if start.interface is None:
        return outside.set_out(cloud, start, packet)
    if isinstance(flow.destination.address, IPv6Network) and flow.source.address is None:
        refused = Finding(HopKind.ENI, flow, ipv6.without_address(cloud, start.interface))
        return Depart(packet, found=(refused,))
    return Depart(packet)
