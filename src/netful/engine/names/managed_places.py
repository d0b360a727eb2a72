"""Interface where a database, cache or broker runs: one of those in the subnets of its group (hosts §1.6).

The engine's verdicts hold for each of them, because AWS chooses. A running stack has chosen: the interface in the zone that
the template names, else the first one. The first instance of a cluster is its writer, and is where its cluster is; others are
readers, at interfaces of their own. The readers of a Multi-AZ cluster are at further interfaces of the cluster. The reader's name of a cluster leads to all of them, or to the writer if there are none. A
custom endpoint is a further name of its cluster, which leads to the instances that it lists. Each node of a cluster of memcached has
an interface and a name; the cluster's name leads to the first one.
"""

from collections.abc import Iterator
from dataclasses import replace

from netful.engine.names.dns_answer import DnsAnswer
from netful.model.cloud import Cloud
from netful.model.core import Resource, texts
from netful.model.names.generated.managed_names import is_managed, label_of, managed_name, managed_names, node_names
from netful.model.network.network_interface import NetworkInterface

PROXY, PROXY_ENDPOINT = "AWS::RDS::DBProxy", "AWS::RDS::DBProxyEndpoint"
PROXY_TARGETS = "AWS::RDS::DBProxyTargetGroup"
_INSTANCE, _CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
_CUSTOM_ENDPOINT = "AWS::RDS::DBClusterEndpoint"
_INSTANCES = {_INSTANCE, "AWS::DocDB::DBInstance", "AWS::Neptune::DBInstance"}
OF_MULTI_AZ = "DBClusterInstanceClass"
"""The property of Multi-AZ clusters."""
_STANDBYS = 2
# Types with one running server, with the property of its availability zone.
_ZONES = {
    _INSTANCE: "AvailabilityZone",
    _CLUSTER: "",
    PROXY: "",
    PROXY_ENDPOINT: "",
    "AWS::AmazonMQ::Broker": "",
    "AWS::ElastiCache::CacheCluster": "PreferredAvailabilityZone",
    "AWS::ElastiCache::ReplicationGroup": "PreferredCacheClusterAZs",
    "AWS::ElastiCache::ServerlessCache": "",
    "AWS::MemoryDB::Cluster": "",
}


def place_of(cloud: Cloud, owner_id: str) -> NetworkInterface | None:
    """Return the interface where a database, cache or broker runs; None for other resources, and without an address."""
    cluster = _cluster_of(cloud, owner_id)
    stands = cluster if cluster and owner_id not in readers_of(cloud, cluster) else owner_id
    resource = cloud.template.resources.get(stands)
    if resource is None or resource.type not in _ZONES:
        return None
    there = _addressed(cloud, resource.id)
    zone = _zone_of(cloud, resource)
    chosen = (eni for eni in there if zone and cloud.network.zone_of_interface(eni) == zone)
    return next(chosen, next(iter(there), None))


def _addressed(cloud: Cloud, owner_id: str) -> list[NetworkInterface]:
    return [eni for eni in cloud.network.interfaces_of(owner_id) if eni.private_ip_address or eni.ipv6_address]


def _zone_of(cloud: Cloud, resource: Resource) -> object:
    """Return the zone that a resource names: the first one of a list, that of its first instance for a cluster."""
    every = cloud.template.resources.items() if resource.type == _CLUSTER else ()
    named = next((one for id_, one in every if _cluster_of(cloud, id_) == resource.id), resource)
    zone = named.properties.get(_ZONES.get(named.type, ""))
    return next(iter(texts(zone)), None) if isinstance(zone, list) else zone


def nodes_of(cloud: Cloud, resource_id: str) -> dict[str, NetworkInterface]:
    """Return where each node of a cluster of memcached runs, by the node's name; nothing for other resources."""
    resource = cloud.template.resources.get(resource_id)
    names, first = node_names(resource, cloud.region_of(resource_id)) if resource else (), place_of(cloud, resource_id)
    there = _addressed(cloud, resource_id)
    return dict(zip(names, there if len(names) > 1 else [first] if first else [], strict=False))


