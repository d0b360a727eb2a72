"""Kind of a template's resources in the back ends: its service, its name property, its create and delete requests, its parts."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from netful.model.core.frozen import Frozen
from netful.model.core.numbers import whole_number
from netful.model.core.unknown import Unknown
from netful.services.deploy.part import Part
from netful.services.http.message import Request

Properties: TypeAlias = Mapping[str, Any]


class Place(Frozen):
    """The region and account of a stack."""

    region: str
    account_id: str


LATER = frozenset({"iam", "application-autoscaling"})
"""Services whose resources are made at the first call to the service: moto's IAM takes 0.2 s and 13 MiB."""


REF = "Ref"
"""In place of a name's property: the resource's Ref names it."""


def _nothing(_name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    return iter(())


def _no_parts(_name: str, _properties: Properties, _place: Place) -> Iterator[Part]:
    return iter(())


class Kind(Frozen):
    """A type of resource: its service, the property that names it (if empty, the id does; REF: its Ref), and its requests.

    `parts` are what is put into the resource and what ties it to others. A kind may consist of parts alone.
    """

    service: str
    name_property: str
    make: Callable[[str, Properties, Place], Iterator[Request]] = _nothing
    delete: Callable[[str, Properties, Place], Iterator[Request]] = _nothing
    parts: Callable[[str, Properties, Place], Iterator[Part]] = _no_parts

    @property
    def has_parts(self) -> bool:
        """True if the kind has parts, whose requests depend on the properties before a change."""
        return self.parts is not _no_parts


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


def known(value: Any) -> Any:
    """Return a template's value as JSON without its unknown parts."""
    if isinstance(value, Mapping):
        return {str(key): known(item) for key, item in value.items() if is_known(item)}
    return [known(item) for item in value if is_known(item)] if isinstance(value, list | tuple) else value


class NotKnownError(Exception):
    """A resource cannot be made, because a document of it is not known."""


def document(value: Any) -> str:
    """Return a policy, or another JSON document of a template, as text. Raises NotKnownError."""
    if isinstance(value, Unknown):
        raise NotKnownError(f"its policy is not known: {value.why}")
    return value if isinstance(value, str) else json.dumps(known(value))


def texts(properties: Properties, name: str) -> list[str]:
    """Return the known texts of a list, or a single text."""
    value = properties.get(name)
    listed = value if isinstance(value, list | tuple) else [value]
    return [one for one in listed if isinstance(one, str)]


def mappings(properties: Properties, name: str) -> list[Properties]:
    """Return the mappings of a list."""
    value = properties.get(name)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []
