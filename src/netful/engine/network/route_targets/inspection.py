"""Endpoints of network firewalls, and of Gateway Load Balancers with appliances.

A route sends a packet to such an endpoint. A packet that is passed leaves the endpoint's subnet unchanged, by that subnet's
route table (vpc-network §1.12). Behind it no rule can refer to the sender's groups (§2.2). A firewall's own rules judge packets
(`filters.network_firewalls`). No source describes which packets other appliances pass, so every path through them assumes that
they do.

The stateful rules of a firewall need both directions of a flow at the same endpoint. One direction alone is refused for TCP,
whose handshake then never ends there (newer-aws §11.5).
"""

from collections.abc import Iterator

from netful.engine.filters import network_firewalls
from netful.engine.filters.network_firewalls import Asked, Decision, Fate
from netful.engine.flows.blocks import in_vpc
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found, allowed, denied, unknown
from netful.engine.flows.flow import Flow
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Path
from netful.engine.flows.ruling import Ruling
from netful.engine.network import private_link
from netful.engine.network.packet import Inspected, Journey, Packet
from netful.engine.network.route_targets import transit_gateways
from netful.engine.network.steps import Cross, Done, Lost, Step
from netful.engine.network.subnets import acl
from netful.engine.routing import route_tables
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in
from netful.model.network.network_firewall import Firewall
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP
from netful.model.network.route_tables import TargetKind
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

_HINT = " (hint: `netful trace` knows it)"
_DENIALS = {Fate.IS_DROPPED: Code.FIREWALL_RULES_RESTRICTION, Fate.IS_REJECTED: Code.NETFUL_FIREWALL_REJECTS}
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
    firewall = cloud.network.firewalls.get(endpoint.firewall_id)
    if firewall is not None:
        judged = _answer(packet, endpoint, firewall) if packet.returning else _first(cloud, packet, endpoint, firewall)
        return Cross(judged.packet.sent_by(door).nameless(), found=(*found, *judged.found))
    found.append(allowed(HopKind.ENDPOINT, flow, endpoint, "appliances inspect it"))
    found += private_link.in_zone(cloud, endpoint, door, flow)
    what = "the answers" if packet.returning else f"{flow.service} to {flow.destination}"
    found.append(Assumption(f"the appliances behind {endpoint.id} let {what} through"))
    return Cross(packet.sent_by(door).nameless(), found=tuple(found))


def one_way(cloud: Cloud, journey: Journey) -> Iterator[Finding]:
    """Yield the refusals by firewalls that an answer has not passed, though they keep the state of its flow."""
    for one in journey.inspected:
        if one.flow.protocol == TCP:
            firewall = cloud.network.firewalls[one.firewall_id]
            yield _broken(one.flow.reply(), one.endpoint_id, firewall, "the answers do not pass it")


def _first(cloud: Cloud, packet: Packet, endpoint: VpcEndpoint, firewall: Firewall) -> Step:
    """Judge a flow's packets to its destination by a firewall."""
    flow, notes = packet.flow, tuple(map(Assumption, firewall.assumptions))
    decision = network_firewalls.judge_packet(firewall, flow)
    if decision.fate is not Fate.IS_FORWARDED:
        return Done(packet, found=(_finding(flow, endpoint, firewall, decision), *notes))
    asked = packet.journey.asked or Asked.by_port(flow)
    decision = network_firewalls.judge_flow(firewall, flow, asked)
    passes_later = decision.fate is Fate.PASSES and decision.follows_handshake
    passed = decision.fate is not Fate.GOES_ON and not passes_later
    reset_later = decision.fate is Fate.IS_REJECTED and decision.follows_handshake
    kept = (*packet.journey.inspected, Inspected(endpoint.id, firewall.id, flow, passed, passes_later, reset_later))
    if packet.journey.asked is None and network_firewalls.depends_on_application(firewall, flow):
        spoken = asked.application.upper() if asked.application else "neither TLS nor HTTP"
        notes += (Assumption(f"the client speaks {spoken} over {flow.service}"),)
    if decision.fate is Fate.IS_REJECTED and _loses_resets(cloud, endpoint, flow):
        rule = f"{decision.rule}; the subnet of the firewall does not route the reset back to the client"
        decision = Decision(Fate.IS_DROPPED, rule, decision.origin)
    return Done(packet.after(inspected=kept), found=(_finding(flow, endpoint, firewall, decision), *notes))


def _loses_resets(cloud: Cloud, endpoint: VpcEndpoint, flow: Flow) -> bool:
    """Return whether a reset from an endpoint's subnet has no route to a client, or one that does not lead there.

    A NAT gateway drops it; a peering leads to addresses of the other VPC only; a transit gateway needs a route, too.
    """
    subnet_id, client = _door(cloud, endpoint).subnet_id, flow.source.address
    vpc = cloud.network.vpcs.get(endpoint.vpc_id) if isinstance(endpoint.vpc_id, str) else None
    table = cloud.network.route_table_of(subnet_id) if isinstance(subnet_id, str) else None
    if vpc is None or table is None or client is None:
        return False
    found = route_tables.select(cloud, vpc, table, client)
    if found.entry is None:
        return not found.doubts
    route = found.entry.route
    if route is not None and route.target_kind is TargetKind.PEERING:
        connection = cloud.network.vpc_peering_connections.get(str(route.target_id))
        other = known_in(cloud.network.vpcs, connection.other_end(vpc.id)) if connection else None
        return other is not None and not in_vpc(other, client)
    if route is not None and route.target_kind is TargetKind.TRANSIT_GATEWAY:
        return transit_gateways.loses(cloud, vpc.id, str(route.target_id), client)
    return route is not None and route.target_kind is TargetKind.NAT_GATEWAY


