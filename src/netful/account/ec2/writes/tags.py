"""Writes of tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netful.account.changes import updated
from netful.account.ec2.world import Change, World
from netful.account.wire.errors import ApiError
from netful.model.core.resource import Resource


def create_tags(world: World, asked: Mapping[str, Any]) -> Change:
    """CreateTags: a tag of the same key gets the new value."""
    wanted = {str(tag["Key"]): str(tag.get("Value", "")) for tag in asked.get("Tags") or ()}
    return Change(tuple(updated(one, Tags=_listed({**_tags(one), **wanted})) for one in _resources(world, asked)))


def delete_tags(world: World, asked: Mapping[str, Any]) -> Change:
    """DeleteTags: with a value, only where the tag has it; without tags, all of them."""
    gone = {str(tag["Key"]): tag.get("Value") for tag in asked.get("Tags") or ()}

    def kept(tags: Mapping[str, str]) -> dict[str, str]:
        return {k: v for k, v in tags.items() if gone and (k not in gone or gone[k] not in (None, v))}

    return Change(tuple(updated(one, Tags=_listed(kept(_tags(one)))) for one in _resources(world, asked)))


def _resources(world: World, asked: Mapping[str, Any]) -> list[Resource]:
    found = []
    for aws_id in asked.get("Resources") or ():
        resource = world.resource(world.name(aws_id))
        if resource is None and not world.view.has(aws_id):
            raise ApiError("InvalidID", f"The ID '{aws_id}' is not valid")
        found += [resource] if resource is not None else []
    return found


def _tags(resource: Resource) -> dict[str, str]:
    tags = resource.properties.get("Tags")
    return {str(tag["Key"]): str(tag["Value"]) for tag in tags} if isinstance(tags, list) else {}


def _listed(tags: Mapping[str, str]) -> list[Mapping[str, str]] | None:
    return [{"Key": key, "Value": value} for key, value in tags.items()] or None


WRITES = {"CreateTags": create_tags, "DeleteTags": delete_tags}
