"""What the target of a route does with a packet: its admission rules, then where the packet goes on (vpc-network §1.12).

Each function takes the walk, the interface that sent the packet, the flow and the route. It adds the target's own hop
and then lets the walk go on; what it refuses is assumed mended, like everywhere on a walk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netful.engine import transit, vpn
from netful.engine.blocks import RFC1918, RFC6598, is_public
from netful.engine.flow import AWS_EPHEMERAL, Flow, contains, network_of
from netful.model.catalog import endpoint_ports
from netful.model.endpoint import EndpointType, VpcEndpoint
from netful.model.filters import ICMP, TCP, UDP
from netful.model.gateways import NatGateway
from netful.model.interface import InterfaceOwner, NetworkInterface
from netful.model.unknown import Unknown
from netful.model.vpc import IPNetwork, Route, TargetKind

if TYPE_CHECKING:
    from netful.engine.walk import Walk

BAD_ATTACHMENT = "BAD_STATE_ATTACHMENT"
BAD_STATE = "BAD_STATE"
NO_PUBLIC_ADDRESS = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
NAT_PROTOCOL = "PROTOCOL_RESTRICTION"
NAT_SOURCE = "NGW_REQUIRES_SOURCE_IN_VPC"
PEERING_ADDRESS = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"
ENDPOINT_PROTOCOL = "VPCE_GATEWAY_PROTOCOL_RESTRICTION"
SOURCE_DEST_CHECK = "ENI_SOURCE_DEST_CHECK_RESTRICTION"
RETURN_NO_ROUTE = "NETFUL_RETURN_PATH_NO_ROUTE"

_PRIVATE_DESTINATIONS = (
    (RFC1918, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"),
    ((RFC6598,), "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"),
)


def internet_gateway(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route) -> None:
    """Translates the sender's private address to its public one, 1:1, and lets the packet out (§4.1)."""
    gateway = walk.cloud.internet_gateways.get(str(route.target_id))
    if gateway is None:
        walk.not_loaded(sender, flow, route, "igw")
        return
    public, has_public = public_address(walk, sender)
    if not walk.returning:
        refusals = list(_refused_by_internet_gateway(sender, flow, has_public=has_public))
        for code, rule in refusals:
            walk.trail.add("igw", gateway.id, flow, "deny", rule, code=code, origin=gateway.origin)
        if not refusals:
            walk.trail.add("igw", gateway.id, flow, "allow", _as_seen(sender, public), origin=gateway.origin)
    if not is_public(flow.destination.address):
        walk.go_on(sender, flow)
        return
    outside = flow.translated(public, flow.source.ports)
    owner = walk.public_owner(flow)
    if owner is not None:
        walk.enter(sender, owner, outside)
    else:
        walk.leave(sender, outside)


def _refused_by_internet_gateway(sender: NetworkInterface, flow: Flow, *, has_public: bool) -> list[tuple[str, str]]:
    refusals = []
    if not has_public:
        why = "has no public address, and an internet gateway gives none"
        if sender.owner is InterfaceOwner.LAMBDA:
            why = "is a function's interface: it never has a public address, whatever its subnet"
        refusals.append((NO_PUBLIC_ADDRESS, f"{flow.source} {why}"))
    for blocks, code in _PRIVATE_DESTINATIONS:
        address = flow.destination.address
        if address is not None and any(contains(block, address) for block in blocks):
            refusals.append((code, f"{flow.destination} is private: it does not exist on the internet"))
    return refusals


def public_address(walk: Walk, sender: NetworkInterface) -> tuple[IPNetwork | None, bool]:
    """The address by which the internet sees an interface (None: not known), and whether it has one."""
    if sender.public_ip is not None:
        return network_of(sender.public_ip), True
    nat = walk.cloud.nat_gateways.get(sender.owner_id) if sender.owner is InterfaceOwner.NAT_GATEWAY else None
    return None, nat is not None and nat.public and bool(nat.allocation_ids)


def _as_seen(sender: NetworkInterface, public: IPNetwork | None) -> str:
    return (
        f"{sender.private_ip_address or sender.id} becomes {public.network_address if public else 'its public address'}"
    )


def nat_gateway(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route) -> None:
    """Translates many senders to its own address and sends the packet on from its own subnet (§4.2, §0.4)."""
    nat = walk.cloud.nat_gateways.get(str(route.target_id))
    if nat is None:
        walk.not_loaded(sender, flow, route, "nat")
        return
    if walk.returning:
        rule = f"the answer leaves by {nat.id}, which knows of no such connection"
        walk.trail.add("nat", nat.id, flow, "deny", rule, code=RETURN_NO_ROUTE, origin=nat.origin)
        return
    own = next(iter(walk.cloud.interfaces_of(nat.id)), None)
    if own is not None and isinstance(own.subnet_id, str) and own.subnet_id != sender.subnet_id:
        walk.acl(own.subnet_id, flow, "in")
    _admit_to_nat(walk, sender, flow, nat, own)
    if own is None:
        walk.go_on(sender, flow)
        return
    walk.end_leg(sender, own, flow)
    address = network_of(own.private_ip_address) if own.private_ip_address else None
    walk.cross(own, flow.translated(address, AWS_EPHEMERAL))


