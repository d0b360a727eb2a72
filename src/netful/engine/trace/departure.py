"""The first step of a packet: the flow that a start sends to an end, and the way on which it sets out."""

from __future__ import annotations

from ipaddress import IPv6Network

from netful.engine.flows import ipv6
from netful.engine.flows.flow import ECHO_REQUEST6, End, Flow, ipv4_of, network_of
from netful.engine.network import on_premises
from netful.engine.network.walk import Walk
from netful.engine.trace import outside
from netful.engine.trace.places import Outside, Start
from netful.model.cloud import Cloud
from netful.model.network import addresses
from netful.model.network.protocols import ICMP, ICMPV6

_OUTSIDE_ADDRESSES = {
    Outside.INTERNET: network_of(addresses.INTERNET_CLIENT),
    Outside.INTERNET6: network_of(addresses.INTERNET6_CLIENT),
    Outside.LAMBDA: network_of(addresses.LAMBDA_SERVICE),
}


def flow_of(cloud: Cloud, start: Start, protocol: int, end: End) -> Flow:
    """What a start sends to an end; a ping is of the end's family."""
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


def set_out(walk: Walk, start: Start, flow: Flow) -> None:
    """Send a packet from a start on its way."""
    if start.outside is Outside.ON_PREMISES:
        on_premises.set_out(walk, flow)
    elif start.interface is None:
        outside.set_out(walk, start, flow)
    else:
        if isinstance(flow.destination.address, IPv6Network) and flow.source.address is None:
            walk.trail.rule("eni", flow, ipv6.without_address(walk.cloud, start.interface))
        walk.depart(start.interface, flow)
