"""Routes that events add to an API's OpenAPI body, and the APIs that SAM makes when an event names none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from netful.model.core.unknown import known_in
from netful.sources.files import document
from netful.sources.files.complaint import fail
from netful.sources.files.marked import MarkedMap
from netful.sources.sam import methods, resource_policy
from netful.sources.sam.authorization import EVENT_AUTH
from netful.sources.sam.defaults import apply
from netful.sources.sam.making import ANY, Maker, identifier, marked, ref, serverless_kind, sub

REST, HTTP = "ServerlessRestApi", "ServerlessHttpApi"
_EMPTY_REST = {"swagger": "2.0", "info": {"version": "1.0", "title": {"Ref": "AWS::StackName"}}, "paths": {}}
_EMPTY_HTTP = {"openapi": "3.0.1", "info": {"version": "1.0", "title": {"Ref": "AWS::StackName"}}, "paths": {}}

MANAGED = "x-netful-managed"
"""Marks the properties of an API whose body SAM makes, of its events alone."""

CONDITION = "x-netful-condition"
"""Where the condition of a function waits in the operation of its event."""

_FUNCTIONS = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/"
_INVOCATION = _FUNCTIONS + "2015-03-31/functions/${%s}/invocations"
_STREAM = _FUNCTIONS + "2021-11-15/functions/${%s}/response-streaming-invocations"
_EXECUTE = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/*/%s%s"
_PARAMETER = re.compile(r"\{[^{}]+\}")


def add_rest(maker: Maker, name: str, properties: MarkedMap) -> None:
    """An `Api` event of a function: a proxy integration, and the permission to invoke."""
    streams = properties.get("ResponseTransferMode") == "RESPONSE_STREAM"
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": sub((_STREAM if streams else _INVOCATION) % _invoked(maker)),
    }
    if streams:
        integration["responseTransferMode"] = "STREAM"
    operation = {"x-amazon-apigateway-integration": integration, "responses": {}}
    _permit(maker, name, properties, add(maker, properties, operation, rest=True), rest=True)


def add_http(maker: Maker, name: str, properties: MarkedMap) -> None:
    """An `HttpApi` event of a function; without a path it takes everything."""
    version = properties.get("PayloadFormatVersion", "2.0")
    uri = sub(_INVOCATION % _invoked(maker))
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri, "payloadFormatVersion": version}
    if properties.get("TimeoutInMillis"):
        integration["timeoutInMillis"] = properties["TimeoutInMillis"]
    operation = {"x-amazon-apigateway-integration": integration, "responses": {}}
    _permit(maker, name, properties, add(maker, properties, operation, rest=False), rest=False)


def _invoked(maker: Maker) -> str:
    """What `Fn::Sub` is asked for: the published alias, or the function's ARN."""
    return maker.alias_id or f"{maker.id}.Arn"


def add(maker: Maker, properties: MarkedMap, operation: dict[str, Any], *, rest: bool) -> Any:
    """Add an operation to the API that an event names; gives the API's id or what stands for it."""
    named = properties.get("RestApiId" if rest else "ApiId")
    api_id = named["Ref"] if isinstance(named, MarkedMap) and set(named) == {"Ref"} else named
    if api_id in (None, REST, HTTP):  # an event may name the implicit API too
        api_id = _implicit(maker, rest=rest)
    resource = known_in(maker.template.resources, api_id)
    if isinstance(resource, MarkedMap) and serverless_kind(resource):
        body = body_of(maker.template.file, resource)
        if body is not None:
            _put(maker, body, resource["Properties"], properties, operation, rest=rest)
    return api_id if isinstance(api_id, str) else named


def _put(
    maker: Maker, body: MarkedMap, api: MarkedMap, properties: MarkedMap, operation: dict[str, Any], *, rest: bool
) -> None:
    """Add an operation to a body. To one of a REST API that is written out SAM adds none, unless it is told to merge."""
    path, method = _path(maker, properties, rest=rest), _method(maker, properties, rest=rest)
    merged = api.get("MergeDefinitions") is True
    if rest and not merged and MANAGED not in api:
        _leave(maker, body, properties, path, method)
        return
    item = _held(_held(body, "paths", body), path, properties)
    written = item.get(method)
    written = written if isinstance(written, MarkedMap) else MarkedMap(properties.file, properties.line)
    if merged or "x-amazon-apigateway-integration" not in written:
        made = marked(operation, properties)
        for key, value in written.items() if merged else ():
            made.setdefault(key, value)
        if isinstance(maker.resource.get("Condition"), str):
            made.put(CONDITION, maker.resource["Condition"])
        item.put(method, made, properties.line)
        if rest:
            methods.describe(body, made, properties, api.get("Auth"))
    _put_settings(body, api, item[method], properties, (path, method))


def _leave(maker: Maker, body: MarkedMap, properties: MarkedMap, path: str, method: str) -> None:
    """What an event does to a body that is written out: nothing, or its `Auth` holds if it is told to."""
    paths, auth = body.get("paths"), properties.get("Auth")
    item = paths.get(path) if isinstance(paths, MarkedMap) else None
    written = (item.get(method) or item.get(ANY)) if isinstance(item, MarkedMap) else None
    if not isinstance(written, MarkedMap):
        maker.template.warnings.append(
            f"{properties.origin}: SAM adds no route to an API that has a `DefinitionBody`: "
            f"{method.upper()} {path} is not in it; write it there, or set `MergeDefinitions: true`"
        )
    elif isinstance(auth, MarkedMap) and auth.get("OverrideApiAuth") is True:
        written.put(EVENT_AUTH, auth)


