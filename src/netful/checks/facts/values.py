"""Access to raw properties of resources, which may be unknown, absent or of the wrong type without failing a check."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core import Origin, Resource, listed


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """Return the mappings of a list, or the only one."""
    return (item for item in listed(value) if isinstance(item, Mapping))


def origin_of(resource: Resource, name: str) -> Origin:
    """Return the place of a property, else the resource's."""
    return resource.property_origins.get(name, resource.origin)
