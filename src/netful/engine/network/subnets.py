"""Subnets: the way out of a subnet, the addresses of a VPC, and the network ACL at the edge (vpc-network §0.2, §1, §3)."""

from dataclasses import replace

from netful.engine.filters import network_acls
from netful.engine.filters.group_references import Direction
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found, denied, unknown
from netful.engine.flows.flow import Flow, contains
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.network.packet import Packet, vpc_id_of
from netful.engine.network.steps import Arrive, Cross, Deliver, Done, Forward, Lost, Step
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown, known_in
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.route_tables import RouteTable
from netful.model.network.vpc import IPNetwork, Subnet, Vpc

_ACL_KINDS: dict[Direction, HopKind] = {"out": HopKind.NACL_OUT, "in": HopKind.NACL_IN}


def cross(cloud: Cloud, step: Cross) -> Step:
    """Take a packet out of its sender's subnet, unless its destination is in that subnet."""
    packet = step.packet
    sender, flow = packet.sender, packet.flow
    target = flow.destination.interface
    if target is not None and isinstance(sender.subnet_id, str) and target.subnet_id == sender.subnet_id:
        return Arrive(packet, target, crossing=False)
    place = _place(cloud, sender)
    if place is None:
        return _from_unknown_subnet(cloud, packet, target)
    subnet, vpc, table = place
    if target is None and _holds(subnet, flow):
        return Deliver(packet, vpc)
    return Forward(packet, vpc, table)


def _from_unknown_subnet(cloud: Cloud, packet: Packet, target: NetworkInterface | None) -> Step:
    place, missing = _unloaded(cloud, packet.sender)
    if target is not None and _together(cloud, packet.sender, target):
        rule = "local: both are in one VPC, and every route table of it has that route"
        vpc_id = vpc_id_of(cloud, packet.sender) or ""
        local = Finding(HopKind.ROUTE, packet.flow, Ruling("allow", vpc_id, rule))
        open_acl = Assumption(f"the network ACL of {place} lets everything through")
        return Arrive(packet, target, crossing=True, found=(local, open_acl))
    return Lost(packet, found=(unknown(HopKind.ROUTE, packet.flow, place, "its route table is not known", missing),))


def _unloaded(cloud: Cloud, sender: NetworkInterface) -> tuple[str, tuple[str, ...]]:
    """Return the subnet of an interface in words, and what is missing: the subnet, or the VPC of one that is loaded."""
    subnet = known_in(cloud.network.subnets, sender.subnet_id)
    if subnet is not None:
        return subnet.id, needs(subnet.vpc_id, f"VPC {subnet.vpc_id}")
    missing = needs(sender.subnet_id, f"subnet {sender.subnet_id}")
    return missing[0], missing


def deliver(cloud: Cloud, step: Deliver) -> Step:
    """Bring a packet to the interface of the VPC that has its destination address."""
    packet, vpc = step.packet, step.vpc
    flow, target = packet.flow, packet.flow.destination.interface
    if target is None and flow.destination.address is not None:
        target = cloud.network.interface_at(vpc.id, flow.destination.address.network_address)
    if target is None or cloud.network.vpc_of_interface(target) not in (vpc, None):
        rule = f"no interface in {vpc.id} has {flow.destination}"
        if other := _other_holder(cloud, vpc, packet):
            rule = f"in {vpc.id}, {flow.destination} is the address of {other.owner_id}"
            remedy = (
                f"give `{vpc.id}` and the other VPC blocks that do not overlap, or translate by private NAT gateways"
            )
            ruling = Ruling("deny", vpc.id, rule, Code.NO_POSSIBLE_DESTINATION, vpc.origin, remedy=remedy)
            return Done(packet, found=(Finding(HopKind.ENI, flow, ruling),))
        holder, block = _delegate(cloud, vpc, flow) if target is None else (None, None)
        if holder is not None:
            missing = needs(block, f"what has {flow.destination} behind {holder.id}")
            delegated = f"{flow.destination} is in a prefix that is delegated to it"
            if isinstance(block, Unknown):
                delegated = (
                    f"{flow.destination} may be an address that is fixed for it, or in a prefix that is delegated to it"
                )
            return Done(packet, found=(unknown(HopKind.ENI, flow, holder.id, delegated, missing, holder.origin),))
        if target is None and packet.journey.balancers:  # a registered target, which may be in no template
            missing = (f"what has {flow.destination}",)
            return Done(packet, found=(unknown(HopKind.ENI, flow, vpc.id, rule, missing, vpc.origin),))
        return Done(packet, found=(denied(HopKind.ENI, flow, vpc, rule, Code.NO_POSSIBLE_DESTINATION),))
    return Arrive(packet.to(target), target, crossing=packet.sender.subnet_id != target.subnet_id)


