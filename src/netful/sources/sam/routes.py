"""Routes that events add to an API's OpenAPI body, and the APIs that SAM makes when an event names none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netful.model.unknown import known_in
from netful.sources import document
from netful.sources.complaint import fail
from netful.sources.marked import MarkedMap
from netful.sources.sam.defaults import apply
from netful.sources.sam.making import Maker, identifier, marked, ref, serverless_kind, sub

REST, HTTP = "ServerlessRestApi", "ServerlessHttpApi"
_EMPTY_REST = {"swagger": "2.0", "info": {"version": "1.0", "title": {"Ref": "AWS::StackName"}}, "paths": {}}
_EMPTY_HTTP = {"openapi": "3.0.1", "info": {"version": "1.0", "title": {"Ref": "AWS::StackName"}}, "paths": {}}

_INVOCATION = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${%s}/invocations"


def add_rest(maker: Maker, name: str, properties: MarkedMap) -> None:
    """An `Api` event of a function: a proxy integration, and the permission to invoke."""
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": sub(_INVOCATION % _invoked(maker))}
    operation = {"x-amazon-apigateway-integration": integration, "responses": {}}
    api_id = add(maker, properties, operation, rest=True)
    _permit(maker, name, properties, api_id)


def add_http(maker: Maker, name: str, properties: MarkedMap) -> None:
    """An `HttpApi` event of a function; without a path it takes everything."""
    version = properties.get("PayloadFormatVersion", "2.0")
    uri = sub(_INVOCATION % _invoked(maker))
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri, "payloadFormatVersion": version}
    operation = {"x-amazon-apigateway-integration": integration, "responses": {}}
    api_id = add(maker, properties, operation, rest=False)
    _permit(maker, name, properties, api_id)


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
            _put(maker, body, properties, operation, rest=rest)
    return api_id if isinstance(api_id, str) else named


def _put(maker: Maker, body: MarkedMap, properties: MarkedMap, operation: dict[str, Any], *, rest: bool) -> None:
    default_path, default_method = ("/", "any") if rest else ("$default", "x-amazon-apigateway-any-method")
    path = _text(maker, properties, "Path", default_path)
    method = _text(maker, properties, "Method", default_method).lower()
    method = "x-amazon-apigateway-any-method" if method in ("any", "*") else method
    paths = body.get("paths")
    if not isinstance(paths, MarkedMap):
        paths = MarkedMap(body.file, body.line)
        body.put("paths", paths)
    item = paths.get(path)
    if not isinstance(item, MarkedMap):
        item = MarkedMap(properties.file, properties.line)
        paths.put(path, item, properties.line)
    written = item.get(method)
    if not isinstance(written, MarkedMap) or "x-amazon-apigateway-integration" not in written:
        made = marked(operation, properties)
        if isinstance(properties.get("Auth"), MarkedMap):
            made.put("x-netful-auth", properties["Auth"])
        item.put(method, made, properties.line)


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
        properties = {"StageName": "Prod", "DefinitionBody": body} if rest else {"DefinitionBody": body}
        resource.put("Properties", marked(properties, resource))
        apply(maker.template, resource)
        maker.template.resources.put(api_id, resource, maker.origin.line)
    return api_id


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
    if body is not None and properties.get("DefinitionBody") is None:
        properties.put("DefinitionBody", body, properties.lines.get("DefinitionUri", 0))
    return body if isinstance(body, MarkedMap) else None


def _permit(maker: Maker, name: str, properties: MarkedMap, api_id: Any) -> None:
    api = ref(api_id) if isinstance(api_id, str) and api_id in maker.template.resources else api_id
    source = {
        "Fn::Sub": [
            "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/*",
            {"__ApiId__": api},
        ]
    }
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
