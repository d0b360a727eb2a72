"""The configurations of function URLs, each a resource of the template's kind (lambda §3.9, §5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.functions.api.protocol.context import Asked, Context, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import Named
from netful.functions.api.protocol.refusals import conflict, no_such_resource
from netful.functions.environments import changes
from netful.functions.environments.config import PUBLIC, URL, FunctionUrl
from netful.model.core.resource import Resource
from netful.model.names.function_url import url_label

_DEFAULTS = {"AuthType": "NONE", "InvokeMode": "BUFFERED"}


async def create_url(context: Context, asked: Asked) -> Reply:
    """CreateFunctionUrlConfig: any client may call the URL, as if the permission for that were there."""
    one = context.named(asked)
    context.version(one)
    urls = context.service().urls.values()
    if any((url.function_id, url.qualifier) == (one.function.id, one.qualifier) for url in urls):
        raise conflict(f"Failed to create function url config for [functionArn = {context.arn(one, one.qualifier)}]. Error message: "
                       "FunctionUrlConfig exists for this Lambda function")  # fmt: skip
    target = {"TargetFunctionArn": context.arn(one, one.qualifier), PUBLIC: True}
    made = Resource(f"{one.function.id} {one.qualifier}", URL, target)
    return document(201, await _put(context, one, made, {**_DEFAULTS, **asked}))


async def update_url(context: Context, asked: Asked) -> Reply:
    """UpdateFunctionUrlConfig."""
    one = context.named(asked)
    return document(200, await _put(context, one, _resource(context, one), asked))


async def get_url(context: Context, asked: Asked) -> Reply:
    """GetFunctionUrlConfig."""
    one = context.named(asked)
    return document(200, _told(context, one, _of(context, one)))


async def delete_url(context: Context, asked: Asked) -> Reply:
    """DeleteFunctionUrlConfig."""
    await changes.amend(context.service(), gone={_resource(context, context.named(asked)).id})
    return Reply(204)


async def list_urls(context: Context, asked: Asked) -> Reply:
    """ListFunctionUrlConfigs."""
    one = context.named(asked)
    urls = [url for url in context.service().urls.values() if url.function_id == one.function.id]
    return document(200, {"FunctionUrlConfigs": [_told(context, Named(one.function, u.qualifier), u) for u in urls]})


async def _put(context: Context, one: Named, url: Resource, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Have a URL with the settings that are asked for, and return its description."""
    changed = {name: asked[name] for name in ("AuthType", "InvokeMode", "Cors") if name in asked}
    await changes.amend(context.service(), replace(url, properties={**url.properties, **changed}))
    return _told(context, one, _of(context, one))


def _resource(context: Context, one: Named) -> Resource:
    url = _of(context, one)
    resources = context.service().cloud.template.resources.values()
    return next(each for each in resources if each.type == URL and url_label(each.id) == url.id)


def _of(context: Context, one: Named) -> FunctionUrl:
    urls = context.service().urls.values()
    found = next((u for u in urls if (u.function_id, u.qualifier) == (one.function.id, one.qualifier)), None)
    if found is None:
        raise no_such_resource()
    return found


def _told(context: Context, one: Named, url: FunctionUrl) -> dict[str, Any]:
    told: dict[str, Any] = {
        "FunctionUrl": f"https://{url.host(context.service().cloud.region)}/",
        "FunctionArn": context.arn(one, one.qualifier),
        "AuthType": url.auth_type,
        "InvokeMode": url.invoke_mode,
        "CreationTime": url.revision.last_modified,
        "LastModifiedTime": url.revision.last_modified,
    }
    return told | ({"Cors": url.cors.told()} if url.cors else {})


OPERATIONS: dict[str, Operation] = {
    "CreateFunctionUrlConfig": create_url,
    "UpdateFunctionUrlConfig": update_url,
    "GetFunctionUrlConfig": get_url,
    "DeleteFunctionUrlConfig": delete_url,
    "ListFunctionUrlConfigs": list_urls,
}
