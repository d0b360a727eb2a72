"""The template's queues, topics, tables, buckets, streams and secrets, made where a deployment would make them.

They are there before the first function runs, and follow a change of the template: new ones are made, those that went
are deleted with all they hold. One that stays keeps its content, whatever else was written about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from netful.model.cloud import Cloud
from netful.model.core.resource import Resource
from netful.model.core.unknown import Unknown
from netful.model.names import service_names
from netful.services.deploy.resource_kind import Kind, Place
from netful.services.deploy.resource_kinds import KINDS
from netful.services.http.backend_requests import CallHost

# What services answer when asked for what is there.
_THERE = ("ResourceInUseException", "BucketAlreadyOwnedByYou", "ResourceExistsException", "ResourceAlreadyExists")


@dataclass(frozen=True, slots=True)
class _Made:
    """A resource that the back ends hold, with the name that it has there."""

    resource: Resource
    kind: Kind
    name: str


def resources_of(cloud: Cloud) -> tuple[tuple[str, str], ...]:
    """The type and name of each resource that the back ends hold."""
    return tuple((one.resource.type, one.name) for one in _all(cloud))


async def make_resources(
    cloud: Cloud, call_host: CallHost, have: frozenset[tuple[str, str]], *, again: bool
) -> dict[tuple[str, str], str]:
    """Make what we do not `have`; returns a warning for each, by its type and name, that is not there.

    Made `again`, what is there already is no fault.
    """
    warnings = {
        (resource.type, resource.id): f"{resource.origin}: `{resource.id}` is left out: its name is not known"
        for resource in cloud.template.resources.values()
        if resource.type in KINDS and isinstance(_name(resource), Unknown)
    }
    for one in _all(cloud):
        key = (one.resource.type, one.name)
        if key in have:
            continue
        why = await _make(one, _place(cloud), call_host)
        if why and not (again and any(code in why for code in _THERE)):
            warnings[key] = f"{one.resource.origin}: `{one.resource.id}` is left out: {why}"
    return warnings


async def delete_resources(gone: Iterable[tuple[str, str]], place: Place, call_host: CallHost) -> None:
    """Delete resources, each by its type and name; one that is gone already is no fault."""
    for type_, name in gone:
        kind = KINDS.get(type_)
        if kind is not None and kind.delete is not None:
            await call_host(service_names.service(kind.service).host(place.region), kind.delete(name, place))


async def _make(one: _Made, place: Place, call_host: CallHost) -> str:
    """Make one; returns why it was refused, or nothing."""
    host = service_names.service(one.kind.service).host(place.region)
    for request in one.kind.make(one.name, one.resource.properties, place):
        response = await call_host(host, request)
        if response.status >= 300:
            return response.body.decode(errors="replace")
    return ""


def _all(cloud: Cloud) -> Iterator[_Made]:
    """What the template has for the back ends, kind by kind: what others refer to comes first."""
    for type_, kind in KINDS.items():
        for resource in cloud.template.resources.values():
            name = _name(resource)
            if resource.type == type_ and isinstance(name, str):
                yield _Made(resource, kind, name)


def _name(resource: Resource) -> str | Unknown:
    kind = KINDS.get(resource.type)
    name = resource.properties.get(kind.name_property) if kind else None
    return name if isinstance(name, str | Unknown) else resource.id


def _place(cloud: Cloud) -> Place:
    return Place(cloud.region, cloud.account_id)