def standbys_of(cloud: Cloud, resource_id: str) -> list[NetworkInterface]:
    """Return where the readable standbys of a Multi-AZ cluster are, whose instances are not in the template; none for others."""
    resource = cloud.template.resources.get(resource_id)
    if resource is None or resource.type != _CLUSTER or OF_MULTI_AZ not in resource.properties:
        return []
    writer = place_of(cloud, resource_id)
    return [eni for eni in _addressed(cloud, resource_id) if eni != writer][:_STANDBYS]


def server_of(cloud: Cloud, resource_id: str) -> str:
    """Return the id of the resource with the data: the cluster of a member, the source of a replica, the target of a proxy, else itself."""
    seen = {resource_id}
    while (above := _above(cloud, resource_id)) and above not in seen:
        seen.add(above)
        resource_id = above
    return resource_id


def readers_of(cloud: Cloud, cluster_id: str) -> tuple[str, ...]:
    """Return the readers of a cluster: its instances but the first one, in the order of the template; none without a cluster."""
    every = cloud.template.resources if cluster_id else ()
    return tuple(id_ for id_ in every if _cluster_of(cloud, id_) == cluster_id)[1:]


def is_reader(cloud: Cloud, resource_id: str) -> bool:
    """Return whether a resource is a reader of a cluster or a read replica."""
    cluster = _cluster_of(cloud, resource_id)
    return resource_id in readers_of(cloud, cluster) if cluster else bool(_source_of(cloud, resource_id))


def names_of(cloud: Cloud, resource: Resource) -> Iterator[str]:
    """Yield the names of a database or cache, those of its custom endpoints included."""
    for one in (resource, *_custom_endpoints(cloud, resource.id)):
        yield from managed_names(one, cloud.region)


def owner_of(cloud: Cloud, host: str) -> str:
    """Return the database or cache with a name; "" if no loaded one has it."""
    if not is_managed(host):
        return ""
    owners = dict.fromkeys(eni.owner_id for eni in cloud.network.network_interfaces.values())
    resources = (cloud.template.resources.get(owner) for owner in owners)
    return next((one.id for one in resources if one and host in names_of(cloud, one)), "")


def _custom_endpoints(cloud: Cloud, cluster_id: str) -> Iterator[Resource]:
    every = cloud.template.of_type(_CUSTOM_ENDPOINT)
    return (one for one in every if _loaded(cloud, one.id, "DBClusterIdentifier") == cluster_id)


def where_it_runs(cloud: Cloud, answer: DnsAnswer) -> DnsAnswer:
    """Return an answer with the address where the named database or cache runs; any other answer as it is."""
    if not answer.managed_id or not (answer.addresses or answer.ipv6_addresses):
        return answer
    host = answer.name.lower().rstrip(".")
    node = nodes_of(cloud, answer.managed_id).get(host)
    every = [node] if node else _places(cloud, answer.managed_id, host)
    places = [place for place in every if place is not None]
    is_public = any(eni.public_ip in answer.addresses for eni in cloud.network.interfaces_of(answer.managed_id))
    found = (place.public_ip if is_public else place.private_ip_address for place in places)
    addresses = tuple(address for address in found if address is not None)
    ipv6_addresses = tuple(place.ipv6_address for place in places if place.ipv6_address is not None)
    known = bool(addresses or ipv6_addresses)
    return replace(answer, addresses=addresses, ipv6_addresses=ipv6_addresses) if known else answer


def _places(cloud: Cloud, managed_id: str, host: str) -> list[NetworkInterface | None]:
    """Return the interfaces that a name leads to."""
    standbys = standbys_of(cloud, managed_id) if _is_of_readers(cloud, managed_id, host) else []
    return [*standbys] or [place_of(cloud, one) for one in _named(cloud, managed_id, host)]


def _is_of_readers(cloud: Cloud, cluster_id: str, host: str) -> bool:
    cluster = cloud.template.resources.get(cluster_id)
    label = label_of(cluster) if cluster is not None else ""
    return host == managed_name(_CLUSTER, "ReadEndpoint.Address", label, cloud.region_of(cluster_id))


