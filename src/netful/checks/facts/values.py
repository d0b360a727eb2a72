"""Access to raw properties of resources, which may be unknown, absent or of the wrong type without failing a check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core.origin import Origin
from netful.model.core.resource import Resource
from netful.model.core.unknown import Unknown


def listed(value: Any) -> list[Any]:
    """Return a list unchanged, None as an empty one, any other value as its only item."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping unchanged, any other value as an empty one."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """Return the mappings of a list, or the only one."""
    return (item for item in listed(value) if isinstance(item, Mapping))


def number(value: Any) -> float | None:
    """Return a number, also for a text that is one."""
    if isinstance(value, bool) or value is None or isinstance(value, Unknown):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def origin_of(resource: Resource, name: str) -> Origin:
    """Return the place of a property, else the resource's."""
    return resource.property_origins.get(name, resource.origin)


def words_of(value: Any) -> Iterator[str]:
    """Return every known text within a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from words_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from words_of(item)
