"""Parameters of databases and caches, by the parameter groups of the template."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core.resource import Resource
from netful.model.core.unknown import Unknown

_OF_DATABASES = ("AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup")
_GROUP_NAMES = ("DBParameterGroupName", "DBClusterParameterGroupName")


def of_database(cloud: Cloud, database: Resource) -> dict[str, str]:
    """Return the known parameters of a database's own groups."""
    return {
        k: v for name in _GROUP_NAMES for k, v in of_group(cloud, database.properties.get(name), _OF_DATABASES).items()
    }


def of_group(cloud: Cloud, group: object, types: tuple[str, ...]) -> dict[str, str]:
    """Return the known parameters of a parameter group of the template; none of AWS's default groups."""
    resource = cloud.template.resources.get(cloud.named(group)) if isinstance(group, str) else None
    names = ("Parameters", "Properties")  # of RDS and MemoryDB, and of ElastiCache
    found = map(resource.properties.get, names) if resource and resource.type in types else ()
    written = next((one for one in found if one is not None), None)
    return dict(_known(written)) if isinstance(written, Mapping) else {}


def _known(written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in written.items():
        if not isinstance(value, Unknown | Mapping | list):
            yield str(name), str(value).lower() if isinstance(value, bool) else str(value)
