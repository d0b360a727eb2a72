"""Representation of the model in JSON: its known values. Unknown values, and those that are not set, are left out."""

from typing import Any

from netful.account.tags import texts
from netful.model.cloud import Cloud
from netful.model.core import Maybe, instant, is_set, known_parts


def known(**values: Any) -> dict[str, Any]:
    """Return the values that are known, by their names."""
    return {name: known_parts(value) for name, value in values.items() if is_set(value)}


def tags(cloud: Cloud, id_: str) -> dict[str, str] | None:
    """Return the known tags that the template gives a resource; None without any."""
    resource = cloud.template.resources.get(id_)
    return texts(resource.properties.get("Tags")) or None if resource else None


def at_aws(cloud: Cloud, name: Maybe[str] | None) -> Maybe[str] | None:
    """Return the id that AWS gives to what the model calls `name`, if that is known."""
    return cloud.aws_id(name) if isinstance(name, str) else name


def at_part(cloud: Cloud, name: Maybe[str] | None) -> Maybe[str] | None:
    """Return the id of a part of an API that the model calls `name`, if that is known."""
    return cloud.part_id(name) if isinstance(name, str) else name


def written(cloud: Cloud, id_: str, name: str) -> Any:
    """Return a property of a resource as text; None without it."""
    resource = cloud.template.resources.get(id_)
    value = resource.properties.get(name) if resource else None
    return value if isinstance(value, str) else None


def iso_time(at: float) -> str:
    """Return a time as the newer API writes it."""
    return instant(int(at), "seconds")
