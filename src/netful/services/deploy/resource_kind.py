"""Kind of a template's resources in the back ends: its service, its name property, and its create and delete requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from netful.model.core.numbers import whole_number
from netful.model.core.unknown import Unknown
from netful.services.http.message import Request

Properties: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """The region and account of a stack."""

    region: str
    account_id: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of resource: its service, the property that names it (if empty, the id does), and its requests."""

    service: str
    name_property: str
    make: Callable[[str, Properties, Place], Iterator[Request]]
    delete: Callable[[str, Place], Request] | None = None


def is_known(value: object) -> bool:
    """Return whether a property has a known value."""
    return value is not None and not isinstance(value, Unknown)


def plain(value: Any) -> Any:
    """Return a template's value as JSON: without unknown parts, and with numbers for texts that are numbers."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items() if is_known(item)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value if is_known(item)]
    number = whole_number(value) if isinstance(value, str) else None
    return value if number is None else number
