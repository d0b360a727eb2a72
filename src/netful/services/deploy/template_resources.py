"""Queues, topics, tables, buckets, streams, secrets and more of the template, made as a deployment would make them.

They exist before the first function runs, and follow a change of the template. New ones are made, changed ones are updated in
place and keep their content. Those that the template no longer has are deleted with their content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from netful.model.cloud import Cloud
from netful.model.core.resource import Resource
from netful.model.core.unknown import Unknown
from netful.model.names import service_names
from netful.services.deploy.left_out import LeftOut, message
from netful.services.deploy.resource_kind import Kind, Place, plain
from netful.services.deploy.resource_kinds import KINDS
from netful.services.deploy.resource_updates import UPDATES, Update
from netful.services.http.backend_requests import CallHost

# Error codes of services for a resource that already exists.
_THERE = ("ResourceInUseException", "BucketAlreadyOwnedByYou", "ResourceExistsException", "ResourceAlreadyExists")


@dataclass(frozen=True, slots=True)
class _Made:
    """A resource of the template, with its kind and its name in the back ends."""

    resource: Resource
    kind: Kind
    name: str


def resources_of(cloud: Cloud) -> tuple[tuple[str, str], ...]:
    """Return the type and name of each resource that the back ends hold."""
    return tuple((one.resource.type, one.name) for one in _all(cloud))


def contents_of(cloud: Cloud) -> dict[str, str]:
    """Return a digest of the properties of each resource that the back ends hold, by its type and name."""
    return {_key(one): hashlib.sha256(repr(plain(one.resource.properties)).encode()).hexdigest() for one in _all(cloud)}


def _key(one: _Made) -> str:
    return f"{one.resource.type} {one.name}"


async def make_resources(
    cloud: Cloud,
    call_host: CallHost,
    have: frozenset[tuple[str, str]],
    contents: Mapping[str, str],
    *,
    again: bool,
) -> dict[tuple[str, str], LeftOut]:
    """Make the resources that are not in `have`, and update those whose properties differ from `contents`.

    Return a warning for each that is missing or not updated, by its type and name. With `again`, a resource that already
    exists is not an error.
    """
    wanted = contents_of(cloud)
    warnings = {
        (resource.type, resource.id): LeftOut(
            resource.id, f"`{resource.id}` is", "its name is not known", resource.origin
        )
        for resource in cloud.template.resources.values()
        if resource.type in KINDS and isinstance(_name(resource), Unknown)
    }
    for one in _all(cloud):
        key = (one.resource.type, one.name)
        make: Update | None = one.kind.make
        if key in have:
            same = contents.get(_key(one), wanted[_key(one)]) == wanted[_key(one)]
            make = None if same else UPDATES.get(one.resource.type)
        if make is None:
            continue
        why = await _ask(one, make, _place(cloud), call_host)
        if why and not (again and any(code in why for code in _THERE)):
            warnings[key] = LeftOut(one.resource.id, f"`{one.resource.id}` is", why, one.resource.origin)
    return warnings


async def delete_resources(gone: Iterable[tuple[str, str]], place: Place, call_host: CallHost) -> None:
    """Delete resources, each by its type and name; ignore those that no longer exist."""
    for type_, name in gone:
        kind = KINDS.get(type_)
        if kind is not None and kind.delete is not None:
            await call_host(service_names.service(kind.service).host(place.region), kind.delete(name, place))


async def _ask(one: _Made, requests: Update, place: Place, call_host: CallHost) -> str:
    """Make or update one resource; return the reason of a rejection, or ""."""
    host = service_names.service(one.kind.service).host(place.region)
    for request in requests(one.name, one.resource.properties, place):
        response = await call_host(host, request)
        if response.status >= 300:
            return message(response)
    return ""


def _all(cloud: Cloud) -> Iterator[_Made]:
    """Return the template's resources for the back ends, kind by kind: those that others refer to come first."""
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
