"""Endpoints with appliances: Gateway Load Balancer endpoints, including those of AWS Network Firewall.

A route sends a packet to such an endpoint, and the appliances inspect it. A packet that they pass leaves the endpoint's
subnet unchanged, by that subnet's route table (vpc-network §1.12). No source describes which packets the appliances pass, so
every path through them assumes that they do. Behind them no rule can refer to the sender's groups (§2.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Found, allowed, denied
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Path
from netful.engine.network.packet import Packet
from netful.engine.network.steps import Cross, Lost, Step
from netful.engine.network.subnets import acl
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

_HINT = " (hint: `netful trace` knows it)"
_MOST = 6  # more appliances in a row are a loop


def pass_through(cloud: Cloud, packet: Packet, endpoint: VpcEndpoint) -> Step:
    """Send a packet on from an endpoint's appliances."""
    door, flow = _door(cloud, endpoint), packet.flow
    found: list[Found] = []
    if isinstance(door.subnet_id, str) and door.subnet_id != packet.sender.subnet_id:
        found.append(acl(cloud, packet, door.subnet_id, "in"))
    packet = packet.after(transits=packet.journey.transits + 1)
    if packet.journey.transits > _MOST:
        rule = "routing loop through appliances"
        found.append(denied(HopKind.ENDPOINT, flow, endpoint, rule, Code.NETFUL_APPLIANCE_LOOP))
        return Lost(packet, found=tuple(found))
    found.append(allowed(HopKind.ENDPOINT, flow, endpoint, "appliances inspect it"))
    what = "the answers" if packet.returning else f"{flow.service} to {flow.destination}"
    found.append(Assumption(f"the appliances behind {endpoint.id} let {what} through"))
    return Cross(packet.sent_by(door).nameless(), found=tuple(found))


def not_run(cloud: Cloud) -> Iterator[str]:
    """Yield the features of this module that a running stack lacks: appliances, and route tables of gateways."""
    targets = {route.target_id for table in cloud.network.route_tables.values() for route in table.routes}
    for endpoint in cloud.network.vpc_endpoints.values():
        if endpoint.type is EndpointType.OTHER and endpoint.id in targets:
            yield f"{endpoint.origin}: `{endpoint.id}`: no appliances run in a stack, so what is routed there is lost{_HINT}"
    for table in cloud.network.route_tables.values():
        if table.gateway_ids:
            yield f"{table.origin}: `{table.id}`: a gateway of a stack delivers by itself, not by its table{_HINT}"


def is_on(cloud: Cloud, path: Path) -> bool:
    """Return whether a path uses such a feature, which a running stack lacks."""
    components = [hop.component for hop in (*path.hops, *path.return_hops)]
    endpoints = (cloud.network.vpc_endpoints.get(name) for name in components)
    tables = (cloud.network.route_tables.get(name) for name in components)
    return any(e and e.type is EndpointType.OTHER for e in endpoints) or any(t and t.gateway_ids for t in tables)


def sender_of(cloud: Cloud, packet: Packet) -> NetworkInterface:
    """Return the interface that a packet originates from, if appliances forwarded it; else its sender."""
    sender, source = packet.sender, packet.flow.source.address
    vpc = cloud.network.vpc_of_interface(sender)
    if vpc is None or sender.owner is not InterfaceOwner.ENDPOINT or source is None:
        return sender
    return cloud.network.interface_at(vpc.id, source.network_address) or sender


def _door(cloud: Cloud, endpoint: VpcEndpoint) -> NetworkInterface:
    """Return the endpoint's interface; a made-up one if it was not loaded."""
    own = next(iter(cloud.network.interfaces_of(endpoint.id)), None)
    where = next(iter(endpoint.subnet_ids), Unknown("", (f"the subnet of {endpoint.id}",)))
    made = NetworkInterface(f"eni-{endpoint.id}", InterfaceOwner.ENDPOINT, endpoint.id, where, origin=endpoint.origin)
    return own or made
