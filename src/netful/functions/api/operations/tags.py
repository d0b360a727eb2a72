"""ListTags, TagResource and UntagResource of functions."""

from __future__ import annotations

from netful.functions.api.protocol.context import Asked, Context, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import named
from netful.functions.api.protocol.refusals import invalid_parameter
from netful.functions.environments import changes
from netful.model.functions.function import Function


async def list_tags(context: Context, asked: Asked) -> Reply:
    """ListTags."""
    return document(200, {"Tags": _function(context, asked).tags})


async def tag_resource(context: Context, asked: Asked) -> Reply:
    """TagResource."""
    function = _function(context, asked)
    await changes.tag(context.service(), function.id, {**function.tags, **asked["Tags"]})
    return Reply(204)


async def untag_resource(context: Context, asked: Asked) -> Reply:
    """UntagResource."""
    function, gone = _function(context, asked), asked["TagKeys"]
    await changes.tag(
        context.service(), function.id, {key: value for key, value in function.tags.items() if key not in gone}
    )
    return Reply(204)


def _function(context: Context, asked: Asked) -> Function:
    if ":function:" not in asked["Resource"]:
        raise invalid_parameter(f"netful has tags of functions only: {asked['Resource']}")
    return named(context.service().cloud, asked["Resource"]).function


OPERATIONS: dict[str, Operation] = {
    "ListTags": list_tags,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
}
