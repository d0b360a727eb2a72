"""Connections to databases for a load, and how many each database accepts.

The limit is the parameter `max_connections`, else what AWS's default formulas give for the memory of the instance class: AWS takes
some of it for itself, so the real limit is up to a tenth lower. Clients of a proxy count for the proxy, whose limit is its share of the
connections of its target.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping

from netful.engine.names.managed_places import PROXY, is_reader, server_of, target_group_of
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model import parameter_groups
from netful.model.cloud import Cloud
from netful.model.core.frozen import Frozen
from netful.model.core.numbers import whole_number
from netful.model.core.resource import Resource

_TYPES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", PROXY)
_CLASS = re.compile(r"db\.([a-z]+)\w*\.(?:(\d*)x?(large)|(micro|small|medium))")
_GIBIBYTES = {"micro": 1.0, "small": 2.0, "medium": 4.0}
_OF_LARGE = {"t": 8.0, "m": 8.0, "r": 16.0, "x": 32.0}
_GIBIBYTES_OF_UNIT = 2.0
_MOST = 5000


def _aurora_mysql(memory: float) -> float:
    return max(45 * math.log2(memory / 805306368), 1000 * math.log2(memory / 8187281408))


# Default of `max_connections` by the beginning of the engine's name; the first match applies. Memory is in bytes.
_FORMULAS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("aurora-postgresql", lambda memory: min(memory / 9531392, _MOST)),
    ("postgres", lambda memory: min(memory / 9531392, _MOST)),
    ("aurora", _aurora_mysql),
    ("mysql", lambda memory: memory / 12582880),
    ("mariadb", lambda memory: memory / 12582880),
)


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
    own = whole_number(parameter_groups.of_database(cloud, server).get("max_connections"))
    found = own if own is not None else _default(cloud, server)
    if database.type != PROXY or found is None:
        return found
    group = target_group_of(cloud, database.id)
    pool = group.properties.get("ConnectionPoolConfigurationInfo") if group else None
    percent = whole_number(pool.get("MaxConnectionsPercent"), 100) if isinstance(pool, Mapping) else 100
    return found * percent // 100


def _default(cloud: Cloud, server: Resource) -> int | None:
    engine, memory = str(server.properties.get("Engine") or ""), _memory(cloud, server)
    formula = next((formula for begin, formula in _FORMULAS if engine.startswith(begin)), None)
    return None if formula is None or memory is None else int(formula(memory * 2**30))


def _memory(cloud: Cloud, server: Resource) -> float | None:
    """Return the memory of a database's class, in GiB: of a cluster that of its first instance."""
    scaling = server.properties.get("ServerlessV2ScalingConfiguration")
    members = (one for one in cloud.template.resources.values() if server_of(cloud, one.id) == server.id)
    every = (one.properties.get("DBInstanceClass") for one in (server, *members))
    named = next((one for one in every if isinstance(one, str)), "")
    if named == "db.serverless" and isinstance(scaling, Mapping):
        units = whole_number(scaling.get("MaxCapacity"))
        return None if units is None else units * _GIBIBYTES_OF_UNIT
    found = _CLASS.match(named)
    if found is None:
        return None
    family, count, large, small = found.groups()
    if small:
        return _GIBIBYTES[small]
    doubled = 2 if "xlarge" in named else 1
    return _OF_LARGE[family[0]] * int(count or 1) * doubled if large and family[0] in _OF_LARGE else None
