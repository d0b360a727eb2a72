"""Route tables of internet gateways and VPN gateways: what comes in by them may have to pass an appliance first (vpc-network §1.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netful.engine.flows.flow import Flow
from netful.engine.network.targets import TARGETS
from netful.engine.routing import route_tables
from netful.model.core.unknown import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import TargetKind

if TYPE_CHECKING:
    from netful.engine.network.walk import Walk


def redirect(walk: Walk, gateway_id: str, target: NetworkInterface, flow: Flow) -> bool:
    """Send what a gateway brings in for an interface by the gateway's own table; False where that leads straight there."""
    table, vpc = walk.cloud.network.edge_table_of(gateway_id), walk.cloud.network.vpc_of_interface(target)
    address = flow.destination.address
    if table is None or vpc is None or address is None:
        return False
    entry = route_tables.select(walk.cloud, vpc, table, address).entry
    if entry is None or entry.route is None or entry.kind not in TARGETS:
        return False
    gateway = NetworkInterface(f"eni-{gateway_id}", InterfaceOwner.OTHER, gateway_id, Unknown("the edge of the VPC"))
    rule = route_tables.describe(walk.cloud, entry.route)
    walk.trail.add("route", table.id, flow, "allow", f"{rule}, at {gateway_id}", origin=entry.route.origin)
    if entry.kind is TargetKind.LOCAL or entry.route.target_id in (target.id, target.owner_id):
        return False
    TARGETS[entry.kind](walk, gateway, flow, entry.route)
    return True
