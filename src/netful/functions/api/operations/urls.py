"""The configurations of function URLs, each a resource of the template's kind (lambda §3.9, §5.1)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.engine.authorization.function_urls import PUBLIC, URL
from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.refusals import conflict, no_such_resource
from netful.functions.environments.config import FunctionUrl
from netful.model.core import Resource
from netful.model.names.generated.function_url import url_label

_DEFAULTS = {"AuthType": "NONE", "InvokeMode": "BUFFERED"}


async def _create_url(call: Call) -> Reply:
    """CreateFunctionUrlConfig: any client may call the URL, as if the permission for that existed."""
    call.version()
    urls = call.service.urls.values()
    if any((url.function_id, url.qualifier) == (call.function.id, call.qualifier) for url in urls):
        raise conflict(f"Failed to create function url config for [functionArn = {call.arn(call.qualifier)}]. Error message: "
                       "FunctionUrlConfig exists for this Lambda function")  # fmt: skip
    target = {"TargetFunctionArn": call.arn(call.qualifier), PUBLIC: True}
    made = Resource(f"{call.function.id} {call.qualifier}", URL, target)
    return document(201, await _put(call, made, {**_DEFAULTS, **call.request}))


async def _update_url(call: Call) -> Reply:
    return document(200, await _put(call, _resource(call), call.request))


async def _get_url(call: Call) -> Reply:
    return document(200, _record(call, _of(call)))


async def _delete_url(call: Call) -> Reply:
    await call.service.updates.amend(gone={_resource(call).id})
    return Reply(204)


async def _list_urls(call: Call) -> Reply:
    urls = [url for url in call.service.urls.values() if url.function_id == call.function.id]
    return document(200, {"FunctionUrlConfigs": [_record(call, url) for url in urls]})


async def _put(call: Call, url: Resource, request: Mapping[str, Any]) -> dict[str, Any]:
    """Add a URL with the requested settings, and return its description."""
    changed = {name: request[name] for name in ("AuthType", "InvokeMode", "Cors") if name in request}
    await call.service.updates.amend(replace(url, properties={**url.properties, **changed}))
    return _record(call, _of(call))


def _resource(call: Call) -> Resource:
    url = _of(call)
    resources = call.cloud.template.resources.values()
    return next(each for each in resources if each.type == URL and url_label(each.id) == url.id)


def _of(call: Call) -> FunctionUrl:
    urls = call.service.urls.values()
    found = next((u for u in urls if (u.function_id, u.qualifier) == (call.function.id, call.qualifier)), None)
    if found is None:
        raise no_such_resource()
    return found


def _record(call: Call, url: FunctionUrl) -> dict[str, Any]:
    record: dict[str, Any] = {
        "FunctionUrl": f"https://{url.host(call.cloud.region)}/",
        "FunctionArn": call.arn(url.qualifier),
        "AuthType": url.auth_type,
        "InvokeMode": url.invoke_mode,
        "CreationTime": url.revision.last_modified,
        "LastModifiedTime": url.revision.last_modified,
    }
    return record | ({"Cors": url.cors.settings()} if url.cors else {})


OPERATIONS: dict[str, Operation] = {
    "CreateFunctionUrlConfig": _create_url,
    "UpdateFunctionUrlConfig": _update_url,
    "GetFunctionUrlConfig": _get_url,
    "DeleteFunctionUrlConfig": _delete_url,
    "ListFunctionUrlConfigs": _list_urls,
}
