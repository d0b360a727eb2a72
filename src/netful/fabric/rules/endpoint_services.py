"""The load balancer nodes behind the endpoint of a VPC endpoint service (vpc-network §5.8)."""

from netful.model.cloud import Cloud
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.shared_zones import NEAREST, share_zone
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint


def nodes_of_service(cloud: Cloud, endpoint: VpcEndpoint) -> list[NetworkInterface]:
    """Return the nodes of the load balancers behind an endpoint; empty if the service is AWS's, of appliances, or was not loaded."""
    if endpoint.type is EndpointType.OTHER:
        return []
    services = [s for s in cloud.network.vpc_endpoint_services.values() if s.service_name == endpoint.service_name]
    ids = [id_ for service in services for id_ in service.load_balancer_ids if isinstance(id_, str)]
    return [eni for id_ in ids for eni in cloud.network.interfaces_of(id_)]


def nodes_near(cloud: Cloud, eni: NetworkInterface, endpoint: VpcEndpoint) -> list[NetworkInterface]:
    """Return the nodes behind an endpoint's interface: those in its own zone first, then those that may be there."""
    return sorted(
        nodes_of_service(cloud, endpoint), key=lambda node: NEAREST.index(share_zone(cloud.network, eni, node))
    )


def is_offered(cloud: Cloud, eni: NetworkInterface, nodes: list[NetworkInterface]) -> bool:
    """Return whether one of these nodes may be in an endpoint's zone: AWS makes no other endpoint."""
    return any(share_zone(cloud.network, eni, node) is not False for node in nodes)