def _named(cloud: Cloud, managed_id: str, host: str) -> tuple[str, ...]:
    """Return the resources that a name leads to: readers and members of a cluster by their names, else the resource itself."""
    if _is_of_readers(cloud, managed_id, host):
        return readers_of(cloud, managed_id) or (managed_id,)
    endpoints = _custom_endpoints(cloud, managed_id)
    custom = next((one for one in endpoints if host in managed_names(one, cloud.region)), None)
    return _members_of(cloud, custom, managed_id) if custom is not None else (managed_id,)


def _members_of(cloud: Cloud, endpoint: Resource, cluster_id: str) -> tuple[str, ...]:
    """Return the instances that a custom endpoint leads to; the cluster itself if there are none."""
    listed = {
        name: {cloud.named(one) for one in value if isinstance(one, str)}
        for name in ("StaticMembers", "ExcludedMembers")
        if isinstance(value := endpoint.properties.get(name), list)
    }
    readers = readers_of(cloud, cluster_id)
    every = (id_ for id_ in cloud.template.resources if _cluster_of(cloud, id_) == cluster_id)
    able = readers if endpoint.properties.get("EndpointType") == "READER" else every
    kept = (id_ for id_ in able if not listed.get("StaticMembers") or id_ in listed["StaticMembers"])
    return tuple(id_ for id_ in kept if id_ not in listed.get("ExcludedMembers", ())) or (cluster_id,)


def proxy_of(cloud: Cloud, resource_id: str) -> Resource | None:
    """Return a proxy by its id or that of an endpoint of it; None for other resources, or if it is not loaded."""
    resource = cloud.template.resources.get(resource_id)
    if resource is not None and resource.type == PROXY_ENDPOINT:
        resource = cloud.template.resources.get(_loaded(cloud, resource_id, "DBProxyName"))
    return resource if resource is not None and resource.type == PROXY else None


def target_group_of(cloud: Cloud, proxy_id: str) -> Resource | None:
    """Return the target group of a proxy; None without one."""
    groups = cloud.template.of_type(PROXY_TARGETS)
    return next((one for one in groups if _loaded(cloud, one.id, "DBProxyName") == proxy_id), None)


def _above(cloud: Cloud, resource_id: str) -> str:
    resource = cloud.template.resources.get(resource_id)
    proxy = proxy_of(cloud, resource_id)
    if resource is not None and proxy is not None:
        return target_of(cloud, resource_id) if proxy is resource else proxy.id
    if resource is not None and resource.type == _CUSTOM_ENDPOINT:
        return _loaded(cloud, resource_id, "DBClusterIdentifier")
    return _cluster_of(cloud, resource_id) or _source_of(cloud, resource_id)


def target_of(cloud: Cloud, proxy_id: str) -> str:
    """Return the database or the cluster of a proxy; "" if it is not loaded."""
    group = target_group_of(cloud, proxy_id)
    for name in ("DBClusterIdentifiers", "DBInstanceIdentifiers"):
        for target in texts(group.properties.get(name)) if group else ():
            if cloud.named(target) in cloud.template.resources:
                return cloud.named(target)
    return ""


def _cluster_of(cloud: Cloud, resource_id: str) -> str:
    return _loaded(cloud, resource_id, "DBClusterIdentifier") if _is_instance(cloud, resource_id) else ""


def _source_of(cloud: Cloud, resource_id: str) -> str:
    return _loaded(cloud, resource_id, "SourceDBInstanceIdentifier") if _is_instance(cloud, resource_id) else ""


def _is_instance(cloud: Cloud, resource_id: str) -> bool:
    resource: Resource | None = cloud.template.resources.get(resource_id)
    return resource is not None and resource.type in _INSTANCES


def _loaded(cloud: Cloud, resource_id: str, name: str) -> str:
    """Return the loaded resource that a property of a resource names, "" if it names none."""
    resource: Resource | None = cloud.template.resources.get(resource_id)
    named = resource.properties.get(name) if resource else None
    found = cloud.named(named) if isinstance(named, str) else ""
    return found if found in cloud.template.resources else ""
