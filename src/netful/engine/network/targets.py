"""What the target of a route does with a packet: its admission rules, then where the packet goes on (vpc-network §1.12).

Each function takes the walk, the interface that sent the packet, the flow and the route. It adds the target's own hop
and then lets the walk go on; what it refuses is assumed mended, like everywhere on a walk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netful.engine.flows.blocks import in_vpc
from netful.engine.flows.flow import AWS_EPHEMERAL, Flow, network_of
from netful.engine.network import inspection, internet_gateways, nat_gateways, peering, transit_gateways, vpn_gateways
from netful.model.names.service_names import endpoint_ports
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.protocols import ICMP, TCP
from netful.model.network.route_tables import Route, TargetKind
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

if TYPE_CHECKING:
    from netful.engine.network.walk import Walk

SPOOFED = "GATEWAY_REJECTS_SPOOFED_TRAFFIC"
ENDPOINT_PROTOCOL = "VPCE_GATEWAY_PROTOCOL_RESTRICTION"
SOURCE_DEST_CHECK = "ENI_SOURCE_DEST_CHECK_RESTRICTION"


def vpc_endpoint(walk: Walk, sender: NetworkInterface, flow: Flow, route: Route) -> None:
    """A gateway endpoint: the service of its prefix list, reached by the private address (§5.5); or one with appliances."""
    endpoint = walk.cloud.network.vpc_endpoints.get(str(route.target_id))
    if endpoint is not None and endpoint.type is EndpointType.OTHER:
        inspection.pass_through(walk, sender, flow, endpoint)
        return
    if endpoint is None or endpoint.type is not EndpointType.GATEWAY:
        walk.not_loaded(sender, flow, route, "endpoint")
        return
    refusal, vpc = _refused_by_gateway_endpoint(endpoint, flow), walk.cloud.network.vpc_of_interface(sender)
    if refusal:
        walk.trail.add("endpoint", endpoint.id, flow, "deny", refusal, code=ENDPOINT_PROTOCOL, origin=endpoint.origin)
    elif vpc is not None and not in_vpc(vpc, flow.source.address):
        rule = f"serves {vpc.id} only, and {flow.source} is not in it"
        walk.trail.add("endpoint", endpoint.id, flow, "deny", rule, code=SPOOFED, origin=endpoint.origin)
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
    box = next(
        iter(walk.cloud.network.interfaces_of(str(route.target_id))), None
    ) or walk.cloud.network.network_interfaces.get(str(route.target_id))
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
    if walk.returning:  # an answer must pass the appliance that its question passed (§1.11)
        walk.trail.rule("eni", flow, nat_gateways.no_connection(box.owner_id, box.origin))
        return
    walk.trail.assume(f"{box.owner_id} forwards what it gets, with its own address as the source")
    address = network_of(box.private_ip_address) if box.private_ip_address else None
    walk.depart(box, flow.translated(address, AWS_EPHEMERAL))


Target = Callable[["Walk", NetworkInterface, Flow, Route], None]

TARGETS: dict[TargetKind, Target] = {
    TargetKind.INTERNET_GATEWAY: internet_gateways.internet_gateway,
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: internet_gateways.egress_only_internet_gateway,
    TargetKind.NAT_GATEWAY: nat_gateways.nat_gateway,
    TargetKind.VPC_ENDPOINT: vpc_endpoint,
    TargetKind.NETWORK_INTERFACE: network_interface,
    TargetKind.INSTANCE: network_interface,
    TargetKind.PEERING: peering.peering,
    TargetKind.TRANSIT_GATEWAY: transit_gateways.transit_gateway,
    TargetKind.VPN_GATEWAY: vpn_gateways.vpn_gateway,
}
