"""On-premises: what lies behind VPN connections and Direct Connect (vpc-network §7.2, §7.3).

Its addresses are the blocks that the sources name: the routes of VPN connections, of tables that lead to a virtual
private gateway, and of transit gateways that lead to a VPN. Where none is named they are not known.

What comes from there enters a VPC by its virtual private gateway, which leads to that VPC alone, or else by a transit
gateway that has a VPN.
"""

from __future__ import annotations

from collections.abc import Iterator

from netful.engine.flows.flow import Flow, contains
from netful.engine.network import edge_associations, transit_gateways
from netful.engine.network.walk import Walk, vpc_id_of
from netful.model.cloud import Cloud
from netful.model.core.unknown import Maybe, Unknown
from netful.model.network.gateways import VpnGateway
from netful.model.network.route_tables import TargetKind
from netful.model.network.transit_gateways import AttachmentKind
from netful.model.network.vpc import IPNetwork

NO_WAY_IN = "NETFUL_NOT_CONNECTED_ON_PREMISES"

_OUTSIDE_KINDS = (AttachmentKind.VPN, AttachmentKind.DIRECT_CONNECT)


def blocks(cloud: Cloud) -> tuple[IPNetwork, ...]:
    """The blocks that are on-premises, as far as they are named; default routes name none."""
    named = (block for block in _named(cloud) if not isinstance(block, Unknown) and block.prefixlen)
    return tuple(dict.fromkeys(named))


def _named(cloud: Cloud) -> Iterator[Maybe[IPNetwork]]:
    for connection in cloud.network.vpn_connections.values():
        yield from connection.routes
    for table in cloud.network.route_tables.values():
        for route in table.routes:
            if route.target_kind is TargetKind.VPN_GATEWAY and route.destination_cidr_block is not None:
                yield route.destination_cidr_block
    for transit_table in cloud.network.transit_gateway_route_tables.values():
        for transit_route in transit_table.routes:
            if str(transit_route.attachment_id) in _attachments(cloud):
                yield transit_route.destination_cidr_block


def _attachments(cloud: Cloud) -> list[str]:
    return [each.id for each in cloud.network.transit_gateway_attachments.values() if each.kind in _OUTSIDE_KINDS]


def is_there(cloud: Cloud, address: IPNetwork) -> bool:
    """Whether an address is on-premises."""
    return any(contains(block, address) for block in blocks(cloud))


def set_out(walk: Walk, flow: Flow) -> None:
    """Walk from on-premises into the VPC of the destination."""
    target = flow.destination.interface
    if target is None:
        walk.leave(None, flow)
        return
    vpc_id = vpc_id_of(walk.cloud, target)
    vpc = walk.cloud.network.vpcs.get(vpc_id) if vpc_id else None
    if vpc is None:
        missing = (f"the VPC of {target.owner_id}",)
        rule = "whether its VPC has a VPN is not known"
        walk.trail.add("vpn", "on-premises", flow, "unknown", rule, missing=missing)
        walk.arrive(None, target, flow, crossing=True)
        return
    gateway = _gateway(walk.cloud, vpc.id)
    attachments = _attachments(walk.cloud)
    if gateway is not None:
        rule = f"from on-premises to {vpc.id}"
        walk.trail.add("vpn", gateway.id, flow, "allow", rule, origin=gateway.origin)
        if not edge_associations.redirect(walk, gateway.id, target, flow):
            walk.local(None, flow, vpc)
    elif attachments:
        transit_gateways.enter(walk, attachments[0], flow)
    else:
        rule = f"{vpc.id} has no virtual private gateway, and no transit gateway has a VPN"
        walk.trail.add("vpn", vpc.id, flow, "deny", rule, code=NO_WAY_IN, origin=vpc.origin)
        walk.arrive(None, target, flow, crossing=True)


def _gateway(cloud: Cloud, vpc_id: str) -> VpnGateway | None:
    return next((gateway for gateway in cloud.network.vpn_gateways.values() if gateway.vpc_id == vpc_id), None)
