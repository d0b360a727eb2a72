"""Reading raw properties of resources: values may be unknown, absent or of the wrong type, and a check goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core.origin import Origin
from netful.model.core.resource import Resource
from netful.model.core.unknown import Unknown


def listed(value: Any) -> list[Any]:
    """A list as it is, nothing as an empty one, anything else as its only item."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping as it is, anything else as an empty one."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """The mappings of a list, or the only one."""
    return (item for item in listed(value) if isinstance(item, Mapping))


def number(value: Any) -> float | None:
    """A number, also one that is written as text."""
    if isinstance(value, bool) or value is None or isinstance(value, Unknown):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def origin_of(resource: Resource, name: str) -> Origin:
    """Where a property stands, else the resource."""
    return resource.property_origins.get(name, resource.origin)


def words_of(value: Any) -> Iterator[str]:
    """Every known text within a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from words_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from words_of(item)
