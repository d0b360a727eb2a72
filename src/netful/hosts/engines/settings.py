"""Settings of a server that its resource has: names, port, users and passwords.

A value that is not known is a `Missing` error: a server does not start with a guess.
"""

from collections.abc import Mapping
from typing import Any

from netful.engine.names.managed_places import server_of
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, whole_number
from netful.model.names.generated.generated_names import physical_name
from netful.model.names.generated.managed_names import managed_names
from netful.model.network import managed_ports


class Missing(Exception):  # noqa: N818  # a reason, which the status shows
    """A setting that a server needs and that is not known."""


def text(properties: Mapping[str, Any], name: str) -> str | None:
    """Return a property as text; None if it is left out. Raises Missing if it is not known."""
    value = properties.get(name)
    if isinstance(value, Unknown):
        needs = f": give `{value.needs[0]}` by --param" if value.needs else ""
        raise Missing(f"`{name}` is not known, {value.why}{needs}")
    return None if value is None else str(value)


def port_of(resource: Resource) -> int:
    """Return the port of a server. Raises Missing if it is not known."""
    text(resource.properties, managed_ports.deciding(resource.type)[0])
    return managed_ports.port_of(resource.type, resource.properties)


def names_of(cloud: Cloud, server: Resource) -> tuple[str, ...]:
    """Return the names of a server: its own, and those of the resources with the same data."""
    others = (one for one in cloud.template.resources.values() if server_of(cloud, one.id) == server.id)
    return tuple(dict.fromkeys(name for one in (server, *others) for name in managed_names(one, cloud.region)))


def is_member(one: Resource, cluster: Resource) -> bool:
    """Return whether a resource is an instance of a cluster."""
    return one.type == "AWS::RDS::DBInstance" and one.properties.get("DBClusterIdentifier") in (
        cluster.id,
        physical_name(cluster),
    )


def major_of(version: object) -> int:
    """Return the major version in an engine's version; 0 if it is left out or not known."""
    return whole_number(str(version).partition(".")[0], 0) if isinstance(version, str | int | float) else 0
