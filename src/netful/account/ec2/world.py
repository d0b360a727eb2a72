"""The account as a write of EC2's API sees it: names and ids, look-ups that fail in AWS's words, new ids."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from netful.account import writing
from netful.account.changes import Edit, Put, Remove, new, updated
from netful.account.ec2.kinds import KINDS, Kind
from netful.account.ec2.view import View
from netful.account.wire.errors import ApiError
from netful.model.cloud import Cloud
from netful.model.core.frozen import Frozen
from netful.model.core.resource import Resource

_KIND = {kind.id: kind for kind in KINDS if kind.ids}
_DIGITS = 17


Change = writing.Change[View]
"""Effect of a write of EC2."""


def record(view: View, kind_id: str, aws_id: str) -> Mapping[str, Any]:
    """Return the record of a thing, as its describe operation does; `kind_id` is its kind's id member (`VpcId`)."""
    kind = _KIND[kind_id]
    return next(one for one in kind.records(view) if one[kind.id] == aws_id)


class World(Frozen):
    """A cloud and its view."""

    cloud: Cloud
    view: View

    def name(self, aws_id: object) -> str:
        """Return the name in the cloud of what has an id; an unknown id stands for itself."""
        return self.view.names.get(str(aws_id), str(aws_id))

    def existing(self, asked: Mapping[str, Any], parameter: str, kind_id: str = "") -> str:
        """Return the name of the thing that a parameter names. Raises ApiError if it does not exist."""
        aws_id = asked.get(parameter)
        if aws_id is None:
            raise ApiError("MissingParameter", f"The request must contain the parameter {parameter}")
        return self.named(kind_id or parameter, aws_id)

    def named(self, kind_id: str, aws_id: str) -> str:
        """Return the name of the thing with an id. Raises ApiError if it does not exist."""
        kind, aws_id = _KIND[kind_id], self.view.aws_ids.get(aws_id, aws_id)
        if not any(one[kind.id] == aws_id for one in kind.records(self.view)):
            code, text = kind.not_found
            raise ApiError(code, text.format(aws_id))
        return self.name(aws_id)

    def resource(self, name: str) -> Resource | None:
        """Return the resource of a name; what AWS makes by itself, such as a default group, has none."""
        return self.cloud.template.resources.get(name)

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of some types."""
        return (one for one in self.cloud.template.resources.values() if one.type in types)

    def referring(self, property_: str, name: str, *types: str) -> list[Resource]:
        """Return the resources of some types whose property names a thing."""
        return [one for one in self.of_type(*types) if self.name(one.properties.get(property_)) == name]

    def properties(self, resource: Resource) -> dict[str, Any]:
        """Return the properties of a resource, with names in place of ids."""
        return {
            key: self.name(value) if isinstance(value, str) else value for key, value in resource.properties.items()
        }

    def set(self, name: str, **properties: Any) -> tuple[Edit, ...]:
        """Return the edit that sets properties of a thing that has a resource."""
        resource = self.resource(name)
        return (updated(resource, **properties),) if resource is not None else ()


def removal(resources: Iterable[Resource]) -> tuple[Edit, ...]:
    """Return the edits that remove some resources."""
    return tuple(Remove(one.id) for one in resources)


def new_id(prefix: str) -> str:
    """Return a new id of EC2's form."""
    return f"{prefix}-{secrets.token_hex(9)[:_DIGITS]}"


def created(
    kind_id: str, prefix: str, type_: str, asked: Mapping[str, Any], properties: Mapping[str, Any]
) -> tuple[str, Put]:
    """Return the id of a new thing, and the edit that adds it with the tags that the request has for its kind."""
    id_ = new_id(prefix)
    tags = tags_of(asked, _KIND[kind_id])
    given = {name: value for name, value in properties.items() if value is not None}
    return id_, new(type_, id_, {**given, "Tags": tags} if tags else given)


def recorded(kind_id: str, aws_id: str, member: str = "") -> Callable[[View], Mapping[str, Any]]:
    """Return the answer that has the record of a thing after the change, in the member named after its kind."""
    return lambda view: {member or kind_id.removesuffix("Id"): record(view, kind_id, aws_id)}


def addition(
    kind_id: str, prefix: str, type_: str, asked: Mapping[str, Any], properties: Mapping[str, Any], member: str = ""
) -> Change:
    """Return the change that adds a thing and answers with its record."""
    id_, put = created(kind_id, prefix, type_, asked, properties)
    return Change((put,), recorded(kind_id, id_, member))


def has_dependencies(noun: str, aws_id: object) -> ApiError:
    """Return the error for the deletion of what other things need."""
    return ApiError("DependencyViolation", f"The {noun} '{aws_id}' has dependencies and cannot be deleted.")


def tags_of(asked: Mapping[str, Any], kind: Kind) -> list[Mapping[str, str]]:
    """Return the tags that a request has for a kind of things."""
    return tags_of_type(asked, kind.resource_type)


def tags_of_type(asked: Mapping[str, Any], resource_type: str) -> list[Mapping[str, str]]:
    """Return the tags that a request has for things of a type, such as `network-interface`."""
    return [
        {"Key": str(tag["Key"]), "Value": str(tag.get("Value", ""))}
        for specification in asked.get("TagSpecifications") or ()
        if specification.get("ResourceType") == resource_type
        for tag in specification.get("Tags") or ()
    ]
