"""Outage: everything that a failure takes with it.

Rules:
1. A zone takes the interfaces in its subnets, and with them instances, nodes of load balancers, interfaces of endpoints and of
   functions, and its NAT gateways. Attachments of transit gateways lose their subnet there.
2. A gateway whose interfaces are all gone is gone, and so is an endpoint with appliances.
3. Where a database or a cache of one zone runs is not known if its subnets are in several: whether a zone takes it is a doubt.
"""

from collections.abc import Iterable, Iterator, Mapping

from netful.engine.failures.failure import Failure, FailureKind
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, Unknown

_OF_ONE_ZONE: Mapping[str, str] = {
    "AWS::RDS::DBInstance": "MultiAZ",
    "AWS::ElastiCache::CacheCluster": "",
    "AWS::ElastiCache::ReplicationGroup": "AutomaticFailoverEnabled",
}
"""Types of resources in one zone, with the property that gives them another; "" without such a property."""


class Outage(Frozen):
    """Ids of what is gone: interfaces, targets of routes, attachments of transit gateways, and subnets of a zone.

    `doubts` are resources that may be gone, each with the reason.
    """

    interfaces: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    attachments: frozenset[str] = frozenset()
    subnets: frozenset[str] = frozenset()
    doubts: tuple[tuple[str, str], ...] = ()


def outage_of(cloud: Cloud, failures: Iterable[Failure]) -> Outage:
    """Return what some failures at once take with them."""
    failures = tuple(failures)
    subnets = frozenset(name for one in failures for name in _subnets(cloud, one))
    named = {one.name for one in failures if one.kind is not FailureKind.ZONE}
    zonal = [one for one in failures if one.kind is FailureKind.ZONE]
    doubts = tuple(_doubts(cloud, subnets)) if zonal else ()
    unsure = {name for name, _ in doubts}
    interfaces = frozenset(
        eni.id
        for eni in cloud.network.network_interfaces.values()
        if eni.id in named
        or not named.isdisjoint((eni.owner_id, *eni.function_ids))
        or (eni.subnet_id in subnets and eni.owner_id not in unsure)
    )
    attachments = frozenset(_attachments(cloud, named, subnets))
    targets = frozenset((*_gateways(cloud, named), *_passed(cloud, interfaces)))
    return Outage(interfaces, targets, attachments, subnets, doubts)


def _subnets(cloud: Cloud, failure: Failure) -> Iterator[str]:
    for subnet in cloud.network.subnets.values():
        if failure.kind is FailureKind.ZONE:
            if subnet.availability_zone == failure.name:
                yield subnet.id
        elif failure.name in (subnet.id, subnet.vpc_id):
            yield subnet.id


def _attachments(cloud: Cloud, named: set[str], subnets: frozenset[str]) -> Iterator[str]:
    for one in cloud.network.transit_gateway_attachments.values():
        ends = {one.id, str(one.transit_gateway_id), str(one.resource_id)}
        if not named.isdisjoint(ends) or (one.subnet_ids and subnets.issuperset(map(str, one.subnet_ids))):
            yield one.id


def _gateways(cloud: Cloud, named: set[str]) -> Iterator[str]:
    """Yield the gateways among names, and VPN gateways whose only connection is among them."""
    yield from named
    for gateway in cloud.network.vpn_gateways.values():
        every = [one.id for one in cloud.network.vpn_connections_of(gateway.id)]
        if every and not gateway.direct_connect and named.issuperset(every):
            yield gateway.id


def _passed(cloud: Cloud, interfaces: frozenset[str]) -> Iterator[str]:
    """Yield what routes lead to: interfaces that are gone, and owners all of whose interfaces are."""
    for id_ in interfaces:
        owner = cloud.network.network_interfaces[id_].owner_id
        yield id_
        if interfaces.issuperset(eni.id for eni in cloud.network.interfaces_of(owner)):
            yield owner


def _doubts(cloud: Cloud, subnets: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield the resources of one zone that may be in some subnets."""
    for owner in dict.fromkeys(eni.owner_id for eni in cloud.network.network_interfaces.values()):
        resource = cloud.template.resources.get(owner)
        places = {str(eni.subnet_id) for eni in cloud.network.interfaces_of(owner)}
        if resource is not None and places & subnets and places - subnets and _is_of_one_zone(cloud, resource):
            yield owner, f"`{owner}` runs in one zone, and which of its subnets' zones that is, is not known"


def _is_of_one_zone(cloud: Cloud, resource: Resource) -> bool:
    if resource.type not in _OF_ONE_ZONE:
        return False
    spread = resource.properties.get(_OF_ONE_ZONE[resource.type])
    cluster = resource.properties.get("DBClusterIdentifier")
    members = [
        one
        for one in cloud.template.resources.values()
        if cluster is not None and one.properties.get("DBClusterIdentifier") == cluster and one.type == resource.type
    ]
    return not isinstance(spread, Unknown) and str(spread).lower() != "true" and len(members) < 2
