"""VPC endpoints as targets of routes: gateway endpoints of S3 and DynamoDB, and endpoints with appliances (vpc-network §5.5)."""

from netful.engine.flows.blocks import in_vpc
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, allowed, denied
from netful.engine.flows.flow import Flow
from netful.engine.flows.kinds import HopKind
from netful.engine.network.packet import Packet
from netful.engine.network.route_targets import inspection
from netful.engine.network.steps import Done, Step
from netful.model.cloud import Cloud
from netful.model.names.service_names import endpoint_ports
from netful.model.network.protocols import ICMP, TCP
from netful.model.network.route_tables import Route
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint


def vpc_endpoint(cloud: Cloud, packet: Packet, route: Route) -> Step | None:
    """Bring a packet through a gateway endpoint to its service, which sees the private address, or through appliances."""
    endpoint = cloud.network.vpc_endpoints.get(str(route.target_id))
    if endpoint is not None and endpoint.type is EndpointType.OTHER:
        return inspection.pass_through(cloud, packet, endpoint)
    if endpoint is None or endpoint.type is not EndpointType.GATEWAY:
        return None
    notes = [Assumption(text) for text in endpoint.assumptions]
    reached = packet.after(endpoint_id=endpoint.id).ended(None, gate=endpoint.id)
    return Done(reached, found=(_admission(cloud, packet, endpoint), *notes))


def _admission(cloud: Cloud, packet: Packet, endpoint: VpcEndpoint) -> Finding:
    flow, vpc = packet.flow, cloud.network.vpc_of_interface(packet.sender)
    refusal = _refused_by_service(endpoint, flow)
    if refusal:
        return denied(HopKind.ENDPOINT, flow, endpoint, refusal, Code.VPCE_GATEWAY_PROTOCOL_RESTRICTION)
    if vpc is not None and not in_vpc(vpc, flow.source.address):
        rule = f"serves {vpc.id} only, and {flow.source} is not in it"
        return denied(HopKind.ENDPOINT, flow, endpoint, rule, Code.GATEWAY_REJECTS_SPOOFED_TRAFFIC)
    rule = f"gateway endpoint of {endpoint.service}, which sees {flow.source}"
    return allowed(HopKind.ENDPOINT, flow, endpoint, rule)


def _refused_by_service(endpoint: VpcEndpoint, flow: Flow) -> str:
    ports = endpoint_ports(endpoint.service)
    if flow.protocol not in (TCP, ICMP):
        return "a gateway endpoint accepts TCP and ping only"
    if flow.protocol == TCP and flow.destination.ports.first not in ports:
        return f"{endpoint.service} answers on {', '.join(map(str, ports))} only"
    return ""
