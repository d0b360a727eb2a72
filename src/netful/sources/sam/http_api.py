"""`AWS::Serverless::HttpApi` → the HTTP API with its body and its stage."""

from __future__ import annotations

from netful.sources.sam import authorization, domains, routes
from netful.sources.sam.making import Maker, copied, marked, ref, stage_id_of

_API = {
    "DisableExecuteApiEndpoint": "DisableExecuteApiEndpoint",
    "FailOnWarnings": "FailOnWarnings",
    "Description": "Description",
    "Name": "Name",
    "CorsConfiguration": "CorsConfiguration",
}
_STAGE = {
    "AccessLogSettings": "AccessLogSettings",
    "DefaultRouteSettings": "DefaultRouteSettings",
    "RouteSettings": "RouteSettings",
    "StageVariables": "StageVariables",
}


def expand(maker: Maker) -> None:
    """Make what SAM makes of an HTTP API."""
    body = routes.body_of(maker.template.file, maker.resource)
    written = maker.properties = maker.resource["Properties"]
    properties = copied(written, _API)
    if written.get("CorsConfiguration") is True:
        properties.put(
            "CorsConfiguration", marked({"AllowOrigins": ["*"]}, written), written.lines["CorsConfiguration"]
        )
    if body is not None:
        authorization.apply(maker, body)
        routes.keep_conditions(body)
        properties.put("Body", body, written.lines.get("DefinitionBody", 0))
    elif "DefinitionUri" in written:
        properties.put("BodyS3Location", written["DefinitionUri"], written.lines["DefinitionUri"])
    domains.expand_http(maker, _make_stage(maker))
    maker.become("AWS::ApiGatewayV2::Api", properties)


def _make_stage(maker: Maker) -> str:
    name = maker.properties.get("StageName", "$default")
    stage_id = f"{maker.id}ApiGatewayDefaultStage" if name == "$default" else stage_id_of(maker.id, name)
    stage = copied(maker.properties, _STAGE)
    for key, value in (("ApiId", ref(maker.id)), ("StageName", name), ("AutoDeploy", True)):
        stage.put(key, marked(value, stage))
    maker.make(stage_id, "AWS::ApiGatewayV2::Stage", stage)
    maker.alias("Stage", stage_id)
    return stage_id
