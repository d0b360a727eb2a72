"""Connections to databases for a load, and how many each database accepts.

Clients of a proxy count for the proxy, whose limit is its share of the connections of its target.
"""

from collections.abc import Iterator, Mapping

from netful.engine.databases.connection_limits import limit_of
from netful.engine.names.managed_places import PROXY, is_reader, server_of, target_group_of
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, whole_number

_TYPES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", PROXY)


class DatabaseConnections(Frozen):
    """Connections to a database or proxy, if all environments of the functions that reach it connect. `limit` is None if not known."""

    resource: str
    connections: int
    limit: int | None


def database_connections(
    cloud: Cloud, environments: Mapping[str, int], connections: int
) -> Iterator[DatabaseConnections]:
    """Yield every database and proxy that functions with a load reach."""
    for database in cloud.template.resources.values():
        is_writer = server_of(cloud, database.id) != database.id and not is_reader(cloud, database.id)
        if database.type not in _TYPES or (is_writer and database.type != PROXY):  # a writer is its cluster
            continue
        callers = (count for id_, count in environments.items() if count and _reaches(cloud, id_, database.id))
        total = sum(callers) * connections
        if total:
            yield DatabaseConnections(database.id, total, _limit(cloud, database))


def _reaches(cloud: Cloud, function_id: str, database_id: str) -> bool:
    in_vpc = cloud.compute.functions[function_id].in_vpc
    return in_vpc and trace(cloud, parse(cloud, function_id, database_id)).verdict == "reachable"


def _limit(cloud: Cloud, database: Resource) -> int | None:
    server = cloud.template.resources[server_of(cloud, database.id)]
    found = limit_of(cloud, server)
    if database.type != PROXY or found is None:
        return found
    group = target_group_of(cloud, database.id)
    pool = group.properties.get("ConnectionPoolConfigurationInfo") if group else None
    percent = whole_number(pool.get("MaxConnectionsPercent"), 100) if isinstance(pool, Mapping) else 100
    return found * percent // 100
