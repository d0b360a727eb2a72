"""A packet's way through VPCs (vpc-network §0).

    depart   the sender's groups, then
    cross    its subnet's ACL, its route table, and the target of the route (`forwarding`, `targets`), which may
             translate and cross again, enter another VPC, or let the packet out, until somebody lets it
    arrive   the ACL of the destination's subnet, its groups, and what it is

Rules:
1. A refusal never ends the walk: what refused is assumed mended, so that every blocker is found. Only where nothing
   tells how it would go on (no route, a target that is not known) is the rest judged at the destination alone.
2. Every translation ends a *leg*. The way back is each leg in reverse order, walked from its end to its start by the
   same rules without groups, which are stateful (§0.3).
3. Inside a subnet neither ACL nor route table takes part (§0.2).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from netful.engine.filters import network_acls, security_groups, unfiltered
from netful.engine.flows.flow import Flow, contains, network_of
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.flows.trail import Trail
from netful.engine.http.gateway_errors import Answer
from netful.engine.load_balancers.rule_conditions import HttpRequest
from netful.engine.network import (
    edge_associations,
    internet_gateways,
    load_balancing,
    outside_destinations,
    private_link,
    transit_gateways,
)
from netful.engine.network.arrivals import ARRIVALS
from netful.engine.network.forwarding import forward
from netful.model.balancing.load_balancers import Listener
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import Route, RouteTable
from netful.model.network.vpc import Subnet, Vpc

BAD_STATE = "BAD_STATE"
NO_DESTINATION = "NO_POSSIBLE_DESTINATION"
RETURN_ACL = "NETFUL_RETURN_PATH_ACL"
_DIRECTIONS: tuple[security_groups.Direction, security_groups.Direction] = ("out", "in")
_WITHOUT_GROUPS = (InterfaceOwner.NAT_GATEWAY, InterfaceOwner.LOAD_BALANCER)
"""Owners whose interfaces may have no group at all; all others then let nothing through."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of the way without translation; `flow` is as its end sees it. None is the outside.

    `gate` is the transit gateway attachment by which it left. `direct`: answers come back the way they went, whatever
    the route tables say (a load balancer takes back what its target answers).
    """

    start: NetworkInterface | None
    end: NetworkInterface | None
    flow: Flow
    gate: str | None = None
    direct: bool = False


@dataclass(slots=True)
class Walk:
    """One direction of one attempt. `goal` names the destination where it lies outside every VPC."""

    cloud: Cloud
    trail: Trail
    goal: str = "internet"
    returning: bool = False
    legs: list[Leg] = field(default_factory=list)
    endpoint_id: str | None = None
    transits: int = 0
    balancers: int = 0
    request: HttpRequest | None = None
    """What is asked for, as it is by now: load balancers may have changed it."""
    direct: bool = False
    secured_by: Listener | None = None
    """The load balancer's listener that shows the client its certificate, if one does."""
    answered: dict[int, Answer] = field(default_factory=dict)
    """What web ACLs and rules of load balancers answer, by the hop's number."""

    def depart(self, sender: NetworkInterface, flow: Flow) -> None:
        """Send a packet from an interface."""
        own = None if self.returning else unfiltered.judge(self.cloud, sender, flow)
        if own is not None:
            self.trail.rule("service", flow, own)
            return
        if not self.returning and sender.idle:
            self.trail.rule("eni", flow, _idle(sender))
        if not self.returning and _has_groups(sender):
            self.trail.rule("sg out", flow, security_groups.judge(self.cloud, sender, flow, "out"))
        self.cross(sender, flow)

    def cross(self, sender: NetworkInterface, flow: Flow) -> None:
        """Take a packet out of the sender's subnet, if its destination is not there."""
        target = flow.destination.interface
        if target is not None and isinstance(sender.subnet_id, str) and target.subnet_id == sender.subnet_id:
            self.arrive(sender, target, flow, crossing=False)
            return
        place = self._place(sender)
        if place is None and target is not None and _together(self.cloud, sender, target):
            rule = "local: both are in one VPC, and every route table of it has that route"
            self.trail.add("route", vpc_id_of(self.cloud, sender) or "", flow, "allow", rule)
            place_of_sender = needs(sender.subnet_id, f"subnet {sender.subnet_id}")[0]
            self.trail.assume(f"the network ACL of {place_of_sender} lets everything through")
            self.arrive(sender, target, flow, crossing=True)
            return
        if place is None:
            missing = needs(sender.subnet_id, f"subnet {sender.subnet_id}")
            self.trail.add("route", missing[0], flow, "unknown", "its route table is not known", missing=missing)
            self.go_on(sender, flow)
            return
        subnet, vpc, table = place
        if target is None and self._stays(subnet, flow):
            self.local(sender, flow, vpc)
            return
        self.acl(subnet.id, flow, "out")
        forward(self, sender, flow, vpc, table)

    def arrive(self, sender: NetworkInterface | None, target: NetworkInterface, flow: Flow, *, crossing: bool) -> None:
        """Bring a packet to an interface."""
        self.end_leg(sender, target, flow)
        if crossing and isinstance(target.subnet_id, str):
            self.acl(target.subnet_id, flow, "in")
        if self.returning:
            return
        if _has_groups(target):
            self.trail.rule(
                "sg in", flow, load_balancing.told(flow, security_groups.judge(self.cloud, target, flow, "in"))
            )
        if target.idle:
            self.trail.rule("eni", flow, _idle(target))
        if target.owner in ARRIVALS:
            kind, judge = ARRIVALS[target.owner]
            self.trail.rule(kind, flow, judge(self.cloud, target, flow))
        if target.owner is InterfaceOwner.ENDPOINT:
            self.endpoint_id = target.owner_id
            private_link.serve(self, target, flow)
        elif target.owner is InterfaceOwner.LOAD_BALANCER:
            load_balancing.balance(self, target, flow)

    def end_leg(
        self, sender: NetworkInterface | None, end: NetworkInterface | None, flow: Flow, *, gate: str | None = None
    ) -> None:
        """Note that a packet has come to something that translates it or lets it out."""
        self.legs.append(Leg(flow.source.interface or sender, end, flow, gate, self.direct))

    def enter(self, sender: NetworkInterface | None, target: NetworkInterface, flow: Flow) -> None:
        """Bring a packet for a public address to the interface that has it, by its private one (§4.1)."""
        _, private = internet_gateways.translation(target, flow.destination.address)
        own = network_of(private) if private else None
        inside = replace(flow, destination=replace(flow.destination, address=own, interface=target))
        gateway = internet_gateways.attached(self.cloud, target)
        if gateway is None or not edge_associations.redirect(self, gateway.id, target, inside):
            self.arrive(sender, target, inside, crossing=True)

    def public_owner(self, flow: Flow) -> NetworkInterface | None:
        """The interface that has the packet's public destination, if it is one of the cloud's."""
        address = flow.destination.address
        return self.cloud.network.public_interface(address.network_address) if address is not None else None

    def leave(self, sender: NetworkInterface | None, flow: Flow, *, gate: str | None = None) -> None:
        """Let a packet out to where no VPC is."""
        self.end_leg(sender, None, flow, gate=gate)
        if not self.returning:
            self.trail.rule("outside", flow, outside_destinations.judge(self.cloud, self.goal, flow))

    def local(self, sender: NetworkInterface | None, flow: Flow, vpc: Vpc) -> None:
        """Deliver a packet to whatever has its destination's address in a VPC."""
        target = flow.destination.interface
        if target is None and flow.destination.address is not None:
            target = self.cloud.network.interface_at(vpc.id, flow.destination.address.network_address)
        if target is None or self.cloud.network.vpc_of_interface(target) not in (vpc, None):
            rule = f"no interface in {vpc.id} has {flow.destination}"
            self.trail.add("eni", vpc.id, flow, "deny", rule, code=NO_DESTINATION, origin=vpc.origin)
            return
        known = replace(flow, destination=replace(flow.destination, interface=target))
        self.arrive(sender, target, known, crossing=sender is None or sender.subnet_id != target.subnet_id)

    def go_on(self, sender: NetworkInterface | None, flow: Flow) -> None:
        """Judge what can still be judged after the way was lost: the destination, if it is in a VPC."""
        target = flow.destination.interface
        if target is not None:
            self.arrive(sender, target, flow, crossing=True)
        elif not self.returning:
            self.trail.add("outside", self.goal, flow, "not-reached", "nothing leads there")

    def not_loaded(self, sender: NetworkInterface, flow: Flow, route: Route, kind: str) -> None:
        """Come to a target that nothing describes: not even its kind can be relied on."""
        if not route.blackhole:
            missing = (f"what is behind {route.target_id}",)
            self.trail.add(kind, str(route.target_id), flow, "unknown", "it was not loaded", missing=missing)
        self.go_on(sender, flow)

    def fork(self) -> Walk:
        """A walk that goes on from here by itself, to try one of several ways."""
        return replace(self, trail=self.trail.copy(), legs=[*self.legs])

    def join(self, other: Walk) -> None:
        """Take over the way that a fork went."""
        self.trail.become(other.trail)
        self.legs, self.endpoint_id = other.legs, other.endpoint_id
        self.transits, self.balancers, self.request = other.transits, other.balancers, other.request
        self.secured_by = other.secured_by

    def refusals(self) -> tuple[int, int]:
        """How many hops of the way so far and of its way back refuse, and how many are unknown."""
        back = Trail()
        walk_back(self.cloud, self.legs, back)
        verdicts = [hop.verdict for hop in (*self.trail.hops, *back.hops)]
        return verdicts.count("deny"), verdicts.count("unknown")

    def vpc_id_of(self, interface: NetworkInterface) -> str | None:
        """The VPC of an interface, also of one whose subnet is not known."""
        return vpc_id_of(self.cloud, interface)

    def addressless(self, flow: Flow) -> tuple[Unknown, ...]:
        """What would have to be known of a destination without an address; nothing more than what its name misses."""
        target = flow.destination.interface
        if target is not None:
            return (Unknown("", needs(target.subnet_id, f"subnet {target.subnet_id}")),)
        named = any(hop.kind == "name" and hop.verdict == "unknown" for hop in self.trail.hops)
        return (Unknown("", () if named else (f"the address of {self.goal}",)),)

    def acl(self, subnet_id: str, flow: Flow, direction: security_groups.Direction) -> None:
        """Ask the ACL of a subnet's edge; that of a subnet which was not loaded is taken to be open."""
        acl = self.cloud.network.network_acl_of(subnet_id)
        if acl is None:
            self.trail.assume(f"the network ACL of {subnet_id} lets everything through")
            return
        ruling = network_acls.judge(acl, flow, direction, subnet_id)
        code = RETURN_ACL if self.returning and ruling.code == network_acls.RESTRICTION else ""
        self.trail.rule(f"nacl {direction}", flow, ruling, code=code)

    def _place(self, sender: NetworkInterface) -> tuple[Subnet, Vpc, RouteTable] | None:
        if not isinstance(sender.subnet_id, str):
            return None
        subnet = self.cloud.network.subnets.get(sender.subnet_id)
        vpc, table = self.cloud.network.vpc_of(sender.subnet_id), self.cloud.network.route_table_of(sender.subnet_id)
        return (subnet, vpc, table) if subnet and vpc and table else None

    def _stays(self, subnet: Subnet, flow: Flow) -> bool:
        block, address = subnet.cidr_block, flow.destination.address
        return address is not None and not isinstance(block, Unknown) and contains(block, address)