def _held(holder: MarkedMap, key: str, like: MarkedMap) -> MarkedMap:
    """A mapping within another, made where there is none."""
    if not isinstance(holder.get(key), MarkedMap):
        holder.put(key, MarkedMap(like.file, like.line), like.line)
    held: MarkedMap = holder[key]
    return held


def _put_settings(
    body: MarkedMap, api: MarkedMap, operation: MarkedMap, properties: MarkedMap, place: tuple[str, str]
) -> None:
    """What an event says beside its operation: who may call it, and an HTTP API's settings of the route."""
    path, method = place
    auth = properties.get("Auth")
    if isinstance(auth, MarkedMap):
        operation.put(EVENT_AUTH, auth)
        if isinstance(auth.get("ResourcePolicy"), MarkedMap):
            resource_policy.put(body, auth["ResourcePolicy"], api.get("StageName", "*"), path)
    if isinstance(properties.get("RouteSettings"), MarkedMap):
        key = path if path == "$default" else f"{'ANY' if method == ANY else method.upper()} {path}"
        settings = properties["RouteSettings"]
        _held(api, "RouteSettings", properties).put(key, settings, properties.lines["RouteSettings"])


def _path(maker: Maker, properties: MarkedMap, *, rest: bool) -> str:
    return _text(maker, properties, "Path", "/" if rest else "$default")


def _method(maker: Maker, properties: MarkedMap, *, rest: bool) -> str:
    method = _text(maker, properties, "Method", "any" if rest else ANY).lower()
    return ANY if method in ("any", "*") else method


def _text(maker: Maker, properties: MarkedMap, name: str, default: str) -> str:
    """A text of an event. SAM reads it before anything is resolved, so only parameters with a value may stand in it."""
    value = maker.literal(properties.get(name, default))
    if isinstance(value, (Mapping, list)):
        hint = "SAM takes a text there, with no reference in it but to parameters that have a value"
        fail(f"`{name}` of an event of `{maker.id}` is not a text", properties.origin_of(name), hint=hint)
    return str(value)


def _implicit(maker: Maker, *, rest: bool) -> str:
    api_id, kind = (REST, "Api") if rest else (HTTP, "HttpApi")
    if api_id not in maker.template.resources:
        resource = MarkedMap(maker.resource.file, maker.origin.line)
        resource.put("Type", f"AWS::Serverless::{kind}")
        body = marked(_EMPTY_REST if rest else _EMPTY_HTTP, resource)
        properties = {"StageName": "Prod"} if rest else {}
        resource.put("Properties", marked({**properties, "DefinitionBody": body, MANAGED: True}, resource))
        apply(maker.template, resource)
        maker.template.resources.put(api_id, resource, maker.origin.line)
    return api_id


def keep_conditions(body: MarkedMap) -> None:
    """Have the operations of functions that are under a condition only where it holds: whole paths, where all are."""
    paths = body.get("paths")
    if not isinstance(paths, MarkedMap):
        return
    for path, item in list(paths.items()):
        waiting = {
            method: operation.pop(CONDITION)
            for method, operation in (item.items() if isinstance(item, MarkedMap) else ())
            if isinstance(operation, MarkedMap) and CONDITION in operation
        }
        if waiting and len(set(waiting.values())) == 1 and {*item} - {"options"} <= {*waiting}:
            paths.put(path, _only_if(next(iter(waiting.values())), item), paths.lines[path])
        else:
            for method, condition in waiting.items():
                item.put(method, _only_if(condition, item[method]), item.lines[method])


def _only_if(condition: Any, value: MarkedMap) -> Any:
    return marked({"Fn::If": [condition, value, ref("AWS::NoValue")]}, value)


def body_of(template_file: str, resource: MarkedMap) -> MarkedMap | None:
    """The OpenAPI body of an API: inline, in a local file, or a new empty one; None when it is elsewhere."""
    properties = resource.get("Properties")
    if not isinstance(properties, MarkedMap):
        properties = MarkedMap(resource.file, resource.line)
        resource.put("Properties", properties)
    body = properties.get("DefinitionBody")
    uri = properties.get("DefinitionUri")
    if body is None and isinstance(uri, str):
        file = document.beside(template_file, uri)
        body = document.read(file).root if file else None
        if body is None:
            return None
    elif body is None and uri is None:
        rest = serverless_kind(resource) == "Api"
        body = marked(_EMPTY_REST if rest else _EMPTY_HTTP, resource)
        properties.update({MANAGED: True})
    if body is not None and properties.get("DefinitionBody") is None:
        properties.put("DefinitionBody", body, properties.lines.get("DefinitionUri", 0))
    return body if isinstance(body, MarkedMap) else None


def _permit(maker: Maker, name: str, properties: MarkedMap, api_id: Any, *, rest: bool) -> None:
    """Let the API invoke the function for the event's own method and path."""
    api = ref(api_id) if isinstance(api_id, str) and api_id in maker.template.resources else api_id
    method, path = _method(maker, properties, rest=rest), _path(maker, properties, rest=rest)
    plain = "" if path == "$default" else _PARAMETER.sub("*", path.rstrip("/") or path)
    source = {"Fn::Sub": [_EXECUTE % ("*" if method == ANY else method.upper(), plain), {"__ApiId__": api}]}
    permission = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": maker.invoked,
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": source,
    }
    maker.make(
        f"{maker.id}{name}Permission{_stage_name(maker, api_id)}", "AWS::Lambda::Permission", permission, properties
    )


def _stage_name(maker: Maker, api_id: Any) -> str:
    """The stage of a REST API, which SAM puts into the permission's id."""
    resource = known_in(maker.template.resources, api_id)
    if not isinstance(resource, MarkedMap) or serverless_kind(resource) != "Api":
        return ""
    name = resource["Properties"].get("StageName")
    return identifier(name) if isinstance(name, str) else "Stage"
