"""Queues, topics, tables, buckets, streams, secrets and more of the template, made as a deployment would make them.

They exist before the first function runs, and follow a change of the template. New ones are made, changed ones are updated in
place and keep their content. Those that the template no longer has are deleted with their content.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias, cast

from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, Unknown, known_parts
from netful.model.names import service_names
from netful.services.deploy.bucket_notifications import permitted_buckets
from netful.services.deploy.database_secrets import attached_secrets, managed_secrets
from netful.services.deploy.dynamic_references import as_texts, with_values
from netful.services.deploy.kinds.part import changes, first, removals
from netful.services.deploy.kinds.resource_kind import (
    LATER,
    REF,
    Kind,
    NotKnownError,
    Place,
    Properties,
    Wanted,
)
from netful.services.deploy.kinds.resource_kinds import KINDS
from netful.services.deploy.left_out import LeftOut, message
from netful.services.http.backend_requests import CallHost
from netful.services.http.message import Request

# Errors of services for a resource that already exists.
_THERE = (
    b"ResourceInUseException", b"BucketAlreadyOwnedByYou", b"ResourceExistsException", b"ResourceAlreadyExists",
    b"EntityAlreadyExists", b"ConflictException", b"StateMachineAlreadyExists",
)  # fmt: skip
_Key: TypeAlias = tuple[str, ...]
"""Type and name of a resource, and its region where that is not the stack's own."""

_REFERENCES = "netful:References"  # a member that no type has as a property


class _Made(Frozen):
    """A resource of the template, with its kind, its name in the back ends, and the place of its stack."""

    resource: Resource
    kind: Kind
    name: str
    stack: Place

    @property
    def place(self) -> Place:
        """The place of the resource."""
        return Place(self.resource.region or self.stack.region, self.stack.account_id)

    @property
    def key(self) -> _Key:
        """Type and name, and the region of a resource in another one."""
        elsewhere = () if self.place == self.stack else (self.place.region,)
        return self.resource.type, self.name, *elsewhere

    @property
    def content(self) -> str:
        """The properties as JSON where an update depends on those before it, with a digest beside references; else the digest alone."""
        if not self.kind.has_parts:
            return self.digest
        written = self.resource.properties
        digest = {} if as_texts(written) is written else {_REFERENCES: self.digest}
        return json.dumps({**known_parts(written), **digest})

    @property
    def digest(self) -> str:
        """A digest of the properties and of their references. Where the kind had no parts yet, it is what is kept."""
        written = json.dumps(known_parts(as_texts(self.resource.properties)))
        return hashlib.sha256(written.encode()).hexdigest()

    async def wanted(self, cloud: Cloud, call_host: CallHost) -> Wanted:
        """Return the resource as its kind makes it, with the values of its references."""
        return Wanted(self.name, await with_values(self.resource.properties, cloud, call_host), self.place)

    def left_out(self, why: str) -> LeftOut:
        """Return the warning that the resource is left out."""
        return LeftOut(self.resource.id, f"`{self.resource.id}` is", why, self.resource.origin)


def resources_of(cloud: Cloud, opened: Collection[str]) -> tuple[_Key, ...]:
    """Return the type and name of each resource that the back ends hold; `opened` are services that were called."""
    return tuple(one.key for one in _all(cloud, opened))


def contents_of(cloud: Cloud, opened: Collection[str]) -> dict[str, str]:
    """Return the content of each resource that the back ends hold, by its type and name."""
    return {" ".join(one.key): one.content for one in _all(cloud, opened)}


def unnamed_resources(cloud: Cloud) -> list[str]:
    """Return the ids of the resources of the back ends whose name is not known."""
    return [one.id for one, _ in _unnamed(cloud)]


def _unnamed(cloud: Cloud) -> Iterator[tuple[Resource, Unknown]]:
    for one in cloud.template.resources.values():
        if one.type in KINDS and isinstance(name := _name(cloud, one), Unknown):
            yield one, name


