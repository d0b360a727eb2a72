"""The configurations of function URLs, each a resource of the template's kind (lambda §3.9, §5.1)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.engine.authorization.function_urls import PUBLIC, URL
from netful.functions.api.protocol.context import Context, Operation, Request
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import Named
from netful.functions.api.protocol.refusals import conflict, no_such_resource
from netful.functions.environments.config import FunctionUrl
from netful.model.core.resource import Resource
from netful.model.names.function_url import url_label

_DEFAULTS = {"AuthType": "NONE", "InvokeMode": "BUFFERED"}


async def create_url(context: Context, request: Request) -> Reply:
    """CreateFunctionUrlConfig: any client may call the URL, as if the permission for that existed."""
    one = context.named(request)
    context.version(one)
    urls = context.service().urls.values()
    if any((url.function_id, url.qualifier) == (one.function.id, one.qualifier) for url in urls):
        raise conflict(f"Failed to create function url config for [functionArn = {context.arn(one, one.qualifier)}]. Error message: "
                       "FunctionUrlConfig exists for this Lambda function")  # fmt: skip
    target = {"TargetFunctionArn": context.arn(one, one.qualifier), PUBLIC: True}
    made = Resource(f"{one.function.id} {one.qualifier}", URL, target)
    return document(201, await _put(context, one, made, {**_DEFAULTS, **request}))


async def update_url(context: Context, request: Request) -> Reply:
    """UpdateFunctionUrlConfig."""
    one = context.named(request)
    return document(200, await _put(context, one, _resource(context, one), request))


async def get_url(context: Context, request: Request) -> Reply:
    """GetFunctionUrlConfig."""
    one = context.named(request)
    return document(200, _record(context, one, _of(context, one)))


async def delete_url(context: Context, request: Request) -> Reply:
    """DeleteFunctionUrlConfig."""
    await context.service().updates.amend(gone={_resource(context, context.named(request)).id})
    return Reply(204)


async def list_urls(context: Context, request: Request) -> Reply:
    """ListFunctionUrlConfigs."""
    one = context.named(request)
    urls = [url for url in context.service().urls.values() if url.function_id == one.function.id]
    return document(200, {"FunctionUrlConfigs": [_record(context, Named(one.function, u.qualifier), u) for u in urls]})


async def _put(context: Context, one: Named, url: Resource, request: Mapping[str, Any]) -> dict[str, Any]:
    """Add a URL with the requested settings, and return its description."""
    changed = {name: request[name] for name in ("AuthType", "InvokeMode", "Cors") if name in request}
    await context.service().updates.amend(replace(url, properties={**url.properties, **changed}))
    return _record(context, one, _of(context, one))


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


def _record(context: Context, one: Named, url: FunctionUrl) -> dict[str, Any]:
    record: dict[str, Any] = {
        "FunctionUrl": f"https://{url.host(context.service().cloud.region)}/",
        "FunctionArn": context.arn(one, one.qualifier),
        "AuthType": url.auth_type,
        "InvokeMode": url.invoke_mode,
        "CreationTime": url.revision.last_modified,
        "LastModifiedTime": url.revision.last_modified,
    }
    return record | ({"Cors": url.cors.settings()} if url.cors else {})


OPERATIONS: dict[str, Operation] = {
    "CreateFunctionUrlConfig": create_url,
    "UpdateFunctionUrlConfig": update_url,
    "GetFunctionUrlConfig": get_url,
    "DeleteFunctionUrlConfig": delete_url,
    "ListFunctionUrlConfigs": list_urls,
}
