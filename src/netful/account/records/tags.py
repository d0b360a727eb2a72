"""Tags of things that operations name by their ARN."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from netful.account.changes import updated
from netful.account.operations.query_api import Parameters
from netful.account.records.looks import Look, page
from netful.account.records.view import Kind, View
from netful.account.writing import Change, Write


def looks(kinds: Sequence[Kind], arn: str = "ResourceArn") -> Mapping[str, Look]:
    """Return the operation that lists the tags of things of some kinds; `arn` is the parameter."""
    return {"ListTagsForResource": partial(_list, kinds, arn)}


def writes(kinds: Sequence[Kind], arn: str = "ResourceArn") -> Mapping[str, Write[View]]:
    """Return the operations that change the tags of things of some kinds."""
    return dict.fromkeys(("TagResource", "UntagResource"), partial(_tag, kinds, arn))


def retagged(
    before: Iterable[Mapping[str, Any]], added: Iterable[Mapping[str, Any]] | None, gone: Iterable[str] | None
) -> list[dict[str, str]]:
    """Return tags without those of some keys, and with others: one of the same key gets the new value."""
    left = {*(gone or ())}
    tags = {one["Key"]: one.get("Value", "") for one in before if one["Key"] not in left}
    tags |= {one.get("Key", ""): one.get("Value", "") for one in added or ()}
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _list(kinds: Sequence[Kind], arn: str, view: View, asked: Parameters) -> Mapping[str, Any]:
    return page("Tags", asked, view.tags(view.with_arn(kinds, asked[arn])))


def _tag(kinds: Sequence[Kind], arn: str, view: View, asked: Parameters) -> Change[View]:
    resource = view.with_arn(kinds, asked[arn])
    listed = retagged(view.tags(resource), asked.get("Tags"), asked.get("TagKeys"))
    return Change((updated(resource, Tags=listed or None),), lambda _after: {})
