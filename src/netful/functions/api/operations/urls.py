"""The configurations of function URLs (lambda §3.9, §5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.functions.api.protocol.context import Asked, Context, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import Named
from netful.functions.api.protocol.refusals import conflict, no_such_resource
from netful.functions.code.versions import Revision
from netful.functions.environments.config import Cors, FunctionUrl
from netful.model.names.function_url import url_label


async def create_url(context: Context, asked: Asked) -> Reply:
    """CreateFunctionUrlConfig. Everybody may call it, as if the permission for that were there."""
    one = context.named(asked)
    context.version(one)
    service = context.service()
    urls = service.urls.values()
    if any((url.function_id, url.qualifier) == (one.function.id, one.qualifier) for url in urls):
        raise conflict(f"Failed to create function url config for [functionArn = {context.arn(one, one.qualifier)}]. Error message: "
                       "FunctionUrlConfig exists for this Lambda function")  # fmt: skip
    label = url_label(f"{one.function.id} {one.qualifier}")
    url = _changed(FunctionUrl(label, one.function.id, one.qualifier), asked)
    service.urls[url.id] = url
    return document(201, _told(context, one, url))


async def update_url(context: Context, asked: Asked) -> Reply:
    """UpdateFunctionUrlConfig."""
    one = context.named(asked)
    url = _changed(_of(context, one), asked)
    context.service().urls[url.id] = url
    return document(200, _told(context, one, url))


async def get_url(context: Context, asked: Asked) -> Reply:
    """GetFunctionUrlConfig."""
    one = context.named(asked)
    return document(200, _told(context, one, _of(context, one)))


async def delete_url(context: Context, asked: Asked) -> Reply:
    """DeleteFunctionUrlConfig."""
    url = _of(context, context.named(asked))
    del context.service().urls[url.id]
    return Reply(204)


async def list_urls(context: Context, asked: Asked) -> Reply:
    """ListFunctionUrlConfigs."""
    one = context.named(asked)
    urls = [url for url in context.service().urls.values() if url.function_id == one.function.id]
    return document(200, {"FunctionUrlConfigs": [_told(context, Named(one.function, u.qualifier), u) for u in urls]})


def _changed(url: FunctionUrl, asked: Mapping[str, Any]) -> FunctionUrl:
    auth_type, mode = asked.get("AuthType", url.auth_type), asked.get("InvokeMode", url.invoke_mode)
    cors = Cors.of(asked["Cors"]) if "Cors" in asked else url.cors
    return replace(url, auth_type=auth_type, invoke_mode=mode, cors=cors, revision=Revision())


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
