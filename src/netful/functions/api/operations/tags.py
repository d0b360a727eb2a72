"""ListTags, TagResource and UntagResource of functions."""

from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import named
from netful.functions.api.protocol.refusals import invalid_parameter
from netful.model.functions.function import Function


async def _list_tags(call: Call) -> Reply:
    return document(200, {"Tags": _function(call).tags})


async def _tag_resource(call: Call) -> Reply:
    function = _function(call)
    await call.service.updates.tag(function.id, {**function.tags, **call.request["Tags"]})
    return Reply(204)


async def _untag_resource(call: Call) -> Reply:
    function, gone = _function(call), call.request["TagKeys"]
    await call.service.updates.tag(function.id, {key: value for key, value in function.tags.items() if key not in gone})
    return Reply(204)


def _function(call: Call) -> Function:
    if ":function:" not in call.request["Resource"]:
        raise invalid_parameter(f"netful has tags of functions only: {call.request['Resource']}")
    return named(call.cloud, call.request["Resource"]).function


OPERATIONS: dict[str, Operation] = {
    "ListTags": _list_tags,
    "TagResource": _tag_resource,
    "UntagResource": _untag_resource,
}
