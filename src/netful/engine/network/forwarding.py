"""Forwarding by a subnet's route table: the table chooses a route, and the packet meets the route's target next."""

from netful.engine.flows.blocks import is_public
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, allowed, denied, unknown
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.network import route_doubts
from netful.engine.network.packet import Packet, vpc_id_of
from netful.engine.network.steps import Arrive, Deliver, Forward, Lost, Meet, Step
from netful.engine.network.subnets import acl
from netful.engine.routing import route_tables
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.vpc import Vpc

_MOST_LEGS = 8  # more translations are a loop of gateways
_IN_SUBNETS = (TargetKind.NAT_GATEWAY, TargetKind.NETWORK_INTERFACE, TargetKind.INSTANCE, TargetKind.VPC_ENDPOINT)


def forward(cloud: Cloud, step: Forward) -> Step:
    """Route a packet by a subnet's route table; it leaves the subnet unless the route's target is there, too."""
    subnet_id, routed = step.packet.sender.subnet_id, _route(cloud, step)
    if not isinstance(subnet_id, str) or (isinstance(routed, Meet) and _is_in(cloud, routed.route, subnet_id)):
        return routed
    return routed.after(acl(cloud, step.packet, subnet_id, "out"))


def _is_in(cloud: Cloud, route: Route, subnet_id: str) -> bool:
    """Return whether the interface that a route leads to is in a subnet."""
    if route.target_kind not in _IN_SUBNETS or not isinstance(route.target_id, str):
        return False
    one = cloud.network.network_interfaces.get(route.target_id)
    own = next(iter(cloud.network.interfaces_of(route.target_id)), one)
    return own is not None and own.subnet_id == subnet_id


def _route(cloud: Cloud, step: Forward) -> Step:
    packet, vpc, table = step.packet, step.vpc, step.table
    flow, address, target = packet.flow, packet.flow.destination.address, packet.flow.destination.interface
    if address is None and target is not None and vpc_id_of(cloud, target) == vpc.id:
        return Arrive(packet, target, crossing=True, found=(allowed(HopKind.ROUTE, flow, table, "local"),))
    found = route_tables.select(cloud, vpc, table, address) if address is not None else None
    doubts = found.doubts if found else packet.addressless(cloud)
    entry = found.entry if found else None
    if entry is not None and not route_doubts.decide(doubts, entry.block, address):
        unsure = route_doubts.assumed(table.id, doubts, flow) if entry.route is not None else ()
        unsure += route_doubts.chosen(table.id, entry, found.rivals if found else ())
        return _follow(cloud, packet, vpc, table, entry).after(*unsure)
    if doubts:
        missing = route_doubts.missing_of(doubts)
        rule = "the matching route is not known"
        return Lost(packet, found=(unknown(HopKind.ROUTE, flow, table.id, rule, missing, table.origin),))
    rule = f"no route to {flow.destination} from {packet.sender.subnet_id}"
    return Lost(packet, found=(denied(HopKind.ROUTE, flow, table, rule, _without_route(packet)),))


def _follow(cloud: Cloud, packet: Packet, vpc: Vpc, table: RouteTable, entry: route_tables.Entry) -> Step:
    route, flow = entry.route, packet.flow
    if route is None or route.target_kind is TargetKind.LOCAL:
        local = Ruling("allow", table.id, f"{entry.block} → local", origin=table.origin, decided_by=entry)
        return Deliver(packet, vpc, found=(Finding(HopKind.ROUTE, flow, local),))
    rule = route_tables.describe(cloud, route)
    if isinstance(route.target_id, Unknown):
        missing = needs(route.target_id, "")
        return Lost(packet, found=(unknown(HopKind.ROUTE, flow, table.id, rule, missing, route.origin),))
    if _turns_back(packet, route):
        return Lost(packet, found=(_refused(packet, table, entry, f"{rule}, a loop", _without_route(packet, route)),))
    if packet.returning and route.target_kind is TargetKind.INTERNET_GATEWAY and _is_private(packet):
        rule = f"{rule}, where {flow.destination} is lost: it is private"
        return Lost(packet, found=(_refused(packet, table, entry, rule, Code.NETFUL_RETURN_PATH_NO_ROUTE),))
    if route.blackhole:
        rule = f"{rule}, a blackhole: its target is gone or not attached"
        return Meet(packet, route, found=(_refused(packet, table, entry, rule, Code.BAD_STATE_ROUTE),))
    ruling = Ruling("allow", table.id, rule, origin=route.origin, decided_by=entry)
    return Meet(packet, route, found=(Finding(HopKind.ROUTE, flow, ruling),))


def _refused(packet: Packet, table: RouteTable, entry: route_tables.Entry, rule: str, code: Code) -> Finding:
    origin = entry.route.origin if entry.route else table.origin
    return Finding(HopKind.ROUTE, packet.flow, Ruling("deny", table.id, rule, code, origin, decided_by=entry))


def _is_private(packet: Packet) -> bool:
    address = packet.flow.destination.address
    return address is not None and not is_public(address)


def _turns_back(packet: Packet, route: Route) -> bool:
    return route.target_id in (packet.sender.owner_id, packet.sender.id) or len(packet.journey.legs) >= _MOST_LEGS


def _without_route(packet: Packet, route: Route | None = None) -> Code:
    """Return the code for a packet that its route table does not deliver."""
    if packet.returning:
        return Code.NETFUL_RETURN_PATH_NO_ROUTE
    if packet.sender.owner is not InterfaceOwner.NAT_GATEWAY or not is_public(packet.flow.destination.address):
        return Code.NO_ROUTE_TO_DESTINATION
    return Code.NETFUL_NAT_SAME_SUBNET_LOOP if route else Code.NETFUL_NAT_IN_PRIVATE_SUBNET
