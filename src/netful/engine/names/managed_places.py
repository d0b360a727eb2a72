"""Interface where a database or cache runs: one of those in the subnets of its group (hosts §1.6).

The engine's verdicts hold for each of them, because AWS chooses. A running stack has chosen: the interface in the zone that
the template names, else the first one. The first instance of a cluster is its writer, and is where its cluster is; others are
readers, at interfaces of their own. The reader's name of a cluster leads to all of them, or to the writer if there are none.
"""

from __future__ import annotations

from dataclasses import replace

from netful.engine.names.dns_answer import DnsAnswer
from netful.model.cloud import Cloud
from netful.model.core.resource import Resource
from netful.model.names.managed_names import label_of, managed_name
from netful.model.network.network_interface import NetworkInterface

PROXY, PROXY_ENDPOINT = "AWS::RDS::DBProxy", "AWS::RDS::DBProxyEndpoint"
_INSTANCE, _CLUSTER, _TARGET_GROUP = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::DBProxyTargetGroup"
_INSTANCES = {_INSTANCE, "AWS::DocDB::DBInstance", "AWS::Neptune::DBInstance"}
# Types with one running server, with the property of its availability zone.
_ZONES = {
    _INSTANCE: "AvailabilityZone",
    _CLUSTER: "",
    PROXY: "",
    PROXY_ENDPOINT: "",
    "AWS::ElastiCache::CacheCluster": "PreferredAvailabilityZone",
    "AWS::ElastiCache::ReplicationGroup": "",
    "AWS::ElastiCache::ServerlessCache": "",
    "AWS::MemoryDB::Cluster": "",
}


def place_of(cloud: Cloud, owner_id: str) -> NetworkInterface | None:
    """Return the interface where a database or cache runs; None for other resources, and without an address."""
    cluster = _cluster_of(cloud, owner_id)
    stands = cluster if cluster and owner_id not in readers_of(cloud, cluster) else owner_id
    resource = cloud.template.resources.get(stands)
    if resource is None or resource.type not in _ZONES:
        return None
    there = [eni for eni in cloud.network.interfaces_of(resource.id) if eni.private_ip_address is not None]
    zone = resource.properties.get(_ZONES[resource.type])
    chosen = (eni for eni in there if zone and cloud.network.zone_of_interface(eni) == zone)
    return next(chosen, next(iter(there), None))


def server_of(cloud: Cloud, resource_id: str) -> str:
    """Return the id of the resource with the data: the cluster of a member, the source of a replica, the target of a proxy, else itself."""
    seen = {resource_id}
    while (above := _above(cloud, resource_id)) and above not in seen:
        seen.add(above)
        resource_id = above
    return resource_id


def readers_of(cloud: Cloud, cluster_id: str) -> tuple[str, ...]:
    """Return the readers of a cluster: its instances but the first one, in the order of the template."""
    return tuple(id_ for id_ in cloud.template.resources if _cluster_of(cloud, id_) == cluster_id)[1:]


def is_reader(cloud: Cloud, resource_id: str) -> bool:
    """Return whether a resource is a reader of a cluster or a read replica."""
    cluster = _cluster_of(cloud, resource_id)
    return resource_id in readers_of(cloud, cluster) if cluster else bool(_source_of(cloud, resource_id))


def where_it_runs(cloud: Cloud, answer: DnsAnswer) -> DnsAnswer:
    """Return an answer with the address where the named database or cache runs; any other answer as it is."""
    if not answer.managed_id or not answer.addresses:
        return answer
    named = _named(cloud, answer.managed_id, answer.name.lower().rstrip("."))
    places = [place for one in named if (place := place_of(cloud, one)) is not None]
    is_public = any(eni.public_ip in answer.addresses for eni in cloud.network.interfaces_of(answer.managed_id))
    found = (place.public_ip if is_public else place.private_ip_address for place in places)
    addresses = tuple(address for address in found if address is not None)
    return replace(answer, addresses=addresses) if addresses else answer


def _named(cloud: Cloud, managed_id: str, host: str) -> tuple[str, ...]:
    """Return the resources that a name leads to: the readers of a cluster by its reader's name, else the resource itself."""
    cluster = cloud.template.resources.get(managed_id)
    label = label_of(cluster) if cluster is not None else ""
    if host == managed_name(_CLUSTER, "ReadEndpoint.Address", label, cloud.region):
        return readers_of(cloud, managed_id) or (managed_id,)
    return (managed_id,)


def proxy_of(cloud: Cloud, resource_id: str) -> Resource | None:
    """Return a proxy by its id or that of an endpoint of it; None for other resources, or if it is not loaded."""
    resource = cloud.template.resources.get(resource_id)
    if resource is not None and resource.type == PROXY_ENDPOINT:
        name = resource.properties.get("DBProxyName")
        resource = cloud.template.resources.get(cloud.named(name)) if isinstance(name, str) else None
    return resource if resource is not None and resource.type == PROXY else None


def target_group_of(cloud: Cloud, proxy_id: str) -> Resource | None:
    """Return the target group of a proxy; None without one."""
    groups = (one for one in cloud.template.resources.values() if one.type == _TARGET_GROUP)
    named = ((one, one.properties.get("DBProxyName")) for one in groups)
    return next((one for one, name in named if isinstance(name, str) and cloud.named(name) == proxy_id), None)


def _above(cloud: Cloud, resource_id: str) -> str:
    resource = cloud.template.resources.get(resource_id)
    proxy = proxy_of(cloud, resource_id)
    if resource is not None and proxy is not None:
        return _target_of(cloud, resource_id) if proxy is resource else proxy.id
    return _cluster_of(cloud, resource_id) or _source_of(cloud, resource_id)


def _target_of(cloud: Cloud, proxy_id: str) -> str:
    group = target_group_of(cloud, proxy_id)
    for name in ("DBClusterIdentifiers", "DBInstanceIdentifiers"):
        listed = group.properties.get(name) if group else None
        for target in listed if isinstance(listed, list) else ():
            if isinstance(target, str) and cloud.named(target) in cloud.template.resources:
                return cloud.named(target)
    return ""


def _cluster_of(cloud: Cloud, resource_id: str) -> str:
    return _loaded(cloud, resource_id, "DBClusterIdentifier")


def _source_of(cloud: Cloud, resource_id: str) -> str:
    return _loaded(cloud, resource_id, "SourceDBInstanceIdentifier")


def _loaded(cloud: Cloud, resource_id: str, name: str) -> str:
    """Return the loaded resource that a property of an instance names, "" if it names none."""
    resource: Resource | None = cloud.template.resources.get(resource_id)
    named = resource.properties.get(name) if resource and resource.type in _INSTANCES else None
    found = cloud.named(named) if isinstance(named, str) else ""
    return found if found in cloud.template.resources else ""
