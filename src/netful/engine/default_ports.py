"""The port that a resource listens on when a question names none: its own `Port`, else that of its engine or its type."""

from __future__ import annotations

from netful.model.resource import Resource

_TYPES = {
    "AWS::RDS::DBInstance": 3306,
    "AWS::RDS::DBCluster": 3306,
    "AWS::RDS::DBProxy": 3306,
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
}
# What an engine's name begins with; the first that fits.
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


def default_port(resource: Resource, otherwise: int) -> int:
    """The port of a resource; `otherwise` where its type has none of its own."""
    if resource.type not in _TYPES:
        return otherwise
    written = str(resource.properties.get("Port", ""))
    if written.isdigit():
        return int(written)
    engine = str(resource.properties.get("Engine", resource.properties.get("EngineFamily", ""))).lower()
    return next((port for name, port in _ENGINES if engine.startswith(name)), _TYPES[resource.type])
