"""PrivateLink to an own service: an endpoint leads to the network load balancers of the service (vpc-network §5.1).

The service never sees the client's address. The load balancer's groups still judge that address, unless enforcement on
PrivateLink traffic is off. The proxy protocol header gives the targets the client's address and the endpoint's id.
"""

from collections.abc import Iterator
from dataclasses import replace

from netful.engine.filters import security_groups
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found, denied
from netful.engine.flows.flow import Flow, ipv4_of
from netful.engine.flows.kinds import HopKind
from netful.engine.names import endpoint_names
from netful.engine.network.packet import Packet
from netful.engine.network.steps import Balance, Done, Step
from netful.model.cloud import Cloud
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.shared_zones import NEAREST, share_zone
from netful.model.network.vpc_endpoints import VpcEndpoint


def serve(cloud: Cloud, packet: Packet, interface: NetworkInterface) -> Step:
    """Go on from an endpoint's interface to the load balancer of its service, if that was loaded."""
    endpoint = cloud.network.vpc_endpoints.get(interface.owner_id)
    node = _nearest(cloud, endpoint, interface) if endpoint is not None else None
    if endpoint is None or node is None:
        return Done(packet)
    flow = packet.flow
    inside = packet.having(replace(flow, destination=replace(flow.destination, address=ipv4_of(node), interface=node)))
    balancer = cloud.balancing.load_balancers.get(node.owner_id)
    found = (*in_zone(cloud, endpoint, interface, flow),)
    if node.security_group_ids and balancer is not None and balancer.enforce_inbound_rules_on_private_link:
        ruling = security_groups.judge(cloud, node, inside.nameless().flow, "in")
        found = (*found, Finding(HopKind.SG_IN, inside.flow, ruling))
    return Balance(inside, node, by_private_link=True, endpoint_id=endpoint.id, found=found)


def in_zone(cloud: Cloud, endpoint: VpcEndpoint, interface: NetworkInterface, flow: Flow) -> Iterator[Found]:
    """Yield a refusal if the load balancers of an endpoint's service have no node in the zone of its interface."""
    node = _nearest(cloud, endpoint, interface)
    shared = share_zone(cloud.network, interface, node) if node is not None else True
    if node is not None and shared is False:
        zone = cloud.network.zone_of_interface(interface)
        rule = f"{node.owner_id} has no node in {zone}, so AWS makes no endpoint of its service there"
        yield denied(HopKind.ENDPOINT, flow, endpoint, rule, Code.VPCE_SERVICE_NOT_INSTALLED_IN_AZ)
    elif (
        node is not None and shared is None and cloud.region_of_interface(interface) == cloud.region_of_interface(node)
    ):
        yield Assumption(f"{node.owner_id} has a node in the zone of {interface.subnet_id}")


def _nearest(cloud: Cloud, endpoint: VpcEndpoint, interface: NetworkInterface) -> NetworkInterface | None:
    nodes = _nodes(cloud, endpoint)
    return min(nodes, key=lambda one: NEAREST.index(share_zone(cloud.network, interface, one)), default=None)


def _nodes(cloud: Cloud, endpoint: VpcEndpoint) -> list[NetworkInterface]:
    """Return the nodes of the service's load balancers, also those that have failed."""
    service = endpoint_names.service_of(cloud, endpoint)
    ids = service.load_balancer_ids if service else ()
    return [eni for id_ in ids if isinstance(id_, str) for eni in cloud.network.every_interface_of(id_)]
