"""Internet gateways, and the egress-only ones of IPv6: the way from a VPC to the internet (vpc-network §4.1, §4.5)."""

from __future__ import annotations

from ipaddress import IPv6Network
from typing import TYPE_CHECKING

from netful.engine.blocks import RFC1918, RFC6598, is_public
from netful.engine.flow import Flow, contains, network_of
from netful.model.interface import InterfaceOwner, NetworkInterface
from netful.model.vpc import IPNetwork, Route

if TYPE_CHECKING:
    from netful.engine.walk import Walk

RETURN_NO_ROUTE = "NETFUL_RETURN_PATH_NO_ROUTE"
NO_PUBLIC_ADDRESS = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"

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
    if isinstance(flow.destination.address, IPv6Network):
        walk.trail.add("igw", gateway.id, flow, "allow", "IPv6 passes as it is", origin=gateway.origin)
        walk.leave(sender, flow)
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


def egress_only_internet_gateway(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route) -> None:
    """Lets IPv6 out and its answers in, and takes nothing else (§4.5)."""
    gateway = walk.cloud.egress_only_internet_gateways.get(str(route.target_id))
    if gateway is None:
        walk.not_loaded(sender, flow, route, "eigw")
        return
    if walk.returning:
        rule = "the answer leaves by it, which knows of no such connection"
        walk.trail.add("eigw", gateway.id, flow, "deny", rule, code=RETURN_NO_ROUTE, origin=gateway.origin)
    else:
        walk.trail.add("eigw", gateway.id, flow, "allow", "lets it out, and nothing new in", origin=gateway.origin)
    walk.leave(sender, flow)


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
