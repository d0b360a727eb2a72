"""A packet's way through VPCs (vpc-network §0).

    depart   the sender's groups, then
    cross    its subnet's ACL, its route table, and the target of the route (`targets`), which may translate and
             cross again, enter another VPC, or leave for the outside, until somebody lets it
    arrive   the ACL of the destination's subnet, its groups, and what it is

Rules:
1. A refusal never ends the walk: what refused is assumed mended, so that every blocker is found. Only where nothing
   tells how it would go on (no route, a target that is not known) is the rest judged at the destination alone.
2. Every translation ends a *leg*. The way back is each leg in reverse order, walked from its end to its start by the
   same rules without groups, which are stateful (§0.3).
3. Inside a subnet neither ACL nor route table takes part (§0.2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from netful.engine import acls, groups, routes
from netful.engine.arrivals import ARRIVALS
from netful.engine.flow import Flow, contains, network_of
from netful.engine.ruling import Ruling, needs
from netful.engine.trail import Trail
from netful.model.cloud import Cloud
from netful.model.interface import InterfaceOwner, NetworkInterface
from netful.model.unknown import Unknown
from netful.model.vpc import RouteTable, Subnet, TargetKind, Vpc

NO_ROUTE = "NO_ROUTE_TO_DESTINATION"
BAD_ROUTE = "BAD_STATE_ROUTE"
NO_DESTINATION = "NO_POSSIBLE_DESTINATION"
RETURN_ACL = "NETFUL_RETURN_PATH_ACL"
RETURN_NO_ROUTE = "NETFUL_RETURN_PATH_NO_ROUTE"
NAT_IN_PRIVATE_SUBNET = "NETFUL_NAT_IN_PRIVATE_SUBNET"
NAT_SAME_SUBNET_LOOP = "NETFUL_NAT_SAME_SUBNET_LOOP"

_WITHOUT_GROUPS = (InterfaceOwner.NAT_GATEWAY,)


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of the way without translation; `flow` is as its end sees it. None is the outside."""

    start: NetworkInterface | None
    end: NetworkInterface | None
    flow: Flow


Target = Callable[["Walk", NetworkInterface, Flow, routes.Entry], None]


