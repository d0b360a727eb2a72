"""The port that a resource listens on when a question names none.

Of a load balancer it is 443 if it listens there, else the first port that it listens on; of what is a load balancer's
target, the port that it is sent requests to; of all else its own `Port`, or that of its engine or type.
"""

from __future__ import annotations

from netful.model.balancer import Registration, Target
from netful.model.cloud import Cloud
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


def default_port(cloud: Cloud, name: str, otherwise: int) -> int:
    """The port of a resource; `otherwise` where nothing tells."""
    resource = cloud.resources.get(name)
    if name in cloud.load_balancers:
        ports = [e.port for e in cloud.listeners.values() if e.load_balancer_id == name and isinstance(e.port, int)]
    elif resource is not None and resource.type in _TYPES:
        ports = [_of_type(resource)]
    else:
        ports = _as_target(cloud, name)
    return otherwise if otherwise in ports or not ports else min(ports)


def _as_target(cloud: Cloud, name: str) -> list[int]:
    """The ports that load balancers send requests to."""
    found: list[object] = []
    for group in cloud.target_groups.values():
        members: tuple[Registration | Target, ...] = (*group.registered_by, *group.targets)
        found += [group.port if one.port is None else one.port for one in members if one.id == name]
    return [port for port in found if isinstance(port, int)]


def _of_type(resource: Resource) -> int:
    written = str(resource.properties.get("Port", ""))
    if written.isdigit():
        return int(written)
    engine = str(resource.properties.get("Engine", resource.properties.get("EngineFamily", ""))).lower()
    return next((port for name, port in _ENGINES if engine.startswith(name)), _TYPES[resource.type])
