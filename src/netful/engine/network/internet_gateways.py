"""Internet gateways, and the egress-only ones of IPv6: the way from a VPC to the internet (vpc-network §4.1, §4.5)."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import TYPE_CHECKING

from netful.engine.flows.blocks import RFC1918, RFC6598, is_public
from netful.engine.flows.flow import Flow, contains, network_of
from netful.engine.network import inspection
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown
from netful.model.network.gateways import InternetGateway
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import Route
from netful.model.network.vpc import IPNetwork, Vpc

if TYPE_CHECKING:
    from netful.engine.network.walk import Walk

NO_GATEWAY = "BAD_STATE_ATTACHMENT"
NO_DESTINATION = "NO_POSSIBLE_DESTINATION"
RETURN_NO_ROUTE = "NETFUL_RETURN_PATH_NO_ROUTE"
NO_PUBLIC_ADDRESS = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"

_PRIVATE_DESTINATIONS = (
    (RFC1918, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"),
    ((RFC6598,), "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"),
)


def internet_gateway(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route) -> None:
    """Translates the sender's private address to its public one, 1:1, and lets the packet out (§4.1)."""
    gateway = walk.cloud.network.internet_gateways.get(str(route.target_id))
    if gateway is None:
        walk.not_loaded(sender, flow, route, "igw")
        return
    if isinstance(flow.destination.address, IPv6Network):
        walk.trail.add("igw", gateway.id, flow, "allow", "IPv6 passes as it is", origin=gateway.origin)
        _onward6(walk, sender, flow)
        return
    sender = inspection.sent_by(walk, sender, flow)
    public, has_public = public_address(walk, sender, flow)
    if not walk.returning:
        refusals = list(_refused_by_internet_gateway(sender, flow, has_public=has_public))
        for code, rule in refusals:
            walk.trail.add("igw", gateway.id, flow, "deny", rule, code=code, origin=gateway.origin)
        if not refusals:
            walk.trail.add("igw", gateway.id, flow, "allow", _as_seen(sender, flow, public), origin=gateway.origin)
    if not is_public(flow.destination.address):
        walk.go_on(sender, flow)
        return
    outside = flow.translated(public, flow.source.ports)
    owner = walk.public_owner(flow)
    if owner is not None:
        walk.enter(sender, owner, outside)
    else:
        walk.leave(sender, outside)


def egress_only_internet_gateway(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route) -> None:
    """Lets IPv6 out and its answers in, and takes nothing else (§4.5)."""
    gateway = walk.cloud.network.egress_only_internet_gateways.get(str(route.target_id))
    if gateway is None:
        walk.not_loaded(sender, flow, route, "eigw")
        return
    if walk.returning:
        rule = "the answer leaves by it, which knows of no such connection"
        walk.trail.add("eigw", gateway.id, flow, "deny", rule, code=RETURN_NO_ROUTE, origin=gateway.origin)
    else:
        walk.trail.add("eigw", gateway.id, flow, "allow", "lets it out, and nothing new in", origin=gateway.origin)
    _onward6(walk, sender, flow)


def _onward6(walk: Walk, sender: NetworkInterface, flow: Flow) -> None:
    """IPv6 on the internet: to a host there, or into another VPC by a gateway of its own, without translation."""
    address = flow.destination.address
    known = [vpc for vpc in walk.cloud.network.vpcs.values() if address and _holds(vpc, address)]
    target = walk.cloud.network.interface_at(known[0].id, address.network_address) if known and address else None
    if not known:
        walk.leave(sender, flow)
    elif target is None:
        rule = f"no interface in {known[0].id} has {flow.destination}"
        walk.trail.add("eni", known[0].id, flow, "deny", rule, code=NO_DESTINATION, origin=known[0].origin)
    else:
        _admit6(walk, flow, known[0])
        found = replace(flow, destination=replace(flow.destination, interface=target))
        walk.arrive(sender, target, found, crossing=True)


def _admit6(walk: Walk, flow: Flow, vpc: Vpc) -> None:
    whole = [gateway for gateway in walk.cloud.network.internet_gateways.values() if gateway.vpc_id == vpc.id]
    only = [
        gateway for gateway in walk.cloud.network.egress_only_internet_gateways.values() if gateway.vpc_id == vpc.id
    ]
    if whole or (walk.returning and only):
        return
    rule = f"{vpc.id} has an egress-only gateway alone" if only else f"{vpc.id} has no internet gateway attached"
    walk.trail.add("igw", vpc.id, flow, "deny", rule, code=NO_GATEWAY, origin=vpc.origin)


def _holds(vpc: Vpc, address: IPNetwork) -> bool:
    return any(not isinstance(block, Unknown) and contains(block, address) for block in vpc.ipv6_cidr_blocks)


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


def attached(cloud: Cloud, interface: NetworkInterface) -> InternetGateway | None:
    """The internet gateway of an interface's VPC."""
    vpc = cloud.network.vpc_of_interface(interface)
    gateways = cloud.network.internet_gateways.values() if vpc else ()
    return next((gateway for gateway in gateways if vpc and gateway.vpc_id == vpc.id), None)


def translation(target: NetworkInterface, asked: IPNetwork | None) -> tuple[IPv4Address | None, IPv4Address | None]:
    """The public address of an interface that is asked for, else its first one, and the private one that it stands for."""
    public = target.public_addresses()
    address = asked.network_address if isinstance(asked, IPv4Network) else None
    if address in public:
        return address, public[address]
    return next(iter(public.items()), (None, target.private_ip_address))


def public_address(walk: Walk, sender: NetworkInterface, flow: Flow) -> tuple[IPNetwork | None, bool]:
    """The address by which the internet sees the source of a flow (None: not known), and whether it has one."""
    source = flow.source.address
    address = source.network_address if source is not None else None
    own = next((public for private, public in sender.secondary_public_ips if private == address), None)
    if own is None and address not in sender.secondary_private_ip_addresses:
        own = sender.public_ip
    if own is not None:
        return network_of(own), True
    nat = walk.cloud.network.nat_gateways.get(sender.owner_id) if sender.owner is InterfaceOwner.NAT_GATEWAY else None
    return None, nat is not None and nat.public and bool(nat.allocation_ids)


def _as_seen(sender: NetworkInterface, flow: Flow, public: IPNetwork | None) -> str:
    private = flow.source if flow.source.address is not None else sender.id
    return f"{private} becomes {public.network_address if public else 'its public address'}"
