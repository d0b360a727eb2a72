"""Ports of AWS's databases, caches and file systems: by type and engine, unless the template sets one."""

from typing import Any

from netful.model.core import Unknown, whole_number

_TYPES = {
    "AWS::RDS::DBInstance": 3306,
    "AWS::RDS::DBCluster": 3306,
    "AWS::RDS::DBProxy": 3306,
    "AWS::RDS::DBProxyEndpoint": 3306,
    "AWS::DocDB::DBCluster": 27017,
    "AWS::DocDB::DBInstance": 27017,
    "AWS::Neptune::DBCluster": 8182,
    "AWS::Neptune::DBInstance": 8182,
    "AWS::Redshift::Cluster": 5439,
    "AWS::RedshiftServerless::Workgroup": 5439,
    "AWS::ElastiCache::CacheCluster": 6379,
    "AWS::ElastiCache::ReplicationGroup": 6379,
    "AWS::ElastiCache::ServerlessCache": 6379,
    "AWS::MemoryDB::Cluster": 6379,
    "AWS::DAX::Cluster": 8111,
    "AWS::MSK::Cluster": 9094,
    "AWS::MSK::ServerlessCluster": 9098,
    "AWS::AmazonMQ::Broker": 5671,
    "AWS::EFS::FileSystem": 2049,
    "AWS::EFS::MountTarget": 2049,
    "AWS::S3Files::FileSystem": 2049,
    "AWS::S3Files::MountTarget": 2049,
}
# Prefix of an engine's name; the first match applies.
_ENGINES = (
    ("aurora-postgresql", 5432),
    ("postgres", 5432),
    ("oracle", 1521),
    ("custom-oracle", 1521),
    ("sqlserver", 1433),
    ("custom-sqlserver", 1433),
    ("db2", 50000),
    ("memcached", 11211),
)
_ATTRIBUTES = {
    "AWS::RDS::DBInstance": ("Endpoint.Port",),
    "AWS::RDS::DBCluster": ("Endpoint.Port",),
    "AWS::DocDB::DBCluster": ("Port",),
    "AWS::DocDB::DBInstance": ("Port",),
    "AWS::Neptune::DBCluster": ("Port",),
    "AWS::Neptune::DBInstance": ("Port",),
    "AWS::Redshift::Cluster": ("Endpoint.Port",),
    "AWS::RedshiftServerless::Workgroup": ("Workgroup.Endpoint.Port",),
    "AWS::ElastiCache::CacheCluster": ("RedisEndpoint.Port", "ConfigurationEndpoint.Port"),
    "AWS::ElastiCache::ReplicationGroup": ("PrimaryEndPoint.Port", "ConfigurationEndPoint.Port", "ReaderEndPoint.Port"),
    "AWS::ElastiCache::ServerlessCache": ("Endpoint.Port", "ReaderEndpoint.Port"),
    "AWS::MemoryDB::Cluster": ("ClusterEndpoint.Port",),
}


SERVERLESS_CACHE = "AWS::ElastiCache::ServerlessCache"
READER_PORT = 6380
"""Port of the reader's endpoint of a serverless cache."""


def is_managed(kind: str) -> bool:
    """Return whether resources of a type have a default port."""
    return kind in _TYPES


def gives_port(kind: str, attribute: str) -> bool:
    """Return whether an attribute of a type is its port."""
    return attribute in _ATTRIBUTES.get(kind, ())


def port_of(kind: str, written: Any, engine: Any) -> int:
    """Return the port of a resource of a managed type: as written, else its engine's, else its type's."""
    port = whole_number(written)
    if port is not None:
        return port
    named = "" if isinstance(engine, Unknown) else str(engine or "").lower()
    return next((port for name, port in _ENGINES if named.startswith(name)), _TYPES[kind])