def _admit_to_nat(
    walk: Walk, sender: NetworkInterface, flow: Flow, nat: NatGateway, own: NetworkInterface | None
) -> None:
    here, there = walk.cloud.vpc_of_interface(sender), own and walk.cloud.vpc_of_interface(own)
    if flow.protocol not in (TCP, UDP, ICMP):
        rule = "a NAT gateway takes TCP, UDP and ICMP only"
        walk.trail.add("nat", nat.id, flow, "deny", rule, code=NAT_PROTOCOL, origin=nat.origin)
    elif here and there and here != there:
        rule = f"{flow.source} is not in {there.id}"
        walk.trail.add("nat", nat.id, flow, "deny", rule, code=NAT_SOURCE, origin=nat.origin)
    elif own is None:
        rule = "where it stands is not known"
        walk.trail.add("nat", nat.id, flow, "unknown", rule, origin=nat.origin, missing=(f"the subnet of {nat.id}",))
    else:
        place = own.subnet_id if isinstance(own.subnet_id, str) else "an unknown subnet"
        rule = f"in {place}, {flow.source} becomes {own.private_ip_address or 'its own address'}"
        walk.trail.add("nat", nat.id, flow, "allow", rule, origin=nat.origin)


def vpc_endpoint(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route) -> None:
    """A gateway endpoint: the service of its prefix list, reached by the private address (§5.5)."""
    endpoint = walk.cloud.vpc_endpoints.get(str(route.target_id))
    if endpoint is None or endpoint.type is not EndpointType.GATEWAY:
        walk.not_loaded(sender, flow, route, "endpoint")
        return
    refusal = _refused_by_gateway_endpoint(endpoint, flow)
    if refusal:
        walk.trail.add("endpoint", endpoint.id, flow, "deny", refusal, code=ENDPOINT_PROTOCOL, origin=endpoint.origin)
    else:
        rule = f"gateway endpoint of {endpoint.service}, which sees {flow.source}"
        walk.trail.add("endpoint", endpoint.id, flow, "allow", rule, origin=endpoint.origin)
    walk.trail.assume(*endpoint.assumptions)
    walk.endpoint_id = endpoint.id
    walk.end_leg(sender, None, flow)


def _refused_by_gateway_endpoint(endpoint: VpcEndpoint, flow: Flow) -> str:
    ports = endpoint_ports(endpoint.service)
    if flow.protocol not in (TCP, ICMP):
        return "a gateway endpoint takes TCP and ping only"
    if flow.protocol == TCP and flow.destination.ports.first not in ports:
        return f"{endpoint.service} answers on {', '.join(map(str, ports))} only"
    return ""


def network_interface(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route) -> None:
    """An interface or instance: the destination itself, or a middlebox that forwards (§1.9)."""
    box = next(iter(walk.cloud.interfaces_of(str(route.target_id))), None) or walk.cloud.network_interfaces.get(
        str(route.target_id)
    )
    if box is None:
        walk.not_loaded(sender, flow, route, "eni")
        return
    if flow.destination.interface == box:
        walk.arrive(sender, box, flow, crossing=sender.subnet_id != box.subnet_id)
        return
    walk.arrive(sender, box, flow, crossing=sender.subnet_id != box.subnet_id)
    if box.source_dest_check:
        rule = "takes only packets for its own address: its source/dest check is on"
        walk.trail.add("check", box.owner_id, flow, "deny", rule, code=SOURCE_DEST_CHECK, origin=box.origin)
    if walk.returning:
        return
    walk.trail.assume(f"{box.owner_id} forwards what it gets, with its own address as the source")
    address = network_of(box.private_ip_address) if box.private_ip_address else None
    walk.depart(box, flow.translated(address, AWS_EPHEMERAL))


def peering(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route) -> None:
    """The other VPC's private addresses, and nothing behind that VPC (§7.1)."""
    connection = walk.cloud.vpc_peering_connections.get(str(route.target_id))
    if connection is None:
        walk.not_loaded(sender, flow, route, "peering")
        return
    here = walk.cloud.vpc_of_interface(sender)
    ends = (connection.vpc_id, connection.peer_vpc_id)
    other = next((end for end in ends if here is None or end != here.id), None)
    vpc = walk.cloud.vpcs.get(other) if isinstance(other, str) else None
    if vpc is None:
        missing = other.needs if isinstance(other, Unknown) else (f"VPC {other}",)
        rule = "the VPC on its other side is not known"
        walk.trail.add("peering", connection.id, flow, "unknown", rule, origin=connection.origin, missing=missing)
        walk.go_on(sender, flow)
        return
    blocks = [block for block in vpc.cidr_blocks if not isinstance(block, Unknown)]
    address = flow.destination.address
    if not connection.active:
        rule = "the connection is not active"
        walk.trail.add("peering", connection.id, flow, "deny", rule, code=BAD_STATE, origin=connection.origin)
    elif address is not None and not any(contains(block, address) for block in blocks):
        rule = f"{flow.destination} is not in {vpc.id}: a peering leads no further"
        walk.trail.add("peering", connection.id, flow, "deny", rule, code=PEERING_ADDRESS, origin=connection.origin)
        walk.go_on(sender, flow)
        return
    else:
        walk.trail.add("peering", connection.id, flow, "allow", f"to {vpc.id}", origin=connection.origin)
    walk.local(sender, flow, vpc)


Target = Callable[["Walk", NetworkInterface, Flow, Route], None]

TARGETS: dict[TargetKind, Target] = {
    TargetKind.INTERNET_GATEWAY: internet_gateway,
    TargetKind.NAT_GATEWAY: nat_gateway,
    TargetKind.VPC_ENDPOINT: vpc_endpoint,
    TargetKind.NETWORK_INTERFACE: network_interface,
    TargetKind.INSTANCE: network_interface,
    TargetKind.PEERING: peering,
    TargetKind.TRANSIT_GATEWAY: transit.transit_gateway,
    TargetKind.VPN_GATEWAY: vpn.vpn_gateway,
}
