"""What a subnet's route table does with a packet: choose the route, then hand it to the route's target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netful.engine.flows.blocks import is_public
from netful.engine.flows.flow import Flow
from netful.engine.flows.ruling import needs
from netful.engine.network.targets import TARGETS
from netful.engine.routing import route_tables
from netful.model.core.unknown import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.vpc import Vpc

if TYPE_CHECKING:
    from netful.engine.network.walk import Walk

NO_ROUTE = "NO_ROUTE_TO_DESTINATION"
BAD_ROUTE = "BAD_STATE_ROUTE"
RETURN_NO_ROUTE = "NETFUL_RETURN_PATH_NO_ROUTE"
NAT_IN_PRIVATE_SUBNET = "NETFUL_NAT_IN_PRIVATE_SUBNET"
NAT_SAME_SUBNET_LOOP = "NETFUL_NAT_SAME_SUBNET_LOOP"

_MOST_LEGS = 8  # more translations than that are a loop of gateways


def forward(walk: Walk, sender: NetworkInterface, flow: Flow, vpc: Vpc, table: RouteTable) -> None:
    """Send a packet on by a subnet's route table."""
    address, target = flow.destination.address, flow.destination.interface
    if address is None and target is not None and walk.vpc_id_of(target) == vpc.id:
        walk.trail.add("route", table.id, flow, "allow", "local", origin=table.origin)
        walk.arrive(sender, target, flow, crossing=True)
        return
    found = route_tables.select(walk.cloud, vpc, table, address) if address is not None else None
    if found is not None and found.entry is not None:
        _follow(walk, sender, flow, vpc, table, found.entry)
        return
    doubts = found.doubts if found else walk.addressless(flow)
    if doubts:
        missing = tuple(need for doubt in doubts for need in needs(doubt, "") if need)
        rule = "which route takes it is not known"
        walk.trail.add("route", table.id, flow, "unknown", rule, origin=table.origin, missing=missing)
    else:
        rule, code = f"no route to {flow.destination} from {sender.subnet_id}", _lost(walk, sender, flow)
        walk.trail.add("route", table.id, flow, "deny", rule, code=code, origin=table.origin)
    walk.go_on(sender, flow)


def _follow(
    walk: Walk, sender: NetworkInterface, flow: Flow, vpc: Vpc, table: RouteTable, entry: route_tables.Entry
) -> None:
    route = entry.route
    if route is None or route.target_kind is TargetKind.LOCAL:
        walk.trail.add("route", table.id, flow, "allow", f"{entry.block} → local", origin=table.origin)
        walk.local(sender, flow, vpc)
        return
    rule = route_tables.describe(walk.cloud, route)
    if isinstance(route.target_id, Unknown):
        missing = needs(route.target_id, "")
        walk.trail.add("route", table.id, flow, "unknown", rule, origin=route.origin, missing=missing)
        walk.go_on(sender, flow)
    elif _turns_back(walk, sender, route):
        code = _lost(walk, sender, flow, route)
        walk.trail.add("route", table.id, flow, "deny", f"{rule}, a loop", code=code, origin=route.origin)
        walk.go_on(sender, flow)
    elif walk.returning and route.target_kind is TargetKind.INTERNET_GATEWAY and _is_private(flow):
        rule = f"{rule}, where {flow.destination} is lost: it is private"
        walk.trail.add("route", table.id, flow, "deny", rule, code=RETURN_NO_ROUTE, origin=route.origin)
        walk.go_on(sender, flow)
    else:
        _hand_over(walk, sender, flow, table, route)


def _is_private(flow: Flow) -> bool:
    return flow.destination.address is not None and not is_public(flow.destination.address)


def _hand_over(walk: Walk, sender: NetworkInterface, flow: Flow, table: RouteTable, route: Route) -> None:
    rule = route_tables.describe(walk.cloud, route)
    if route.blackhole:
        rule = f"{rule}, a blackhole: its target is gone or not attached"
        walk.trail.add("route", table.id, flow, "deny", rule, code=BAD_ROUTE, origin=route.origin)
    else:
        walk.trail.add("route", table.id, flow, "allow", rule, origin=route.origin)
    target = TARGETS.get(route.target_kind)
    if target is None:
        rule = f"netful does not know what lies behind a {route.target_kind}"
        missing = (f"what is behind {route.target_id}",)
        walk.trail.add("gateway", str(route.target_id), flow, "unknown", rule, missing=missing)
        walk.go_on(sender, flow)
    else:
        target(walk, sender, flow, route)


def _turns_back(walk: Walk, sender: NetworkInterface, route: Route) -> bool:
    return route.target_id in (sender.owner_id, sender.id) or len(walk.legs) >= _MOST_LEGS


def _lost(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route | None = None) -> str:
    """The code for a packet that its route table loses."""
    if walk.returning:
        return RETURN_NO_ROUTE
    if sender.owner is not InterfaceOwner.NAT_GATEWAY or not is_public(flow.destination.address):
        return NO_ROUTE
    return NAT_SAME_SUBNET_LOOP if route else NAT_IN_PRIVATE_SUBNET
