"""Writes of tags. What has no resource, such as a default group or an instance's own interface, has its tags in a resource of ours."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netful.account.changes import Edit, Remove, new, updated
from netful.account.ec2.kinds import kind_of_id
from netful.account.ec2.view import TAGS
from netful.account.ec2.world import Change, World, refuse_reserved
from netful.account.operations.query_api import Parameters
from netful.account.tags import retagged, texts
from netful.account.wire.errors import ApiError


def create_tags(world: World, asked: Parameters) -> Change:
    """CreateTags: a tag of the same key gets the new value."""
    wanted = asked["Tags"]
    refuse_reserved(map(_key, wanted))
    tags = ((name, retagged(world.written_tags(name), wanted, ())) for name in _names(world, asked))
    return Change(tuple(edit for name, own in tags for edit in tagged(world, name, own)))


def delete_tags(world: World, asked: Parameters) -> Change:
    """DeleteTags: with a value, only where the tag has it; without tags, all of them."""
    gone = {_key(tag): tag.get("Value") for tag in asked.get("Tags") or ()}
    edits: list[Edit] = []
    for name in _names(world, asked):
        before = world.written_tags(name)
        known = texts(before)
        keys = [key for key, value in gone.items() if value is None or value == known.get(key)]
        edits += tagged(world, name, retagged(before, (), keys) if gone else ())
    return Change(tuple(edits))


def _key(tag: Mapping[str, str]) -> str:
    if "Key" not in tag:
        raise ApiError("MissingParameter", "The request must contain the parameter Key of each tag")
    return tag["Key"]


def _names(world: World, asked: Parameters) -> Iterator[str]:
    """Yield the names of the resources of a request. Raises ApiError for one that does not exist."""
    for aws_id in asked["Resources"]:
        name = world.name(aws_id)
        if world.resource(name) is None and not world.has(aws_id):
            kind = kind_of_id(aws_id)
            raise kind.missing(aws_id) if kind else ApiError("InvalidID", f"The ID '{aws_id}' is not valid")
        yield name


def tagged(world: World, name: str, tags: Sequence[Mapping[str, Any]]) -> Iterator[Edit]:
    """Yield the edits that give a thing these tags and no others."""
    resource, own = world.resource(name), f"{name}.tags"
    if resource is not None:
        yield updated(resource, Tags=[*tags] or None)
    elif tags:
        yield new(TAGS, own, {"ResourceId": name, "Tags": [*tags]})
    elif world.resource(own) is not None:
        yield Remove(own)


WRITES = {"CreateTags": create_tags, "DeleteTags": delete_tags}
