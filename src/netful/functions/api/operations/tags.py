"""ListTags, TagResource and UntagResource of functions and event source mappings."""

from collections.abc import Mapping
from dataclasses import replace

from netful.functions.api.operations.event_sources import mapping_at, tags_of
from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import named
from netful.functions.api.protocol.refusals import invalid_parameter
from netful.model.functions.function import Function


async def _list_tags(call: Call) -> Reply:
    return document(200, {"Tags": _tags(call)})


async def _tag_resource(call: Call) -> Reply:
    return await _set(call, {**_tags(call), **call.request["Tags"]})


async def _untag_resource(call: Call) -> Reply:
    gone = call.request["TagKeys"]
    return await _set(call, {key: value for key, value in _tags(call).items() if key not in gone})


def _tags(call: Call) -> Mapping[str, str]:
    if _is_mapping(call):
        return tags_of(mapping_at(call.cloud, call.request["Resource"]))
    return _function(call).tags


async def _set(call: Call, tags: Mapping[str, str]) -> Reply:
    if _is_mapping(call):
        one = mapping_at(call.cloud, call.request["Resource"])
        await call.service.updates.amend(replace(one, properties={**one.properties, "Tags": {**tags}}))
    else:
        await call.service.updates.tag(_function(call).id, tags)
    return Reply(204)


def _is_mapping(call: Call) -> bool:
    return ":event-source-mapping:" in call.request["Resource"]


def _function(call: Call) -> Function:
    if ":function:" not in call.request["Resource"]:
        raise invalid_parameter(
            f"netful has tags of functions and event source mappings only: {call.request['Resource']}"
        )
    found = named(call.cloud, call.request["Resource"])
    if found.qualifier:
        raise invalid_parameter(
            "Tags on function aliases and versions are not supported. Please specify a function ARN."
        )
    return found.function


OPERATIONS: dict[str, Operation] = {
    "ListTags": _list_tags,
    "TagResource": _tag_resource,
    "UntagResource": _untag_resource,
}
