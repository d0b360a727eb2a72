"""PrivateLink to an own service: an endpoint leads to the network load balancers of the service (vpc-network §5.1).

The service never sees the client's address. The load balancer's groups still judge that address, unless enforcement on
PrivateLink traffic is off. The proxy protocol header gives the targets the client's address and the endpoint's id.
"""

from dataclasses import replace

from netful.engine.filters import security_groups
from netful.engine.flows.finding import Finding, Found
from netful.engine.flows.flow import ipv4_of
from netful.engine.flows.kinds import HopKind
from netful.engine.network.packet import Packet
from netful.engine.network.steps import Balance, Done, Step
from netful.model.cloud import Cloud
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc_endpoints import VpcEndpoint


def serve(cloud: Cloud, packet: Packet, interface: NetworkInterface) -> Step:
    """Go on from an endpoint's interface to the load balancer of its service, if that was loaded."""
    endpoint = cloud.network.vpc_endpoints.get(interface.owner_id)
    node = _node(cloud, endpoint, interface) if endpoint is not None else None
    if endpoint is None or node is None:
        return Done(packet)
    flow = packet.flow
    inside = packet.having(replace(flow, destination=replace(flow.destination, address=ipv4_of(node), interface=node)))
    balancer = cloud.balancing.load_balancers.get(node.owner_id)
    found: tuple[Found, ...] = ()
    if node.security_group_ids and balancer is not None and balancer.enforce_inbound_rules_on_private_link:
        ruling = security_groups.judge(cloud, node, inside.nameless().flow, "in")
        found = (Finding(HopKind.SG_IN, inside.flow, ruling),)
    return Balance(inside, node, by_private_link=True, endpoint_id=endpoint.id, found=found)


def _node(cloud: Cloud, endpoint: VpcEndpoint, interface: NetworkInterface) -> NetworkInterface | None:
    """Return a node of the service's load balancer: in the endpoint's zone, also if it has failed, else the first one."""
    services = cloud.network.vpc_endpoint_services.values()
    service = next((each for each in services if each.service_name == endpoint.service_name), None)
    ids = service.load_balancer_ids if service else ()
    nodes = [eni for id_ in ids if isinstance(id_, str) for eni in cloud.network.every_interface_of(id_)]
    zone = cloud.network.zone_of_interface(interface)
    return next((node for node in nodes if cloud.network.zone_of_interface(node) == zone), next(iter(nodes), None))
