"""NF758: a public NAT gateway or load balancer is in a subnet that does not lead to the VPC's internet gateway (vpc-network §4.1).

A public NAT gateway and the nodes of a load balancer that faces the internet use the route table of their own subnet.
AWS creates them in a private subnet too, but their packets have no way to the internet gateway: what uses the NAT
gateway and the clients of the load balancer time out.

Instead: Put them into public subnets, whose default route is the internet gateway. Functions and targets stay in
private ones.
"""

from collections.abc import Iterator

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.routing.subnet_kinds import subnet_kind
from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core import Identified, Maybe
from netful.model.network.route_tables import TargetKind
from netful.sources.refused.addresses import is_known

_UNSURE = (
    TargetKind.INTERNET_GATEWAY,
    TargetKind.NETWORK_INTERFACE,
    TargetKind.INSTANCE,
    TargetKind.TRANSIT_GATEWAY,
    TargetKind.CORE_NETWORK,
    TargetKind.OTHER,
)
"""Targets that lead to some clients, or behind which there may be another way."""


@Rule.of("subnet of a public resource does not lead to the internet", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for thing, subnet_ids in _public(facts.cloud):
        closed = [id_ for id_ in subnet_ids if isinstance(id_, str) and _is_closed(facts.cloud, id_)]
        if closed:
            named = ", ".join(f"`{one}`" for one in closed)
            yield Problem.of(
                thing,
                f"`{thing.id}` is public, and {named} of its subnets {'have' if closed[1:] else 'has'} no route to an internet gateway",
                "put it into subnets whose default route is the internet gateway",
                cause=named,
            )


def _public(cloud: Cloud) -> Iterator[tuple[Identified, tuple[Maybe[str] | None, ...]]]:
    """Yield the NAT gateways and load balancers that surely are public, with their subnets."""
    for nat in cloud.network.nat_gateways.values():
        if nat.public and is_known(cloud, nat.id, "ConnectivityType"):
            yield nat, (nat.subnet_id,)
    for balancer in cloud.balancing.load_balancers.values():
        without_ipv4 = balancer.ip_address_type == "dualstack-without-public-ipv4"
        is_public = not balancer.internal and not without_ipv4 and balancer.type is not LoadBalancerType.GATEWAY
        if is_public and is_known(cloud, balancer.id, "Scheme"):
            yield balancer, balancer.subnet_ids


def _is_closed(cloud: Cloud, subnet_id: str) -> bool:
    """Return whether a subnet surely has no way to an internet gateway that its VPC has."""
    vpc, table = cloud.network.vpc_of(subnet_id), cloud.network.route_table_of(subnet_id)
    if (
        vpc is None
        or table is None
        or not any(one.vpc_id == vpc.id for one in cloud.network.internet_gateways.values())
    ):
        return False
    kind = subnet_kind(cloud, subnet_id)
    return kind in ("isolated", "private-nat") and not any(one.target_kind in _UNSURE for one in table.routes)
