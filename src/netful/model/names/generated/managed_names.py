"""DNS names of databases, caches, brokers and searches: AWS generates them at deployment, netful from the resource's name.

A described database has the name that AWS generated.

A name is public and resolves to private addresses, as AWS's do. Outside the VPC a publicly accessible resource
resolves to public addresses. `{id}` is the name as a DNS label, `{r}` the region.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from netful.model.core import Resource, at, whole_number
from netful.model.names.generated.generated_names import NAMINGS
from netful.model.names.partitions import in_region

_RDS, _CLUSTER = "{id}.netful.{r}.rds.amazonaws.com", "{id}.cluster-netful.{r}.rds.amazonaws.com"
_CACHE, _NODE = "{id}.netful.cache.amazonaws.com", "{id}.netful.{n:04}.cache.amazonaws.com"

# Type and attribute → the name that the attribute returns.
_NAMES = {
    ("AWS::RDS::DBInstance", "Endpoint.Address"): _RDS,
    ("AWS::RDS::DBCluster", "Endpoint.Address"): _CLUSTER,
    ("AWS::RDS::DBCluster", "ReadEndpoint.Address"): "{id}.cluster-ro-netful.{r}.rds.amazonaws.com",
    ("AWS::RDS::DBClusterEndpoint", "Endpoint"): "{id}.cluster-custom-netful.{r}.rds.amazonaws.com",
    ("AWS::RDS::DBProxy", "Endpoint"): "{id}.proxy-netful.{r}.rds.amazonaws.com",
    ("AWS::RDS::DBProxyEndpoint", "Endpoint"): "{id}.endpoint.proxy-netful.{r}.rds.amazonaws.com",
    ("AWS::DocDB::DBCluster", "Endpoint"): "{id}.cluster-netful.{r}.docdb.amazonaws.com",
    ("AWS::DocDB::DBCluster", "ReadEndpoint"): "{id}.cluster-ro-netful.{r}.docdb.amazonaws.com",
    ("AWS::DocDB::DBInstance", "Endpoint"): "{id}.netful.{r}.docdb.amazonaws.com",
    ("AWS::Neptune::DBCluster", "Endpoint"): "{id}.cluster-netful.{r}.neptune.amazonaws.com",
    ("AWS::Neptune::DBCluster", "ReadEndpoint"): "{id}.cluster-ro-netful.{r}.neptune.amazonaws.com",
    ("AWS::Neptune::DBInstance", "Endpoint"): "{id}.netful.{r}.neptune.amazonaws.com",
    ("AWS::Redshift::Cluster", "Endpoint.Address"): "{id}.netful.{r}.redshift.amazonaws.com",
    ("AWS::MemoryDB::Cluster", "ClusterEndpoint.Address"): "{id}.netful.memorydb.{r}.amazonaws.com",
    ("AWS::ElastiCache::CacheCluster", "RedisEndpoint.Address"): _CACHE,
    ("AWS::ElastiCache::CacheCluster", "ConfigurationEndpoint.Address"): "{id}.netful.cfg.cache.amazonaws.com",
    ("AWS::ElastiCache::ReplicationGroup", "PrimaryEndPoint.Address"): _CACHE,
    ("AWS::ElastiCache::ReplicationGroup", "ConfigurationEndPoint.Address"): _CACHE,
    ("AWS::ElastiCache::ReplicationGroup", "ReaderEndPoint.Address"): "{id}-ro.netful.cache.amazonaws.com",
    ("AWS::ElastiCache::ServerlessCache", "Endpoint.Address"): _CACHE,
    ("AWS::ElastiCache::ServerlessCache", "ReaderEndpoint.Address"): "{id}-ro.netful.cache.amazonaws.com",
    ("AWS::AmazonMQ::Broker", "AmqpEndpoints"): "{id}.netful.mq.{r}.amazonaws.com",
    ("AWS::OpenSearchService::Domain", "DomainEndpoint"): "vpc-{id}-netful.{r}.es.amazonaws.com",
    ("AWS::Elasticsearch::Domain", "DomainEndpoint"): "vpc-{id}-netful.{r}.es.amazonaws.com",
}


def is_managed(host: str) -> bool:
    """Return whether a host name may be one of these generated names."""
    return ("netful." in host or ".rds." in host) and host.endswith((".amazonaws.com", ".amazonaws.com.cn"))


def managed_name(kind: str, attribute: str, label: str, region: str) -> str | None:
    """Return the name in an attribute of a database, cache or broker; None if the attribute has none."""
    pattern = _NAMES.get((kind, attribute))
    return in_region(pattern, region).format(id=label, r=region) if pattern else None


def managed_names(resource: Resource, region: str) -> Iterator[str]:
    """Yield all names of a resource; `region` is that of a resource that has none of its own."""
    if isinstance(described := at(resource.properties, "Endpoint.Address"), str):
        yield described.lower()
        return
    own = resource.region or region
    names = (managed_name(*key, label_of(resource), own) for key in _NAMES if key[0] == resource.type)
    yield from (name for name in names if name is not None)
    yield from node_names(resource, own)


def node_names(resource: Resource, region: str) -> tuple[str, ...]:
    """Return the names of the nodes of a cluster of memcached; none for other resources."""
    is_memcached = str(resource.properties.get("Engine")).lower() == "memcached"
    if resource.type != "AWS::ElastiCache::CacheCluster" or not is_memcached:
        return ()
    count = whole_number(resource.properties.get("NumCacheNodes"), 1)
    return tuple(in_region(_NODE, region).format(id=label_of(resource), n=number) for number in range(1, count + 1))


def label_of(resource: Resource) -> str:
    """Return the name of a database or cache as its DNS names have it."""
    return managed_label(resource.type, resource.id, resource.properties.get)


def managed_label(kind: str, resource_id: str, property_: Callable[[str], Any]) -> str:
    """Return the name of a resource as a DNS label: AWS's name in its properties, else its id in the cloud."""
    named = property_(NAMINGS[kind].property) if kind in NAMINGS else None
    return re.sub(r"[^a-z0-9-]", "-", str(named if isinstance(named, str) else resource_id).lower()).strip("-")
