"""NAT gateways: many senders behind one address (vpc-network §0.4, §4.2 to §4.4).

A zonal one stands in a subnet, whose ACL is asked twice each way and whose route table takes what it has translated.
A regional one stands in none: its own table leads to the internet gateway of its VPC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netful.engine.flows.flow import AWS_EPHEMERAL, Flow, network_of
from netful.engine.flows.ruling import Ruling
from netful.model.core.origin import Origin
from netful.model.network.gateways import NatGateway
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.protocols import ICMP, TCP, UDP
from netful.model.network.route_tables import Route
from netful.model.network.vpc import IPNetwork

if TYPE_CHECKING:
    from netful.engine.network.walk import Walk

NO_GATEWAY = "BAD_STATE_ATTACHMENT"
NAT_PROTOCOL = "PROTOCOL_RESTRICTION"
NAT_SOURCE = "NGW_REQUIRES_SOURCE_IN_VPC"
RETURN_NO_ROUTE = "NETFUL_RETURN_PATH_NO_ROUTE"


def nat_gateway(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route) -> None:
    """Translates many senders to its own address and sends the packet on from its own subnet (§4.2, §0.4)."""
    nat = walk.cloud.network.nat_gateways.get(str(route.target_id))
    if nat is None:
        walk.not_loaded(sender, flow, route, "nat")
        return
    if walk.returning:
        walk.trail.rule("nat", flow, no_connection(nat.id, nat.origin))
        return
    if nat.regional:
        _regional(walk, sender, flow, nat)
        return
    own = next(iter(walk.cloud.network.interfaces_of(nat.id)), None)
    if own is not None and isinstance(own.subnet_id, str) and own.subnet_id != sender.subnet_id:
        walk.acl(own.subnet_id, flow, "in")
    _admit_to_nat(walk, sender, flow, nat, own)
    if own is None:
        walk.go_on(sender, flow)
        return
    walk.end_leg(sender, own, flow)
    address = network_of(own.private_ip_address) if own.private_ip_address else None
    walk.cross(own, flow.translated(address, AWS_EPHEMERAL))


def no_connection(translator: str, origin: Origin) -> Ruling:
    """What translates addresses, and is handed an answer to what did not go through it."""
    rule = f"the answer leaves by {translator}, which knows of no such connection"
    remedy = f"route the answers as the questions came, not by `{translator}`"
    return Ruling("deny", translator, rule, code=RETURN_NO_ROUTE, origin=origin, remedy=remedy)


def _admit_to_nat(
    walk: Walk, sender: NetworkInterface, flow: Flow, nat: NatGateway, own: NetworkInterface | None
) -> None:
    here, there = walk.cloud.network.vpc_of_interface(sender), own and walk.cloud.network.vpc_of_interface(own)
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


def _regional(walk: Walk, sender: NetworkInterface, flow: Flow, nat: NatGateway) -> None:
    """Goes on by the gateway's own table, which AWS fills with a route to the VPC's internet gateway (§4.4)."""
    attached = [gateway for gateway in walk.cloud.network.internet_gateways.values() if gateway.vpc_id == nat.vpc_id]
    rule = f"regional: {flow.source} becomes one of its public addresses"
    walk.trail.add("nat", nat.id, flow, "allow", rule, origin=nat.origin)
    if attached:
        walk.trail.add("igw", attached[0].id, flow, "allow", f"takes it from {nat.id}", origin=attached[0].origin)
    else:
        rule = f"{nat.vpc_id} has no internet gateway attached"
        walk.trail.add("igw", nat.id, flow, "deny", rule, code=NO_GATEWAY, origin=nat.origin)
    walk.end_leg(sender, None, flow)
    walk.leave(None, flow.translated(_public_address(walk, nat), AWS_EPHEMERAL))


def _public_address(walk: Walk, nat: NatGateway) -> IPNetwork | None:
    eips = (walk.cloud.network.elastic_ips.get(id_) for id_ in nat.allocation_ids if isinstance(id_, str))
    return next((network_of(eip.public_ip) for eip in eips if eip), None)
