"""The account as requests name it: look-ups that fail in AWS's words, the edits of writes, new ids."""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from netful.account import reading, writing
from netful.account.changes import Edit, Put, new, updated
from netful.account.ec2.kinds import KIND
from netful.account.ec2.view import View
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value, missing_parameter
from netful.model.core import Resource

_DIGITS = 17


class World(View):
    """A view that finds the things that requests name."""

    def existing(self, asked: Parameters, parameter: str, kind_id: str = "") -> str:
        """Return the name of the thing that a parameter names. Raises ApiError if it does not exist."""
        aws_id = asked.get(parameter)
        if aws_id is None:
            raise missing_parameter(parameter)
        return self.named(kind_id or parameter, aws_id)

    def named(self, kind_id: str, aws_id: str) -> str:
        """Return the name of the thing with an id; `kind_id` is its kind's id member. Raises ApiError if it does not exist."""
        kind, known = KIND[kind_id], self.id(aws_id)
        if not any(self.id(one.id) == known for one in kind.every(self)):
            raise kind.missing(known)
        return self.name(known)

    def record(self, kind_id: str, name: str) -> Mapping[str, Any]:
        """Return the record of a thing, as its describe operation does."""
        kind, aws_id = KIND[kind_id], self.id(name)
        return next(kind.of(self, one) for one in kind.every(self) if self.id(one.id) == aws_id)

    def properties(self, resource: Resource) -> dict[str, Any]:
        """Return the properties of a resource, with names in place of ids."""
        return {
            key: self.name(value) if isinstance(value, str) else value for key, value in resource.properties.items()
        }

    def set(self, name: str, **properties: Any) -> tuple[Edit, ...]:
        """Return the edit that sets properties of a thing that has a resource."""
        resource = self.resource(name)
        return (updated(resource, **properties),) if resource is not None else ()


Look = reading.Look[World]
Write = writing.Write[World]
Change = writing.Change[World]
"""Effect of a write of EC2."""


def new_id(prefix: str) -> str:
    """Return a new id of EC2's form."""
    return f"{prefix}-{secrets.token_hex(9)[:_DIGITS]}"


def created(
    kind_id: str,
    prefix: str,
    type_: str,
    asked: Parameters,
    properties: Mapping[str, Any],
    *,
    tagged_too: Collection[str] = (),
) -> tuple[str, Put]:
    """Return the id of a new thing, and the edit that adds it with the tags that the request has for its kind.

    `tagged_too` are the types of other things that the operation makes, and that a request may have tags for.
    """
    id_ = new_id(prefix)
    type_of_tags = KIND[kind_id].resource_type
    others = [one.get("ResourceType") for one in asked.get("TagSpecifications") or ()]
    for other in others:
        if other not in (type_of_tags, *tagged_too):
            raise invalid_value(f"'{other}' is not a valid taggable resource type for this operation.")
    tags = tags_of(asked, type_of_tags)
    given = {name: value for name, value in properties.items() if value is not None}
    return id_, new(type_, id_, {**given, "Tags": tags} if tags else given)


def recorded(kind_id: str, name: str, member: str = "") -> Callable[[World], Mapping[str, Any]]:
    """Return the answer that has the record of a thing after the change, in the member named after its kind."""
    return lambda world: {member or kind_id.removesuffix("Id"): world.record(kind_id, name)}


def addition(
    kind_id: str, prefix: str, type_: str, asked: Parameters, properties: Mapping[str, Any], member: str = ""
) -> Change:
    """Return the change that adds a thing and answers with its record."""
    id_, put = created(kind_id, prefix, type_, asked, properties)
    return Change((put,), recorded(kind_id, id_, member))


def has_dependencies(noun: str, aws_id: object) -> ApiError:
    """Return the error for the deletion of what other things need."""
    return ApiError("DependencyViolation", f"The {noun} '{aws_id}' has dependencies and cannot be deleted.")


def missing_association(aws_id: object) -> ApiError:
    """Return the error for an association that does not exist."""
    return ApiError("InvalidAssociationID.NotFound", f"The association ID '{aws_id}' does not exist")


def tags_of(asked: Parameters, resource_type: str) -> list[Mapping[str, str]]:
    """Return the tags that a request has for things of a type, such as `network-interface`. Raises ApiError for a key twice."""
    tags: list[Mapping[str, str]] = [
        {"Key": str(tag["Key"]), "Value": str(tag.get("Value", ""))}
        for specification in asked.get("TagSpecifications") or ()
        if specification.get("ResourceType") == resource_type
        for tag in specification.get("Tags") or ()
    ]
    keys = [tag["Key"] for tag in tags]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise invalid_value(f"Duplicate tag key '{twice}' specified.")
    refuse_reserved(keys)
    return tags


def refuse_reserved(keys: Iterable[str]) -> None:
    """Raise ApiError for a key of a tag that AWS alone sets."""
    if any(key.startswith("aws:") for key in keys):
        raise invalid_value("Tag keys starting with 'aws:' are reserved for internal use")
