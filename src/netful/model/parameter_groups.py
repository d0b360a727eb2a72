"""Parameters of databases and caches, by the parameter groups of the template."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown

_OF_DATABASES = ("AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup")
_GROUP_NAMES = ("DBClusterParameterGroupName", "DBParameterGroupName")  # an instance's own parameters count more

_OWN_NAMES = (*_GROUP_NAMES, "CacheParameterGroupName", "ParameterGroupName")


def of_database(cloud: Cloud, database: Resource) -> dict[str, str]:
    """Return the known parameters of a database's groups: of a cluster also those of its first instance, the writer."""
    named = ((one, one.properties.get("DBClusterIdentifier")) for one in cloud.template.resources.values())
    writer = (one for one, cluster in named if isinstance(cluster, str) and cloud.named(cluster) == database.id)
    holders = (database, next((one for one in writer if one is not database), database))
    groups = (one.properties.get(name) for one in holders for name in _GROUP_NAMES)
    return {name: value for group in groups for name, value in of_group(cloud, group, _OF_DATABASES).items()}


def of_group(cloud: Cloud, group: object, types: tuple[str, ...]) -> dict[str, str]:
    """Return the known parameters of a parameter group of the template; none of AWS's default groups."""
    every = cloud.template.of_type(*types)
    resource = next((one for one in every if group in (one.id, one.ref, *map(one.properties.get, _OWN_NAMES))), None)
    names = ("Parameters", "Properties")  # of RDS and MemoryDB, and of ElastiCache
    found = map(resource.properties.get, names) if resource and isinstance(group, str) else ()
    written = next((one for one in found if one is not None), None)
    return dict(_known(written)) if isinstance(written, Mapping) else {}


def _known(written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in written.items():
        if not isinstance(value, Unknown | Mapping | list):
            yield str(name), str(value).lower() if isinstance(value, bool) else str(value)
