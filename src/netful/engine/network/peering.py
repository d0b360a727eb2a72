"""VPC peering: the other VPC's private addresses, and nothing behind that VPC (vpc-network §7.1).

What a NAT gateway sends over a peering comes back to it whatever the other VPC's route tables say (§4.2).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from netful.engine.flows.blocks import in_vpc
from netful.engine.flows.flow import Flow
from netful.model.core.unknown import Unknown, known_in
from netful.model.network.gateways import VpcPeeringConnection
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import Route
from netful.model.network.vpc import Vpc

if TYPE_CHECKING:
    from netful.engine.network.walk import Walk

BAD_STATE = "BAD_STATE"
PEERING_ADDRESS = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"


def peering(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route) -> None:
    """The other VPC's private addresses, and nothing behind that VPC (§7.1)."""
    connection = walk.cloud.network.vpc_peering_connections.get(str(route.target_id))
    if connection is None:
        walk.not_loaded(sender, flow, route, "peering")
        return
    here = walk.cloud.network.vpc_of_interface(sender)
    ends = (connection.vpc_id, connection.peer_vpc_id)
    other = next((end for end in ends if here is None or end != here.id), None)
    vpc = known_in(walk.cloud.network.vpcs, other)
    if vpc is None:
        missing = other.needs if isinstance(other, Unknown) else (f"VPC {other}",)
        rule = "the VPC on its other side is not known"
        walk.trail.add("peering", connection.id, flow, "unknown", rule, origin=connection.origin, missing=missing)
        walk.go_on(sender, flow)
        return
    _admit(walk, flow, connection, here, vpc)
    if not in_vpc(vpc, flow.destination.address):
        walk.go_on(sender, flow)
        return
    known = flow if here and here.region == vpc.region else _nameless(flow)
    walk.direct = walk.direct or sender.owner is InterfaceOwner.NAT_GATEWAY
    walk.local(sender, known, vpc)
    walk.direct = False


def _admit(walk: Walk, flow: Flow, connection: VpcPeeringConnection, here: Vpc | None, vpc: Vpc) -> None:
    if not connection.active:
        code, rule = BAD_STATE, "the connection is not active"
    elif not in_vpc(vpc, flow.destination.address):
        code, rule = PEERING_ADDRESS, f"{flow.destination} is not in {vpc.id}: a peering leads no further"
    elif here is not None and not walk.returning and not in_vpc(here, flow.source.address):
        code, rule = PEERING_ADDRESS, f"{flow.source} is not in {here.id}: a peering takes nothing from further away"
    else:
        walk.trail.add("peering", connection.id, flow, "allow", f"to {vpc.id}", origin=connection.origin)
        return
    walk.trail.add("peering", connection.id, flow, "deny", rule, code=code, origin=connection.origin)


def _nameless(flow: Flow) -> Flow:
    """The flow in another region, where no rule can refer to the sender's groups (§2.2)."""
    return replace(flow, source=replace(flow.source, identity_lost=True))
