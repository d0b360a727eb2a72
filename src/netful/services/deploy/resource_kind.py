"""What a kind of the template's resources is to the back ends: a service, a name, and the requests that make and delete one."""

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
    """Where a stack is deployed."""

    region: str
    account_id: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of resource: its service, the property that names it ("": its id does), and its requests."""

    service: str
    name_property: str
    make: Callable[[str, Properties, Place], Iterator[Request]]
    delete: Callable[[str, Place], Request] | None = None


def is_known(value: object) -> bool:
    """Whether a property has a value, and it is known."""
    return value is not None and not isinstance(value, Unknown)


def plain(value: Any) -> Any:
    """A template's value as JSON has it, numbers written as text included; what is not known is left out."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items() if is_known(item)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value if is_known(item)]
    number = whole_number(value) if isinstance(value, str) else None
    return value if number is None else number
