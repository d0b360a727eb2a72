"""ListTags, TagResource and UntagResource of functions."""

from netful.functions.api.protocol.context import Context, Operation, Request
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import named
from netful.functions.api.protocol.refusals import invalid_parameter
from netful.model.functions.function import Function


async def list_tags(context: Context, request: Request) -> Reply:
    """ListTags."""
    return document(200, {"Tags": _function(context, request).tags})


async def tag_resource(context: Context, request: Request) -> Reply:
    """TagResource."""
    function = _function(context, request)
    await context.service().updates.tag(function.id, {**function.tags, **request["Tags"]})
    return Reply(204)


async def untag_resource(context: Context, request: Request) -> Reply:
    """UntagResource."""
    function, gone = _function(context, request), request["TagKeys"]
    await context.service().updates.tag(
        function.id, {key: value for key, value in function.tags.items() if key not in gone}
    )
    return Reply(204)


def _function(context: Context, request: Request) -> Function:
    if ":function:" not in request["Resource"]:
        raise invalid_parameter(f"netful has tags of functions only: {request['Resource']}")
    return named(context.service().cloud, request["Resource"]).function


OPERATIONS: dict[str, Operation] = {"ListTags": list_tags, "TagResource": tag_resource, "UntagResource": untag_resource}