def vpc_id_of(cloud: Cloud, interface: NetworkInterface) -> str | None:
    """The VPC of an interface: its subnet's, else that of its groups or its endpoint; None when nothing tells."""
    vpc = cloud.network.vpc_of_interface(interface)
    if vpc is not None:
        return vpc.id
    groups_ = [cloud.network.security_groups.get(g) for g in interface.security_group_ids if isinstance(g, str)]
    endpoint = cloud.network.vpc_endpoints.get(interface.owner_id)
    ids = [group.vpc_id for group in groups_ if group] + ([endpoint.vpc_id] if endpoint else [])
    return next((vpc_id for vpc_id in ids if isinstance(vpc_id, str)), None)


def _idle(target: NetworkInterface) -> Ruling:
    """Refuse what comes to an interface that nothing is behind, or from it."""
    remedy = f"see that something runs behind `{target.id}`"
    return Ruling("deny", target.owner_id, target.idle, code=BAD_STATE, origin=target.origin, remedy=remedy)


def _has_groups(interface: NetworkInterface) -> bool:
    return bool(interface.security_group_ids) or interface.owner not in _WITHOUT_GROUPS


def _together(cloud: Cloud, one: NetworkInterface, other: NetworkInterface) -> bool:
    vpc_id = vpc_id_of(cloud, one)
    return vpc_id is not None and vpc_id == vpc_id_of(cloud, other)


