"""Endpoints with appliances behind them: Gateway Load Balancer endpoints, those of AWS Network Firewall among them.

A route hands a packet to such an endpoint; the appliances look at it, and what they let through leaves the endpoint's subnet
as it came, by that subnet's route table (vpc-network §1.12). What they let through is theirs to say: every path through them
assumes it. The sender's groups cannot be told behind them (§2.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from netful.engine.flows.flow import Flow
from netful.engine.flows.path import Path
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

if TYPE_CHECKING:
    from netful.engine.network.walk import Walk

LOOP = "NETFUL_APPLIANCE_LOOP"
_HINT = " (hint: `netful trace` knows it)"
_MOST = 6  # more appliances in a row than that are a loop


def pass_through(walk: Walk, sender: NetworkInterface, flow: Flow, endpoint: VpcEndpoint) -> None:
    """Go on behind an endpoint's appliances."""
    door = _door(walk, endpoint)
    if isinstance(door.subnet_id, str) and door.subnet_id != sender.subnet_id:
        walk.acl(door.subnet_id, flow, "in")
    walk.transits += 1
    if walk.transits > _MOST:
        rule = "the route tables send it through appliances in a circle"
        walk.trail.add("endpoint", endpoint.id, flow, "deny", rule, code=LOOP, origin=endpoint.origin)
        walk.go_on(sender, flow)
        return
    rule = "appliances look at it"
    walk.trail.add("endpoint", endpoint.id, flow, "allow", rule, origin=endpoint.origin)
    what = "the answers" if walk.returning else f"{flow.service} to {flow.destination}"
    walk.trail.assume(f"the appliances behind {endpoint.id} let {what} through")
    walk.cross(door, replace(flow, source=replace(flow.source, identity_lost=True)))


def not_run(cloud: Cloud) -> Iterator[str]:
    """What a running stack does not have of this: appliances, and the tables of gateways."""
    targets = {route.target_id for table in cloud.network.route_tables.values() for route in table.routes}
    for endpoint in cloud.network.vpc_endpoints.values():
        if endpoint.type is EndpointType.OTHER and endpoint.id in targets:
            yield f"{endpoint.origin}: `{endpoint.id}`: no appliances run in a stack, so what is routed there is lost{_HINT}"
    for table in cloud.network.route_tables.values():
        if table.gateway_ids:
            yield f"{table.origin}: `{table.id}`: a gateway of a stack delivers by itself, not by its table{_HINT}"


def is_on(cloud: Cloud, path: Path) -> bool:
    """Whether a path has something of what a running stack does not have."""
    components = [hop.component for hop in (*path.hops, *path.return_hops)]
    endpoints = (cloud.network.vpc_endpoints.get(name) for name in components)
    tables = (cloud.network.route_tables.get(name) for name in components)
    return any(e and e.type is EndpointType.OTHER for e in endpoints) or any(t and t.gateway_ids for t in tables)


def sent_by(walk: Walk, sender: NetworkInterface, flow: Flow) -> NetworkInterface:
    """The interface that a packet is from, where appliances have passed it on; else who sent it."""
    vpc = walk.cloud.network.vpc_of_interface(sender)
    if vpc is None or sender.owner is not InterfaceOwner.ENDPOINT or flow.source.address is None:
        return sender
    return walk.cloud.network.interface_at(vpc.id, flow.source.address.network_address) or sender


def _door(walk: Walk, endpoint: VpcEndpoint) -> NetworkInterface:
    """The endpoint's own interface."""
    own = next(iter(walk.cloud.network.interfaces_of(endpoint.id)), None)
    where = next(iter(endpoint.subnet_ids), Unknown("", (f"the subnet of {endpoint.id}",)))
    made = NetworkInterface(f"eni-{endpoint.id}", InterfaceOwner.ENDPOINT, endpoint.id, where, origin=endpoint.origin)
    return own or made
