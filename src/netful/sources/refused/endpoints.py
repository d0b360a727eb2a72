"""Endpoints and links that AWS refuses: of the Resolver, of PrivateLink, of API Gateway and of firewalls."""

from collections.abc import Iterator

from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core import Unknown, is_list_of_mappings, known_in, mappings, texts
from netful.model.names.resolver import Direction
from netful.model.network.vpc_endpoints import EndpointType
from netful.sources.refused.managed import counted

_OF_NETWORK_BALANCERS = {
    "AWS::ApiGateway::VpcLink": "TargetArns",
    "AWS::EC2::VPCEndpointService": "NetworkLoadBalancerArns",
}
"""The property that names network load balancers, by type."""
_LEAST_ADDRESSES = 2


def to_balancers(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield VPC links of REST APIs, and endpoint services, to an application load balancer."""
    for resource in cloud.template.of_type(*_OF_NETWORK_BALANCERS):
        for name in texts(resource.properties.get(_OF_NETWORK_BALANCERS[resource.type])):
            own = cloud.template.resources.get(cloud.named(name))
            balancer = cloud.balancing.load_balancers.get(own.id) if own else None
            is_sure = own is not None and not isinstance(own.properties.get("Type"), Unknown)
            if is_sure and balancer and balancer.type is LoadBalancerType.APPLICATION:
                yield resource.id, f"`{balancer.id}` is an application load balancer"


def to_appliances(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield endpoints of Gateway Load Balancers in several subnets."""
    for endpoint in cloud.network.vpc_endpoints.values():
        number = counted(endpoint.subnet_ids)
        if endpoint.type is EndpointType.OTHER and number is not None and number > 1:
            yield endpoint.id, f"it has {number} subnets, and an endpoint of a Gateway Load Balancer has one"


def of_resolver(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield endpoints of the Resolver with one address."""
    for endpoint in cloud.template.of_type("AWS::Route53Resolver::ResolverEndpoint"):
        addresses = endpoint.properties.get("IpAddresses")
        if is_list_of_mappings(addresses) and 0 < len(mappings(addresses)) < _LEAST_ADDRESSES:
            yield endpoint.id, "it has fewer than two addresses"


def of_rules(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield rules that forward queries through an inbound endpoint."""
    for rule in cloud.names.resolver_rules.values():
        endpoint = known_in(cloud.names.resolver_endpoints, rule.resolver_endpoint_id)
        if rule.rule_type == "FORWARD" and endpoint is not None and endpoint.direction is Direction.INBOUND:
            yield rule.id, f"`{endpoint.id}` is an inbound endpoint, and queries leave by an outbound one"