def _answer(packet: Packet, endpoint: VpcEndpoint, firewall: Firewall) -> Step:
    """Judge the answers of a flow by a firewall, which knows the flow only if its packets have passed the same endpoint."""
    flow = packet.flow
    own = next((one for one in packet.journey.inspected if one.has(endpoint.id, flow)), None)
    left = packet.after(inspected=tuple(one for one in packet.journey.inspected if one is not own))
    decision = network_firewalls.judge_packet(firewall, flow)
    forwarded = decision.fate is Fate.IS_FORWARDED
    if flow.protocol == TCP and decision.fate in (Fate.IS_FORWARDED, Fate.PASSES) and forwarded is (own is None):
        what = "packets to the server do not pass" if own is None else "a stateless rule takes the answers past"
        return Done(left, found=(_broken(flow, endpoint.id, firewall, f"the {what} its stateful rules"),))
    if forwarded and own is None:
        decision = network_firewalls.judge_flow(firewall, flow, Asked())
    elif forwarded and own is not None:
        judged = network_firewalls.judge_answer(firewall, flow, to_handshake=own.passes_later)
        if own.passed or (own.passes_later and judged.fate is Fate.GOES_ON):
            judged = Decision(Fate.PASSES, "the flow has passed its rules", firewall.origin)
        decision = judged
    if decision.fate is Fate.IS_REJECTED:
        rule = f"{decision.rule}; the reset goes to the server, which sent the answer"
        decision = Decision(Fate.IS_DROPPED, rule, decision.origin)
    return Done(left, found=(_finding(flow, endpoint, firewall, decision),))


def _finding(flow: Flow, endpoint: VpcEndpoint, firewall: Firewall, decision: Decision) -> Finding:
    rule = f"at {endpoint.id}, {decision.rule}"
    if decision.fate is None:
        return unknown(HopKind.FIREWALL, flow, firewall.id, rule, decision.missing, decision.origin)
    fate = Fate.IS_DROPPED if decision.fate is Fate.IS_REJECTED and flow.protocol != TCP else decision.fate
    code = _DENIALS.get(fate)
    return Finding(
        HopKind.FIREWALL, flow, Ruling("deny" if code else "allow", firewall.id, rule, code, decision.origin)
    )


def _broken(flow: Flow, endpoint_id: str, firewall: Firewall, why: str) -> Finding:
    rule = f"{endpoint_id} sees one direction of the flow: {why}"
    if firewall.drops_broken:
        return denied(HopKind.FIREWALL, flow, firewall, rule, Code.NETFUL_FIREWALL_ONE_WAY)
    missing = (f"what the `StreamExceptionPolicy` of {firewall.id} does with it",)
    return unknown(HopKind.FIREWALL, flow, firewall.id, rule, missing, firewall.origin)


def not_run(cloud: Cloud) -> Iterator[str]:
    """Yield the appliances that a running stack lacks."""
    targets = {route.target_id for table in cloud.network.route_tables.values() for route in table.routes}
    for endpoint in cloud.network.vpc_endpoints.values():
        if _has_appliances(cloud, endpoint) and endpoint.id in targets:
            yield f"{endpoint.origin}: `{endpoint.id}`: no appliances run in a stack, so what is routed there is lost{_HINT}"


def is_on(cloud: Cloud, path: Path) -> bool:
    """Return whether a path passes such appliances."""
    components = [hop.component for hop in path.every_hop]
    endpoints = (cloud.network.vpc_endpoints.get(name) for name in components)
    return any(endpoint and _has_appliances(cloud, endpoint) for endpoint in endpoints)


def _has_appliances(cloud: Cloud, endpoint: VpcEndpoint) -> bool:
    return endpoint.type is EndpointType.OTHER and endpoint.firewall_id not in cloud.network.firewalls


def sender_of(cloud: Cloud, packet: Packet) -> NetworkInterface:
    """Return the interface that a packet originates from, if appliances forwarded it; else its sender.

    If its address is not known, that is the interface of its flow, or the one that translated it last.
    """
    sender, source = packet.sender, packet.flow.source
    vpc = cloud.network.vpc_of_interface(sender)
    if vpc is None or sender.owner is not InterfaceOwner.ENDPOINT:
        return sender
    if source.address is None:
        return source.interface or packet.journey.end or sender
    return cloud.network.interface_at(vpc.id, source.address.network_address) or sender


def _door(cloud: Cloud, endpoint: VpcEndpoint) -> NetworkInterface:
    """Return the endpoint's interface; a made-up one if it was not loaded."""
    own = next(iter(cloud.network.interfaces_of(endpoint.id)), None)
    where = next(iter(endpoint.subnet_ids), Unknown("", (f"the subnet of {endpoint.id}",)))
    made = NetworkInterface(f"eni-{endpoint.id}", InterfaceOwner.ENDPOINT, endpoint.id, where, origin=endpoint.origin)
    return own or made
