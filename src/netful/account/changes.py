"""Changes of an account: its resources in CloudFormation's terms are added, replaced or removed, and a new cloud follows.

Theory: an account is a set of resources, each with a type and the properties that CloudFormation has for it. A template, a
script or a tool may have made it. An API's write is a few edits of that set. The typed model is read from it by the same
readers as a template's, so whatever they refuse, the API refuses, and the account can be written as a template again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from netful.account import concerned, public_addresses
from netful.account.lost_targets import with_black_holes
from netful.account.rollouts import carried
from netful.engine.apis import deployments
from netful.model.allocation import allocate, keep_addresses
from netful.model.cloud import Cloud, group_of
from netful.model.core import BY_CALL, Frozen, Identified, Resource
from netful.sources.cloudformation import READERS
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.parts import filled, needed
from netful.sources.readers import web_acls
from netful.sources.template.reading import Inventory
from netful.sources.understanding import judgement

_GROUPS = ("network", "names", "balancing")
"""The groups of parts that the resources decide."""

_OF_INSIGHTS = ("AWS::EC2::NetworkInsights", "Netful::NetworkInsights")
"""The beginnings of the types that nothing of the network follows from."""

_OF_FIREWALLS = "AWS::WAFv2::"
"""The beginning of the types that web ACLs follow from."""

_APIS, _OF_APIS = ("apis",), "AWS::ApiGateway"
"""The group whose things have calls of their own too, and the beginning of the types that it follows from."""

_VPC_LINK = "AWS::ApiGatewayV2::VpcLink"
"""The type of the APIs that has interfaces in the network."""


class Put(Frozen):
    """A resource that is there after the change, in place of one with the same id."""

    resource: Resource


class Remove(Frozen):
    """A resource that is gone after the change."""

    id: str


Edit = Put | Remove


def new(type_: str, id_: str, properties: Mapping[str, Any]) -> Put:
    """Return the edit that adds a resource."""
    return Put(Resource(id_, type_, marked(properties), origin=BY_CALL))


def removal(things: Iterable[Identified]) -> tuple[Edit, ...]:
    """Return the edits that remove things, by their ids."""
    return tuple(Remove(one.id) for one in things)


def updated(resource: Resource, **properties: Any) -> Put:
    """Return the edit that sets properties of a resource; None removes one."""
    kept = {**resource.properties, **properties}
    return Put(replace(resource, properties=marked({name: value for name, value in kept.items() if value is not None})))


def marked(value: Any) -> Any:
    """Return a value as the readers take it: mappings and lists that have a place, here none, and plain texts."""
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
    return value.value if isinstance(value, StrEnum) else value


def changed(cloud: Cloud, edits: Iterable[Edit], running: Cloud | None = None) -> Cloud:
    """Return the cloud after some edits of its resources; interfaces keep their addresses.

    `running` has the public addresses that stay, if another cloud runs. Raises SourceError where the readers refuse a
    resource.
    """
    resources = {**cloud.template.resources}
    edited: list[Resource] = []
    for edit in edits:
        id_ = edit.resource.id if isinstance(edit, Put) else edit.id
        edited += [resources[id_]] if id_ in resources else []
        if isinstance(edit, Put):
            resources[id_] = edit.resource
            edited.append(edit.resource)
        else:
            resources.pop(id_, None)
    fresh = cloud.having(resources=resources)
    unread = judgement.after_edits(cloud.template.unread, {one.id for one in edited}, resources, fresh.names_by_id)
    fresh = fresh if unread == cloud.template.unread else fresh.having(unread=unread)
    edited = [one for one in edited if not one.type.startswith(_OF_INSIGHTS)]
    of_apis = [one for one in edited if one.type.startswith(_OF_APIS)]
    of_firewalls = [one for one in edited if one.type.startswith(_OF_FIREWALLS)]
    if len(of_apis) + len(of_firewalls) < len(edited) or any(one.type == _VPC_LINK for one in of_apis):
        fresh = _with_network(fresh, cloud, running or cloud)
    if of_firewalls:
        fresh = _with_firewalls(fresh)
    return _with_apis(fresh, of_apis, {**cloud.names_by_id, **fresh.names_by_id}) if of_apis else fresh


def _with_network(cloud: Cloud, before: Cloud, running: Cloud) -> Cloud:
    """Return a cloud with the network that its resources decide."""
    resources = cloud.template.resources
    elastic = public_addresses.elastic_addresses(before, resources, running)
    first = public_addresses.first_unused(elastic.values(), before, running)
    inventory = Inventory(_readable(resources), cloud.region, cloud.account_id, elastic, first_public=first)
    fresh = public_addresses.kept_addresses(cloud.having(**_read(inventory, _GROUPS)), running, first)
    return with_black_holes(carried(keep_addresses(allocate(fresh), before), before), before)


def _with_firewalls(cloud: Cloud) -> Cloud:
    """Return a cloud with the web ACLs, and all that belongs to them, that its resources decide."""
    inventory = Inventory(_readable(cloud.template.resources), cloud.region, cloud.account_id)
    return cloud.having(**filled((inventory, web_acls.READERS)))


def _with_apis(cloud: Cloud, edited: list[Resource], ids: concerned.Ids) -> Cloud:
    """Return a cloud with the APIs, stages and so on that edited resources concern; deployments keep their snapshots."""
    resources, names = cloud.template.resources, concerned.names(edited, ids)
    elastic = {eip.id: str(eip.public_ip) for eip in cloud.network.elastic_ips.values()}
    others = concerned.left_out(resources.values(), _OF_APIS, names, ids)
    inventory = Inventory(_readable(resources), cloud.region, cloud.account_id, elastic, left_out=others)
    parts = {
        name: concerned.following(cloud.part(name), things, names) for name, things in _read(inventory, _APIS).items()
    }
    return deployments.carried(cloud.having(**parts), cloud)


def _read(inventory: Inventory, groups: tuple[str, ...]) -> dict[str, Mapping[str, Any]]:
    """Return the parts of some groups, as the readers of templates fill them."""
    found = filled((inventory, needed(READERS, [name for name, group in group_of().items() if group in groups])))
    return {name: things for name, things in found.items() if group_of()[name] in groups}


def _readable(resources: Mapping[str, Resource]) -> dict[str, Resource]:
    """Return resources as the readers take them; those that calls of Lambda's API made have plain properties."""
    return {
        id_: one if isinstance(one.properties, MarkedMap) else replace(one, properties=marked(one.properties))
        for id_, one in resources.items()
    }