def _other_holder(cloud: Cloud, vpc: Vpc, packet: Packet) -> NetworkInterface | None:
    """Return the interface of a VPC that has a destination's address, which an interface of another VPC was to have."""
    address = packet.flow.destination.address
    if packet.flow.destination.interface is None or address is None:
        return None
    return cloud.network.interface_at(vpc.id, address.network_address)


def _delegate(cloud: Cloud, vpc: Vpc, flow: Flow) -> tuple[NetworkInterface | None, Maybe[IPNetwork] | None]:
    """Return the interface with a delegated prefix that has the destination's address, or else may have it, and the prefix."""
    every = cloud.network.network_interfaces.values()
    here = [
        (eni, block) for eni in every for block in eni.delegated_prefixes if cloud.network.vpc_of_interface(eni) == vpc
    ]
    held = [(eni, block) for eni, block in here if _may_have(cloud, eni, block, flow)]
    return min(held, key=lambda one: isinstance(one[1], Unknown), default=(None, None))


def _may_have(cloud: Cloud, eni: NetworkInterface, block: Maybe[IPNetwork], flow: Flow) -> bool:
    """Return whether a delegated prefix of an interface has a flow's destination; one that is not known is in its subnet."""
    address, subnet = flow.destination.address, known_in(cloud.network.subnets, eni.subnet_id)
    if not isinstance(block, Unknown):
        return address is not None and contains(block, address)
    own = (subnet.cidr_block, subnet.ipv6_cidr_block) if subnet is not None else ()
    return address is not None and any(contains(one, address) for one in own if one and not isinstance(one, Unknown))


def lost(_cloud: Cloud, step: Lost) -> Step:
    """Judge the rest of a packet's path without a way on: its destination, if that is in a VPC."""
    packet = step.packet
    target = packet.flow.destination.interface
    if target is not None:
        return Arrive(packet, target, crossing=True)
    if packet.returning:
        return Done(packet)
    ruling = Ruling("not-reached", packet.journey.goal, "nothing leads there")
    return Done(packet, found=(Finding(HopKind.OUTSIDE, packet.flow, ruling),))


def acl(cloud: Cloud, packet: Packet, subnet_id: str, direction: Direction) -> Found:
    """Judge by the network ACL of a subnet; the ACL is assumed to be open if it was not loaded."""
    found = cloud.network.network_acl_of(subnet_id)
    if found is None:
        return Assumption(f"the network ACL of {subnet_id} lets everything through")
    ruling = network_acls.judge(found, packet.flow, direction, subnet_id)
    if packet.returning and ruling.code is Code.SUBNET_ACL_RESTRICTION:
        ruling = replace(ruling, code=Code.NETFUL_RETURN_PATH_ACL)
    return Finding(_ACL_KINDS[direction], packet.flow, ruling)


def _place(cloud: Cloud, sender: NetworkInterface) -> tuple[Subnet, Vpc, RouteTable] | None:
    if not isinstance(sender.subnet_id, str):
        return None
    subnet, table = cloud.network.subnets.get(sender.subnet_id), cloud.network.route_table_of(sender.subnet_id)
    if subnet is None or table is None:
        return None
    return subnet, cloud.network.vpc_of(subnet.id) or _unloaded_vpc(cloud, subnet), table


def _unloaded_vpc(cloud: Cloud, subnet: Subnet) -> Vpc:
    """Return the VPC that a subnet names, of which only the blocks of its loaded subnets are known."""
    name = subnet.vpc_id if isinstance(subnet.vpc_id, str) else needs(subnet.vpc_id, "its VPC")[0]
    rest = Unknown("the VPC is not loaded", needs(subnet.vpc_id, f"VPC {name}"))
    return Vpc(name, (*(one.cidr_block for one in cloud.network.subnets_of(subnet.vpc_id)), rest))


def _holds(subnet: Subnet, flow: Flow) -> bool:
    block, address = subnet.cidr_block, flow.destination.address
    return address is not None and not isinstance(block, Unknown) and contains(block, address)


def _together(cloud: Cloud, one: NetworkInterface, other: NetworkInterface) -> bool:
    vpc_id = vpc_id_of(cloud, one)
    return vpc_id is not None and vpc_id == vpc_id_of(cloud, other)
