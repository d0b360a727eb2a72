"""Edits of the account by API Gateway's API: applied to the draft of a site, with new ids and the times of creation."""

import secrets
import string
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.operation import Site
from netful.account.changes import Edit, Put, changed, marked
from netful.account.tags import listed
from netful.model.cloud import Cloud
from netful.model.core import Resource

_LETTERS = string.ascii_lowercase + string.digits
API_ID, PART_ID = 10, 6
_API = ("RestApiId", "ApiId")


def new_id(length: int = PART_ID) -> str:
    """Return a new id: ten letters for an API or a key, six for others. It begins with a letter, as names of hosts should."""
    return secrets.choice(string.ascii_lowercase) + "".join(secrets.choice(_LETTERS) for _ in range(length - 1))


def edit(site: Site, *edits: Edit) -> None:
    """Apply edits to the draft of a site. Raises SourceError where the readers refuse a resource."""
    resources = site.cloud.template.resources
    for one in edits:
        if isinstance(one, Put):
            site.note(one.resource.id, new=one.resource.id not in resources)
    site.cloud = changed(site.cloud, edits)


def resource(cloud: Cloud, id_: str) -> Resource:
    """Return the resource of a thing. Raises ApiError for a thing of an account that was only described."""
    found = cloud.template.resources.get(id_)
    if found is None:
        raise bad_request("an account that was only described cannot be changed")
    return found


def referring(cloud: Cloud, name: str, property_: str, *types: str) -> Iterator[Resource]:
    """Yield the resources of some types whose property names a thing, by its id at AWS or by its name."""
    return (one for one in cloud.template.of_type(*types) if named(cloud, one.properties.get(property_)) == name)


def named(cloud: Cloud, value: object) -> str:
    """Return the name in the cloud of what has an id; an unknown id is returned unchanged."""
    return cloud.names_by_id.get(str(value), str(value))


def parts_of(cloud: Cloud, api_id: str) -> list[Resource]:
    """Return the resources that belong to an API: its methods, routes, stages, deployments, and so on."""
    return [
        one
        for one in cloud.template.resources.values()
        if one.type.startswith("AWS::ApiGateway")
        and api_id in [named(cloud, one.properties.get(name)) for name in _API]
    ]


def rewritten(one: Resource, properties: Mapping[str, Any]) -> Put:
    """Return the edit that gives a resource other properties; None stands for none."""
    return Put(replace(one, properties=marked({name: it for name, it in properties.items() if it is not None})))


def is_newer(kind: str) -> bool:
    """Return whether a type is of HTTP and WebSocket APIs, whose tags are a map."""
    return kind.startswith("AWS::ApiGatewayV2::")


def tag_list(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties in which a map of tags is the list that CloudFormation has."""
    tags = properties.get("Tags")
    if not isinstance(tags, Mapping):
        return dict(properties)
    return {**properties, "Tags": listed(tags)}
