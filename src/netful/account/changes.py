"""Changes of an account: its resources in CloudFormation's terms are added, replaced or removed, and a new cloud follows.

Theory: an account is a set of resources, each with a type and the properties that CloudFormation has for it. A template, a
script or a tool may have made it. An API's write is a few edits of that set. The typed model is read from it by the same
readers as a template's, so whatever they refuse, the API refuses, and the account can be written as a template again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from netful.account import public_addresses
from netful.account.merging import merged
from netful.engine.apis import deployments
from netful.model.allocation import allocate, keep_addresses
from netful.model.cloud import Cloud, group_of
from netful.model.core.origin import Origin
from netful.model.core.resource import Resource
from netful.sources.cloudformation import READERS
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.parts import filled
from netful.sources.template.reading import Inventory

_GROUPS = ("network", "names", "balancing")
"""The groups of parts that the resources decide."""

_MERGED = ("apis",)
"""The groups whose things the resources decide until a call of another kind changes them: a stage, a key, a deployment."""

BY_CALL = Origin("API call")
"""The origin of what an API call made."""


@dataclass(frozen=True, slots=True)
class Put:
    """A resource that is there after the change, in place of one with the same id."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class Remove:
    """A resource that is gone after the change."""

    id: str


Edit = Put | Remove


def new(type_: str, id_: str, properties: Mapping[str, Any]) -> Put:
    """Return the edit that adds a resource."""
    return Put(Resource(id_, type_, marked(properties), origin=BY_CALL))


def updated(resource: Resource, **properties: Any) -> Put:
    """Return the edit that sets properties of a resource; None removes one."""
    kept = {**resource.properties, **properties}
    return Put(replace(resource, properties=marked({name: value for name, value in kept.items() if value is not None})))


def marked(value: Any) -> Any:
    """Return a value as the readers take it: mappings and lists that have a place, here none."""
    if isinstance(value, Mapping):
        found = MarkedMap()
        for key, inner in value.items():
            found.put(key, marked(inner))
        return found
    if isinstance(value, list | tuple):
        items = MarkedList()
        for inner in value:
            items.put(marked(inner))
        return items
    return value


def changed(cloud: Cloud, edits: Iterable[Edit], running: Cloud | None = None) -> Cloud:
    """Return the cloud after some edits of its resources; interfaces keep their addresses.

    `running` has the public addresses that stay, if another cloud runs. Raises SourceError where the readers refuse a
    resource.
    """
    running = running or cloud
    resources = {**cloud.template.resources}
    for edit in edits:
        if isinstance(edit, Put):
            resources[edit.resource.id] = edit.resource
        else:
            resources.pop(edit.id, None)
    elastic = public_addresses.elastic_addresses(cloud, resources, running)
    first = public_addresses.first_unused(elastic.values(), cloud, running)
    read, earlier = (_read(cloud, one, elastic, first) for one in (resources, cloud.template.resources))
    by_group = {name: group_of()[name] for name, _ in cloud.parts() if name in read}
    parts = {name: read[name] for name, group in by_group.items() if group in _GROUPS}
    for name in (name for name, group in by_group.items() if group in _MERGED):
        parts[name] = merged(earlier[name], cloud.part(name), read[name])
    fresh = public_addresses.kept_addresses(cloud.having(**parts, resources=resources), running, first)
    return keep_addresses(allocate(deployments.carried(fresh, cloud)), cloud)


def _read(
    cloud: Cloud, resources: Mapping[str, Resource], elastic: Mapping[str, str], first_public: int
) -> Mapping[str, Mapping[str, Any]]:
    readable = {id_: _readable(one) for id_, one in resources.items()}
    inventory = Inventory(readable, cloud.region, cloud.account_id, elastic, first_public=first_public)
    return filled((inventory, READERS))


def _readable(resource: Resource) -> Resource:
    """Return a resource as the readers take it; those that calls of Lambda's API made have plain properties."""
    if isinstance(resource.properties, MarkedMap):
        return resource
    return replace(resource, properties=marked(resource.properties))
