"""`AWS::Serverless::Api` → the REST API with its body, its deployment, stage, usage plan and domain."""

from __future__ import annotations

from typing import Any

from netful.sources.files.marked import MarkedMap
from netful.sources.sam import authorization, domains, preflight, routes, usage_plan
from netful.sources.sam.making import Maker, copied, marked, ref, stage_id_of

_API = {
    "BinaryMediaTypes": "BinaryMediaTypes",
    "Description": "Description",
    "DisableExecuteApiEndpoint": "DisableExecuteApiEndpoint",
    "FailOnWarnings": "FailOnWarnings",
    "MinimumCompressionSize": "MinimumCompressionSize",
    "Mode": "Mode",
    "Name": "Name",
    "ApiKeySourceType": "ApiKeySourceType",
    "SecurityPolicy": "SecurityPolicy",
    "Policy": "Policy",
}
_STAGE = {
    "AccessLogSetting": "AccessLogSetting",
    "CacheClusterEnabled": "CacheClusterEnabled",
    "CacheClusterSize": "CacheClusterSize",
    "CanarySetting": "CanarySetting",
    "MethodSettings": "MethodSettings",
    "TracingEnabled": "TracingEnabled",
    "Variables": "Variables",
    "StageName": "StageName",
}
_PLACES = {"Headers": "header", "Paths": "path", "QueryStrings": "querystring"}


def expand(maker: Maker) -> None:
    """Make what SAM makes of a REST API."""
    written = maker.properties
    body = routes.body_of(maker.template.file, maker.resource)
    written = maker.properties = maker.resource["Properties"]
    properties = copied(written, _API)
    if body is not None:
        if written.get("Cors"):
            preflight.answer(body, written["Cors"])
        authorization.apply(maker, body)
        _put_gateway_responses(body, written.get("GatewayResponses"))
        _put_models(body, written.get("Models"))
        routes.keep_conditions(body)
        properties.put("Body", body, written.lines.get("DefinitionBody", 0))
    elif "DefinitionBody" in written:
        properties.put("Body", written["DefinitionBody"], written.lines["DefinitionBody"])
    elif "DefinitionUri" in written:
        properties.put("BodyS3Location", written["DefinitionUri"], written.lines["DefinitionUri"])
    endpoint = endpoint_configuration(written)
    if endpoint is not None:
        properties.put("EndpointConfiguration", endpoint, written.lines.get("EndpointConfiguration", 0))
    stage_id = _make_stage(maker)
    usage_plan.expand(maker, stage_id)
    domains.expand_rest(maker, stage_id)
    maker.become("AWS::ApiGateway::RestApi", properties)


def endpoint_configuration(written: MarkedMap) -> Any:
    """SAM's `EndpointConfiguration` as CloudFormation's."""
    value = written.get("EndpointConfiguration")
    if isinstance(value, MarkedMap) and "Type" in value:
        out = copied(value, {"VPCEndpointIds": "VpcEndpointIds", "VpcEndpointIds": "VpcEndpointIds"})
        out.put("Types", marked([value["Type"]], value), value.lines.get("Type", 0))
        return out
    if value is None or (isinstance(value, MarkedMap) and "Types" in value):
        return value
    return marked({"Types": [value]}, written)


def _make_stage(maker: Maker) -> str:
    """The deployment and the stage; the stage's id holds its name when that is written out."""
    deployment_id = maker.id + "Deployment"
    name = maker.properties.get("StageName")
    stage_id = stage_id_of(maker.id, name)
    maker.make(deployment_id, "AWS::ApiGateway::Deployment", {"RestApiId": ref(maker.id)})
    stage = copied(maker.properties, _STAGE)
    stage.put("RestApiId", marked(ref(maker.id), stage))
    stage.put("DeploymentId", marked(ref(deployment_id), stage))
    maker.make(stage_id, "AWS::ApiGateway::Stage", stage)
    maker.alias("Deployment", deployment_id)
    maker.alias("Stage", stage_id)
    return stage_id


def _put_gateway_responses(body: MarkedMap, written: Any) -> None:
    """`GatewayResponses` as the body's extension."""
    if not isinstance(written, MarkedMap):
        return
    held = _held(body, "x-amazon-apigateway-gateway-responses")
    for kind, response in written.items():
        if not isinstance(response, MarkedMap):
            continue
        made = copied(response, {"StatusCode": "statusCode", "ResponseTemplates": "responseTemplates"})
        given = response.get("ResponseParameters")
        parameters = {
            f"gatewayresponse.{place}.{name}": value
            for part, place in _PLACES.items()
            for name, value in (given.get(part) or {} if isinstance(given, MarkedMap) else {}).items()
        }
        made.put("responseParameters", marked(parameters, response))
        held.put(kind, made, written.lines.get(kind, 0))


def _put_models(body: MarkedMap, written: Any) -> None:
    """`Models` as the body's definitions, whose names SAM writes in lower case."""
    if not isinstance(written, MarkedMap):
        return
    holder = body if "swagger" in body else _held(body, "components")
    models = _held(holder, "definitions" if holder is body else "schemas")
    for name, schema in written.items():
        models.put(name.lower(), schema, written.lines.get(name, 0))


def _held(holder: MarkedMap, key: str) -> MarkedMap:
    if not isinstance(holder.get(key), MarkedMap):
        holder.put(key, MarkedMap(holder.file, holder.line))
    held: MarkedMap = holder[key]
    return held
