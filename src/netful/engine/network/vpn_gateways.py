"""Virtual private gateways: the way on-premises (vpc-network §7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netful.engine.flows.blocks import in_vpc
from netful.engine.flows.flow import Flow
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.route_tables import Route

if TYPE_CHECKING:
    from netful.engine.network.walk import Walk

BAD_ATTACHMENT = "BAD_STATE_ATTACHMENT"
FOREIGN_SOURCE = "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS"


def vpn_gateway(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route) -> None:
    """The target of a route: it lets what comes from the VPC's own interfaces out to on-premises."""
    gateway = walk.cloud.network.vpn_gateways.get(str(route.target_id))
    if gateway is None:
        walk.not_loaded(sender, flow, route, "vpn")
        return
    vpc = walk.cloud.network.vpc_of_interface(sender)
    if vpc is not None and gateway.vpc_id != vpc.id:
        rule = f"it is not attached to {vpc.id}"
        walk.trail.add("vpn", gateway.id, flow, "deny", rule, code=BAD_ATTACHMENT, origin=gateway.origin)
    elif vpc is not None and not in_vpc(vpc, flow.source.address):
        rule = f"takes what comes from {vpc.id} only, and {flow.source} is not in it"
        walk.trail.add("vpn", gateway.id, flow, "deny", rule, code=FOREIGN_SOURCE, origin=gateway.origin)
    else:
        walk.trail.add("vpn", gateway.id, flow, "allow", "leads on-premises", origin=gateway.origin)
    walk.leave(sender, flow)
