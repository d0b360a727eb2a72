"""Tags of things that operations name by their ARN."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from netful.account.changes import updated
from netful.account.query_api import Parameters
from netful.account.records.looks import Look, page
from netful.account.records.view import Kind, View
from netful.account.writing import Change, Write


def looks(kinds: Sequence[Kind], arn: str = "ResourceArn") -> Mapping[str, Look]:
    """Return the operation that lists the tags of things of some kinds; `arn` is the parameter."""
    return {"ListTagsForResource": partial(_list, kinds, arn)}


def writes(kinds: Sequence[Kind], arn: str = "ResourceArn") -> Mapping[str, Write[View]]:
    """Return the operations that change the tags of things of some kinds."""
    return {"TagResource": partial(_tag, kinds, arn), "UntagResource": partial(_untag, kinds, arn)}


def _list(kinds: Sequence[Kind], arn: str, view: View, asked: Parameters) -> Mapping[str, Any]:
    return page("Tags", asked, view.tags(view.with_arn(kinds, asked[arn])))


def _tag(kinds: Sequence[Kind], arn: str, view: View, asked: Parameters) -> Change[View]:
    resource = view.with_arn(kinds, asked[arn])
    tags = {tag["Key"]: tag for tag in (*view.tags(resource), *asked["Tags"])}
    return Change((updated(resource, Tags=[*tags.values()]),), lambda _after: {})


def _untag(kinds: Sequence[Kind], arn: str, view: View, asked: Parameters) -> Change[View]:
    resource = view.with_arn(kinds, asked[arn])
    kept = [tag for tag in view.tags(resource) if tag["Key"] not in asked["TagKeys"]]
    return Change((updated(resource, Tags=kept or None),), lambda _after: {})
