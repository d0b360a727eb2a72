"""Tags of things that operations name by their ARN."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from netful.account.operations.query_api import Parameters
from netful.account.records.looks import Look, page
from netful.account.records.view import Kind, View
from netful.account.writing import Write, retagging


def looks(kinds: Sequence[Kind], arn: str = "ResourceArn") -> Mapping[str, Look]:
    """Return the operation that lists the tags of things of some kinds; `arn` is the parameter."""
    return {"ListTagsForResource": partial(_list, kinds, arn)}


def writes(kinds: Sequence[Kind], arn: str = "ResourceArn") -> Mapping[str, Write[View]]:
    """Return the operations that change the tags of things of some kinds."""
    write: Write[View] = retagging(lambda view, asked: view.with_arn(kinds, asked[arn]))
    return dict.fromkeys(("TagResource", "UntagResource"), write)


def _list(kinds: Sequence[Kind], arn: str, view: View, asked: Parameters) -> Mapping[str, Any]:
    return page("Tags", asked, view.tags(view.with_arn(kinds, asked[arn])))
