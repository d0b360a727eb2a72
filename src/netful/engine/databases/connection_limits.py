"""Connections that a database accepts: the parameter `max_connections`, else AWS's default for the memory of its class.

AWS takes some of the memory for itself, so the real limit is up to a tenth lower.
"""

import math
import re
from collections.abc import Callable, Mapping

from netful.engine.names.managed_places import server_of
from netful.model import parameter_groups
from netful.model.cloud import Cloud
from netful.model.core import Resource, whole_number

_CLASS = re.compile(r"db\.([a-z]+)\w*\.(?:(\d*)x?(large)|(micro|small|medium))")
_FORMULA = re.compile(r"(?:LEAST\()?\{DBInstanceClassMemory/(\d+)\}(?:, *(\d+)\))?")
_GIBIBYTES = {"micro": 1.0, "small": 2.0, "medium": 4.0}
_OF_LARGE = {"t": 8.0, "m": 8.0, "r": 16.0, "x": 32.0}
_GIBIBYTES_OF_UNIT = 2.0
_MOST = 5000


def _aurora_mysql(memory: float) -> float:
    return max(45 * math.log2(memory / 805306368), 1000 * math.log2(memory / 8187281408))


# Default of `max_connections` by the beginning of the engine's name; the first match applies. Memory is in bytes.
_DEFAULTS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("aurora-postgresql", lambda memory: min(memory / 9531392, _MOST)),
    ("postgres", lambda memory: min(memory / 9531392, _MOST)),
    ("aurora", _aurora_mysql),
    ("mysql", lambda memory: memory / 12582880),
    ("mariadb", lambda memory: memory / 12582880),
)


def limit_of(cloud: Cloud, server: Resource) -> int | None:
    """Return the connections that a database accepts; None if that is not known."""
    written = parameter_groups.of_database(cloud, server).get("max_connections", "")
    own, memory = whole_number(written), _memory(cloud, server)
    if own is not None or memory is None:
        return own
    formula = _FORMULA.fullmatch(written)
    if formula:
        return int(min(memory * 2**30 / int(formula[1]), int(formula[2] or _MOST)))
    engine = str(server.properties.get("Engine") or "")
    default = next((found for begin, found in _DEFAULTS if engine.startswith(begin)), None)
    return None if default is None or written else int(default(memory * 2**30))


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