async def make_resources(
    cloud: Cloud,
    call_host: CallHost,
    have: frozenset[_Key],
    contents: Mapping[str, str],
    opened: Collection[str],
    *,
    again: bool,
    imported: Collection[str] = (),
) -> dict[_Key, LeftOut]:
    """Make the resources that are not in `have`, and update those whose properties differ from `contents`.

    First the resources themselves, then their parts, which may name any other one. Return a warning for each that is
    missing or not updated, by its type and name. With `again`, a resource that already exists is not an error.
    Those that are `imported`, by their ids, stay as they are.
    """
    warnings: dict[_Key, LeftOut] = {
        (one.type, one.id): LeftOut(one.id, f"`{one.id}` is", f"its name is not known: {name.why}", one.origin)
        for one, name in _unnamed(cloud)
    }
    place, there = Place(cloud.region, cloud.account_id), _THERE if again else ()
    own = (one for one in _all(cloud, opened) if one.resource.id not in imported)
    changed = [one for one in own if one.key not in have or _differs(one, contents)]
    for one in changed:
        make = one.kind.update if one.key in have else one.kind.make
        wanted = await one.wanted(cloud, call_host)
        why = await _ask(one.kind, partial(make, wanted), one.place, call_host, there)
        if why:
            warnings[one.key] = one.left_out(why)
    for one in changed:
        if one.key in warnings or not one.kind.has_parts:
            continue
        try:
            after = [*one.kind.parts(await one.wanted(cloud, call_host))]
        except NotKnownError as problem:
            warnings[one.key] = one.left_out(str(problem))
            continue
        before = one.kind.parts(Wanted(one.name, _before(one.key, contents), one.place))
        requests = partial(changes, before, after) if one.key in have else partial(first, after)
        why = await _ask(one.kind, requests, one.place, call_host, there)
        if why:
            warnings[one.key] = one.left_out(why)
            if one.key not in have:
                await _delete([one.key], {" ".join(one.key): one.content}, place, call_host)
    return warnings


def _differs(one: _Made, contents: Mapping[str, str]) -> bool:
    content = one.content
    return contents.get(" ".join(one.key), content) not in (content, one.digest)


def _before(key: _Key, contents: Mapping[str, str]) -> Properties:
    """Return the properties that a resource was made from; none where only a digest is kept."""
    content = contents.get(" ".join(key), "")
    return cast("Properties", json.loads(content)) if content.startswith("{") else {}


async def delete_resources(
    gone: Iterable[_Key], contents: Mapping[str, str], place: Place, call_host: CallHost
) -> None:
    """Delete resources of a stack at a place, each by its key; ignore those that no longer exist. The last one made goes first."""
    await _delete([key for key in reversed([*gone]) if key[0] in KINDS], contents, place, call_host)


async def _delete(gone: Iterable[_Key], contents: Mapping[str, str], place: Place, call_host: CallHost) -> None:
    found = [
        (
            KINDS[key[0]],
            Wanted(key[1], _before(key, contents), Place("".join(key[2:]) or place.region, place.account_id)),
        )
        for key in gone
    ]
    for kind, one in found:
        for request in removals(kind.parts(one)):
            await call_host(_host(kind, one.place), request)
    for kind, one in found:
        for request in kind.delete(one):
            await call_host(_host(kind, one.place), request)


async def _ask(
    kind: Kind, requests: Callable[[], Iterable[Request]], place: Place, call_host: CallHost, there: tuple[bytes, ...]
) -> str:
    """Send the requests for one resource; return the reason of a rejection, or "". Errors in `there` are ignored."""
    try:
        for request in requests():
            response = await call_host(_host(kind, place), request)
            if response.status >= 300 and not any(code in response.body for code in there):
                return message(response)
    except NotKnownError as problem:
        return str(problem)
    return ""


def _host(kind: Kind, place: Place) -> str:
    return service_names.service(kind.service).host(place.region)


def _all(cloud: Cloud, opened: Collection[str]) -> tuple[_Made, ...]:
    """Return the template's resources for the back ends, kind by kind; those that others refer to come first."""
    by_id = {one.resource.id: one for one in _by_kind(cloud, opened)}
    order: TopologicalSorter[str] = TopologicalSorter()
    for id_, one in by_id.items():
        order.add(id_, *(other for other in (*one.resource.references, *one.resource.depends_on) if other in by_id))
    try:
        return tuple(by_id[id_] for id_ in order.static_order())
    except CycleError:  # CloudFormation refuses it; the order of the kinds serves
        return tuple(by_id.values())


def _by_kind(cloud: Cloud, opened: Collection[str]) -> Iterator[_Made]:
    resources = {one.id: one for one in (*cloud.template.resources.values(), *managed_secrets(cloud))}
    resources |= {one.id: one for one in (*attached_secrets(cloud), *permitted_buckets(cloud))}
    stack = Place(cloud.region, cloud.account_id)
    for type_, kind in KINDS.items():
        if kind.service in LATER and kind.service not in opened:
            continue
        for resource in resources.values():
            name = _name(cloud, resource)
            if resource.type == type_ and isinstance(name, str):
                yield _Made(resource, kind, name, stack)


def _name(cloud: Cloud, resource: Resource) -> str | Unknown:
    kind = KINDS.get(resource.type)
    if kind and kind.name_property == REF:
        return resource.ref
    name = resource.properties.get(kind.name_property) if kind else None
    name = name if isinstance(name, str | Unknown) else cloud.aws_id(resource.id)
    if not kind or not kind.group_property or isinstance(name, Unknown):
        return name
    group = resource.properties.get(kind.group_property, "default")
    return group if isinstance(group, Unknown) else f"{group}/{name}"