def walk_back(cloud: Cloud, legs: list[Leg], trail: Trail) -> None:
    """Walk the answers' way: each leg from its end to its start, last leg first."""
    for leg in reversed(legs):
        back = Walk(cloud, trail, "the client", returning=True)
        reply = leg.flow.reply()
        if leg.direct:
            _return_directly(back, leg, reply)
        elif leg.end is not None:
            back.cross(leg.end, _addressed_to(reply, leg))
        elif leg.gate is not None:
            transit_gateways.enter(back, leg.gate, _addressed_to(reply, leg))
        elif leg.start is not None and isinstance(leg.start.subnet_id, str):
            _return_by_gateway(back, leg.start, reply)


def _return_by_gateway(back: Walk, start: NetworkInterface, reply: Flow) -> None:
    """Bring an answer from the internet in, past an appliance if the gateway's own table leads there."""
    gateway = internet_gateways.attached(back.cloud, start)
    _, private = internet_gateways.translation(start, reply.destination.address)
    own = network_of(private) if private else None
    inside = replace(reply, destination=replace(reply.destination, address=own, interface=start))
    if gateway is None or not edge_associations.redirect(back, gateway.id, start, inside):
        back.acl(str(start.subnet_id), reply, "in")


def _return_directly(back: Walk, leg: Leg, reply: Flow) -> None:
    """Bring an answer to where its question came from: only the ACLs of the two subnets are asked."""
    ends = [end.subnet_id if end is not None else None for end in (leg.end, leg.start)]
    if ends[0] == ends[1]:
        return
    for subnet_id, direction in zip(ends, _DIRECTIONS, strict=True):
        if isinstance(subnet_id, str):
            back.acl(subnet_id, reply, direction)


def _addressed_to(reply: Flow, leg: Leg) -> Flow:
    """The reply with the interface it goes back to, unless it goes to a public address, by routes alone."""
    start = leg.start
    own = start is not None and start.private_ip_address is not None
    if start is None or not own or reply.destination.address != network_of(start.private_ip_address):
        return reply
    return replace(reply, destination=replace(reply.destination, interface=start))
