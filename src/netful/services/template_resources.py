"""The template's queues, topics, tables, buckets, streams and secrets, made where a deployment would make them.

They are there before the first function runs, and follow a change of the template: new ones are made, those that went
are deleted with all they hold. One that stays keeps its content, whatever else was written about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netful.model import catalog
from netful.model.cloud import Cloud
from netful.model.resource import Resource
from netful.model.unknown import Unknown
from netful.services.inside import CallHost
from netful.services.resource_kinds import KINDS, Kind, Place


@dataclass(frozen=True, slots=True)
class _Made:
    """A resource that the back ends hold, with the name that it has there."""

    resource: Resource
    kind: Kind
    name: str


async def make_resources(cloud: Cloud, call_host: CallHost, before: Cloud | None = None) -> tuple[str, ...]:
    """Make what `before` did not have; returns a warning for each that is not there."""
    have = {_key(one) for one in _all(before)} if before is not None else set()
    warnings = [
        f"{resource.origin}: `{resource.id}` is left out: its name is not known"
        for resource in cloud.resources.values()
        if resource.type in KINDS and isinstance(_name(resource), Unknown)
    ]
    for one in _all(cloud):
        if _key(one) not in have:
            why = await _make(one, _place(cloud), call_host)
            warnings += [f"{one.resource.origin}: `{one.resource.id}` is left out: {why}"] if why else []
    return tuple(warnings)


async def delete_resources(before: Cloud, after: Cloud, call_host: CallHost) -> None:
    """Delete what `after` has no more; one that is gone already is no fault."""
    kept = {_key(one) for one in _all(after)}
    for one in _all(before):
        if _key(one) not in kept and one.kind.delete is not None:
            place = _place(before)
            host = catalog.service(one.kind.service).host(place.region)
            await call_host(host, one.kind.delete(one.name, place))


async def _make(one: _Made, place: Place, call_host: CallHost) -> str:
    """Make one; returns why it was refused, or nothing."""
    host = catalog.service(one.kind.service).host(place.region)
    for request in one.kind.make(one.name, one.resource.properties, place):
        response = await call_host(host, request)
        if response.status >= 300:
            return response.body.decode(errors="replace")
    return ""


def _all(cloud: Cloud) -> Iterator[_Made]:
    """What the template has for the back ends, kind by kind: what others refer to comes first."""
    for type_, kind in KINDS.items():
        for resource in cloud.resources.values():
            name = _name(resource)
            if resource.type == type_ and isinstance(name, str):
                yield _Made(resource, kind, name)


def _name(resource: Resource) -> str | Unknown:
    kind = KINDS.get(resource.type)
    name = resource.properties.get(kind.name_property) if kind else None
    return name if isinstance(name, str | Unknown) else resource.id


def _key(one: _Made) -> tuple[str, str]:
    return one.resource.type, one.name


def _place(cloud: Cloud) -> Place:
    return Place(cloud.region, cloud.account_id)
