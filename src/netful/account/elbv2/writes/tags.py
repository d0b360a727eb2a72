"""Writes of tags."""

from netful.account.elbv2.reads import tagged
from netful.account.elbv2.view import View
from netful.account.elbv2.world import Asked, Change, changed
from netful.account.tags import retagged
from netful.account.wire.errors import ApiError


def add_tags(view: View, asked: Asked) -> Change:
    """AddTags: a tag of the same key gets the new value."""
    if len({one["Key"] for one in asked["Tags"]}) < len(asked["Tags"]):
        raise ApiError("DuplicateTagKeys", "Tag keys must be unique")
    return _retag(view, asked)


def _retag(view: View, asked: Asked) -> Change:
    """RemoveTags: a key that is not there is not an error."""
    names = [tagged(view, arn) for arn in asked["ResourceArns"]]
    tags = ((name, retagged(view.ec2.written_tags(name), asked.get("Tags"), asked.get("TagKeys"))) for name in names)
    return Change(tuple(changed(view, name, Tags=own or None) for name, own in tags))


WRITES = {"AddTags": add_tags, "RemoveTags": _retag}
