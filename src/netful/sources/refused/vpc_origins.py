"""VPC origins of CloudFront that AWS refuses: load balancers that cannot be one (newer-aws §12)."""

from collections.abc import Iterator

from netful.model.balancing.load_balancers import LoadBalancer, LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core import known_in


def load_balancers(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield VPC origins with a load balancer that CloudFront does not support."""
    for origin in cloud.names.vpc_origins.values():
        balancer = known_in(cloud.balancing.load_balancers, origin.arn)
        for reason in _reasons(cloud, balancer) if balancer is not None else ():
            yield origin.id, reason


def _reasons(cloud: Cloud, balancer: LoadBalancer) -> Iterator[str]:
    if balancer.type is LoadBalancerType.GATEWAY:
        yield f"`{balancer.id}` is a gateway load balancer"
    if balancer.type is not LoadBalancerType.NETWORK:
        return
    if not balancer.security_group_ids:
        yield f"`{balancer.id}` has no security group"
    if any(one.protocol == "TLS" for one in cloud.balancing.listeners_of(balancer.id)):
        yield f"`{balancer.id}` has a listener of TLS"
    if balancer.ip_address_type.startswith("dualstack"):
        yield f"`{balancer.id}` is dual-stack"
