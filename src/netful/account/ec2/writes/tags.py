"""Writes of tags. What has no resource, such as a default group or an instance's own interface, has its tags in a resource of ours."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from netful.account.changes import Edit, Remove, new, updated
from netful.account.ec2.view import TAGS
from netful.account.ec2.world import Change, World
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError

Tags = Mapping[str, str]


def create_tags(world: World, asked: Parameters) -> Change:
    """CreateTags: a tag of the same key gets the new value."""
    wanted = {str(tag["Key"]): str(tag.get("Value", "")) for tag in asked.get("Tags") or ()}
    if any(key.startswith("aws:") for key in wanted):
        raise ApiError("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
    return _changed(world, asked, lambda tags: {**tags, **wanted})


def delete_tags(world: World, asked: Parameters) -> Change:
    """DeleteTags: with a value, only where the tag has it; without tags, all of them."""
    gone = {str(tag["Key"]): tag.get("Value") for tag in asked.get("Tags") or ()}

    def kept(tags: Tags) -> Tags:
        return {k: v for k, v in tags.items() if gone and (k not in gone or gone[k] not in (None, v))}

    return _changed(world, asked, kept)


def _changed(world: World, asked: Parameters, change: Callable[[Tags], Tags]) -> Change:
    edits: list[Edit] = []
    for aws_id in asked.get("Resources") or ():
        name = world.name(aws_id)
        if world.resource(name) is None and not world.has(aws_id):
            raise ApiError("InvalidID", f"The ID '{aws_id}' is not valid")
        tags = {tag["Key"]: tag["Value"] for tag in world.tags(name)}
        edits += tagged(world, name, [{"Key": key, "Value": value} for key, value in change(tags).items()])
    return Change(tuple(edits))


def tagged(world: World, name: str, tags: Sequence[Tags]) -> Iterator[Edit]:
    """Yield the edits that give a thing these tags and no others."""
    resource, own = world.resource(name), f"{name}.tags"
    if resource is not None:
        yield updated(resource, Tags=[*tags] or None)
    elif tags:
        yield new(TAGS, own, {"ResourceId": name, "Tags": [*tags]})
    elif world.resource(own) is not None:
        yield Remove(own)


WRITES = {"CreateTags": create_tags, "DeleteTags": delete_tags}