@dataclass(slots=True)
class Walk:
    """One direction of one attempt. `goal` names the destination where it lies outside every VPC."""

    cloud: Cloud
    trail: Trail
    targets: Mapping[TargetKind, Target]
    goal: str = "internet"
    returning: bool = False
    legs: list[Leg] = field(default_factory=list)
    endpoint_id: str | None = None
    crossed: set[str] = field(default_factory=set)

    def depart(self, sender: NetworkInterface, flow: Flow) -> None:
        """Send a packet from an interface."""
        if not self.returning and sender.owner not in _WITHOUT_GROUPS:
            self.trail.rule("sg out", flow, groups.judge(self.cloud, sender, flow, "out"))
        self.cross(sender, flow)

    def cross(self, sender: NetworkInterface, flow: Flow) -> None:
        """Take a packet out of the sender's subnet, if its destination is not there."""
        target = flow.destination.interface
        if target is not None and isinstance(sender.subnet_id, str) and target.subnet_id == sender.subnet_id:
            self.arrive(sender, target, flow, crossing=False)
            return
        place = self._place(sender)
        if place is None:
            rule = "the subnet's route table is not known"
            missing = needs(sender.subnet_id, f"subnet {sender.subnet_id}")
            self.trail.add("route", "unknown", flow, "unknown", rule, missing=missing)
            self.go_on(sender, flow)
            return
        subnet, vpc, table = place
        if target is None and self._stays(subnet, flow):
            self.local(sender, flow, vpc)
            return
        self.acl(subnet.id, flow, "out")
        if (subnet.id, self.returning) in self.crossed:
            return
        self._route(sender, flow, vpc, table)

    def arrive(self, sender: NetworkInterface | None, target: NetworkInterface, flow: Flow, *, crossing: bool) -> None:
        """Bring a packet to an interface."""
        self.legs.append(Leg(sender, target, flow))
        if crossing and isinstance(target.subnet_id, str):
            self.acl(target.subnet_id, flow, "in")
        if self.returning:
            return
        if target.owner not in _WITHOUT_GROUPS:
            self.trail.rule("sg in", flow, groups.judge(self.cloud, target, flow, "in"))
        if target.owner in ARRIVALS:
            kind, ruling = ARRIVALS[target.owner](self.cloud, target, flow)
            self.trail.rule(kind, flow, ruling)
        if target.owner is InterfaceOwner.ENDPOINT:
            self.endpoint_id = target.owner_id

    def leave(self, sender: NetworkInterface | None, flow: Flow) -> None:
        """Let a packet out to where no VPC is."""
        self.legs.append(Leg(sender, None, flow))
        if not self.returning:
            self.trail.add("outside", self.goal, flow, "allow", f"{flow.destination} answers")

    def local(self, sender: NetworkInterface | None, flow: Flow, vpc: Vpc) -> None:
        """Deliver a packet to whatever has its destination's address in a VPC."""
        target = flow.destination.interface
        if target is None and flow.destination.address is not None:
            target = self.cloud.interface_at(vpc.id, flow.destination.address.network_address)
        if target is None or self.cloud.vpc_of_interface(target) not in (vpc, None):
            rule = f"no interface in {vpc.id} has {flow.destination}"
            self.trail.add("eni", vpc.id, flow, "deny", rule, code=NO_DESTINATION, origin=vpc.origin)
            return
        known = replace(flow, destination=replace(flow.destination, interface=target))
        crossing = sender is None or sender.subnet_id != target.subnet_id
        self.arrive(sender, target, known, crossing=crossing)

    def go_on(self, sender: NetworkInterface | None, flow: Flow) -> None:
        """Judge what still can be judged after the way was lost: the destination, if it is in a VPC."""
        target = flow.destination.interface
        if target is not None:
            self.arrive(sender, target, flow, crossing=True)
        elif not self.returning:
            self.trail.add("outside", self.goal, flow, "not-reached", "nothing leads there")

    def acl(self, subnet_id: str, flow: Flow, direction: groups.Direction) -> None:
        """Ask the ACL of a subnet's edge; a subnet that was not loaded is taken to have an open one."""
        acl = self.cloud.network_acl_of(subnet_id)
        if acl is None:
            self.trail.assume(f"the network ACL of {subnet_id} lets everything through")
            return
        ruling = acls.judge(acl, flow, direction, subnet_id)
        code = RETURN_ACL if self.returning and ruling.code == acls.RESTRICTION else ""
        self.trail.rule(f"nacl {direction}", flow, ruling, code=code)

    def _place(self, sender: NetworkInterface) -> tuple[Subnet, Vpc, RouteTable] | None:
        if not isinstance(sender.subnet_id, str):
            return None
        subnet = self.cloud.subnets.get(sender.subnet_id)
        vpc, table = self.cloud.vpc_of(sender.subnet_id), self.cloud.route_table_of(sender.subnet_id)
        return (subnet, vpc, table) if subnet and vpc and table else None

    def _stays(self, subnet: Subnet, flow: Flow) -> bool:
        block, address = subnet.cidr_block, flow.destination.address
        return address is not None and not isinstance(block, Unknown) and contains(block, address)

    def _route(self, sender: NetworkInterface, flow: Flow, vpc: Vpc, table: RouteTable) -> None:
        address, target = flow.destination.address, flow.destination.interface
        if address is None and target is not None and self.cloud.vpc_of_interface(target) == vpc:
            self.trail.add("route", table.id, flow, "allow", "local", origin=table.origin)
            self.arrive(sender, target, flow, crossing=True)
            return
        found = routes.select(self.cloud, vpc, table, address) if address is not None else None
        if found is None or (found.entry is None and found.doubts):
            doubts = found.doubts if found else ()
            missing = tuple(need for doubt in doubts for need in doubt.needs) or (f"the address of {self.goal}",)
            rule = "which route takes it is not known"
            self.trail.add("route", table.id, flow, "unknown", rule, origin=table.origin, missing=missing)
            self.go_on(sender, flow)
        elif found.entry is None:
            rule = f"no route to {flow.destination}, used by {sender.subnet_id}"
            self.trail.add("route", table.id, flow, "deny", rule, code=self._lost(sender, flow), origin=table.origin)
            self.go_on(sender, flow)
        else:
            self._follow(sender, flow, vpc, table, found.entry)

    def _follow(
        self, sender: NetworkInterface, flow: Flow, vpc: Vpc, table: RouteTable, entry: routes.Entry
    ) -> None:
        route = entry.route
        if route is None or route.target_kind is TargetKind.LOCAL:
            self.trail.add("route", table.id, flow, "allow", f"{entry.block} → local", origin=table.origin)
            self.local(sender, flow, vpc)
            return
        rule, verdict, code = routes.describe(entry), "allow", ""
        missing: tuple[str, ...] = ()
        if isinstance(route.target_id, Unknown):
            verdict, missing = "unknown", needs(route.target_id, "")
        elif route.blackhole:
            verdict, code, rule = "deny", BAD_ROUTE, f"{rule}, a blackhole: its target is gone or not attached"
        elif self._turns_back(sender, flow, route):
            verdict, code = "deny", self._lost(sender, flow, route)
