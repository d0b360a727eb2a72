"""The load balancer nodes behind the endpoint of a VPC endpoint service (vpc-network §5.8)."""

from netful.model.cloud import Cloud
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc_endpoints import VpcEndpoint


def nodes_of_service(cloud: Cloud, endpoint: VpcEndpoint) -> list[NetworkInterface]:
    """Return the nodes of the load balancers behind an endpoint; empty if the service is AWS's or was not loaded."""
    services = [s for s in cloud.network.vpc_endpoint_services.values() if s.service_name == endpoint.service_name]
    ids = [id_ for service in services for id_ in service.load_balancer_ids if isinstance(id_, str)]
    return [eni for id_ in ids for eni in cloud.network.interfaces_of(id_)]


def nodes_near(cloud: Cloud, eni: NetworkInterface, endpoint: VpcEndpoint) -> list[NetworkInterface]:
    """Return the nodes behind an endpoint's interface, those in its own zone first."""
    return sorted(nodes_of_service(cloud, endpoint), key=lambda node: _place(cloud, node) != _place(cloud, eni))


def is_offered(cloud: Cloud, eni: NetworkInterface, nodes: list[NetworkInterface]) -> bool:
    """Return whether one of these nodes is in an endpoint's zone, also if zones cannot be compared: AWS makes no other endpoint."""
    here, there = _place(cloud, eni), [_place(cloud, node) for node in nodes]
    comparable = here is not None and all(one is not None and one[:2] == here[:2] for one in there)
    return not comparable or here in there


def _place(cloud: Cloud, eni: NetworkInterface) -> tuple[str, str, str] | None:
    """Return account, Region and zone of an interface; None if its zone is not known."""
    vpc, zone = cloud.network.vpc_of_interface(eni), cloud.network.zone_of_interface(eni)
    return (vpc.owner_id, vpc.region, zone) if vpc is not None and zone else None
