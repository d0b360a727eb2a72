"""Writes of tags."""

from collections.abc import Callable

from netful.account.elbv2.reads import tagged
from netful.account.elbv2.view import View
from netful.account.elbv2.world import Asked, Change, changed
from netful.account.wire.errors import ApiError


def add_tags(view: View, asked: Asked) -> Change:
    """AddTags: a tag of the same key gets the new value."""
    wanted = {one["Key"]: one.get("Value", "") for one in asked["Tags"]}
    if len(wanted) < len(asked["Tags"]):
        raise ApiError("DuplicateTagKeys", "Tag keys must be unique")
    return _retagged(view, asked, lambda tags: {**tags, **wanted})


def remove_tags(view: View, asked: Asked) -> Change:
    """RemoveTags: a key that is not there is no error."""
    gone = {*asked["TagKeys"]}
    return _retagged(view, asked, lambda tags: {key: value for key, value in tags.items() if key not in gone})


def _retagged(view: View, asked: Asked, change: Callable[[dict[str, str]], dict[str, str]]) -> Change:
    edits = []
    for arn in asked["ResourceArns"]:
        name = tagged(view, arn)
        tags = change({tag["Key"]: tag["Value"] for tag in view.tags(name)})
        edits.append(changed(view, name, Tags=[{"Key": key, "Value": value} for key, value in tags.items()] or None))
    return Change(tuple(edits))


WRITES = {"AddTags": add_tags, "RemoveTags": remove_tags}
