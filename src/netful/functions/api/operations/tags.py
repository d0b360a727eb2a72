"""ListTags, TagResource and UntagResource of functions."""

from __future__ import annotations

from collections.abc import Mapping

from netful.functions.api.protocol.context import Context, Route, content
from netful.functions.api.protocol.message import Call, Reply, document
from netful.functions.api.protocol.names import named
from netful.functions.api.protocol.refusals import invalid_parameter
from netful.model.functions.function import Function

_TAGS = r"/2017-03-31/tags/(?P<arn>[^/]+)"


async def list_tags(context: Context, _call: Call, part: Mapping[str, str]) -> Reply:
    """ListTags."""
    return document(200, {"Tags": _function(context, part).tags})


async def tag_resource(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """TagResource."""
    function, asked = _function(context, part), content(call.body).get("Tags")
    more = {str(key): str(value) for key, value in asked.items()} if isinstance(asked, dict) else {}
    context.service().tag(function.id, {**function.tags, **more})
    return Reply(204)


async def untag_resource(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """UntagResource."""
    function, gone = _function(context, part), {value for name, value in call.pairs if name == "tagKeys"}
    context.service().tag(function.id, {key: value for key, value in function.tags.items() if key not in gone})
    return Reply(204)


def _function(context: Context, part: Mapping[str, str]) -> Function:
    if ":function:" not in part["arn"]:
        raise invalid_parameter(f"netful has tags of functions only: {part['arn']}")
    return named(context.service().cloud, part["arn"]).function


ROUTES: tuple[Route, ...] = (
    ("GET", _TAGS, list_tags),
    ("POST", _TAGS, tag_resource),
    ("DELETE", _TAGS, untag_resource),
)
