"""An HTTP API without its body or its target: the routes, integrations and authorizers that they stand for, as resources."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.apigateway.edits import new_id, resource, rewritten
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Edit, new
from netful.gateway.control.http.http_apis import authorizer_entry, integration_entry, route_entry
from netful.gateway.control.operations.representation import known
from netful.model.apis.api import ApiRoute, HttpApi
from netful.model.apis.cors import CorsConfiguration
from netful.model.cloud import Cloud

ROUTE, ROUTE_RESPONSE = "AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::RouteResponse"
INTEGRATION, INTEGRATION_RESPONSE = "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::IntegrationResponse"
AUTHORIZER, STAGE = "AWS::ApiGatewayV2::Authorizer", "AWS::ApiGatewayV2::Stage"
_BODY = ("Body", "BodyS3Location", "BasePath", "Target", "RouteKey", "CredentialsArn")
_SERVICE = "apigatewayv2"


def opened(cloud: Cloud, api: HttpApi) -> tuple[Edit, ...]:
    """Return the edits that turn the body or the target of an API into resources; none for an API with neither."""
    own = resource(cloud, api.id)
    if not own.properties.keys() & {"Body", "BodyS3Location", "Target"}:
        return ()
    kept = {name: value for name, value in own.properties.items() if name not in _BODY}
    authorizers = {name: new_id() for name in api.authorizers if name not in cloud.template.resources}
    of_body = [route for route in api.routes if route.id not in cloud.template.resources]
    return (
        rewritten(own, {**kept, **_settings(api)}),
        *(edit for route in of_body for edit in _route(cloud, api, route, authorizers)),
        *(_authorizer(cloud, api, name, id_) for name, id_ in authorizers.items()),
        *_quick_stage(cloud, api, own.properties),
    )


def _settings(api: HttpApi) -> dict[str, Any]:
    cors = api.cors_configuration
    return known(
        Name=api.name,
        Description=api.description,
        ProtocolType=api.protocol.value,
        DisableExecuteApiEndpoint=api.disable_execute_api_endpoint,
        CorsConfiguration=_cors(cors) if cors else None,
    )


def _cors(one: CorsConfiguration) -> dict[str, Any]:
    return known(
        AllowOrigins=[*one.allow_origins] or None,
        AllowMethods=[*one.allow_methods] or None,
        AllowHeaders=[*one.allow_headers] or None,
        ExposeHeaders=[*one.expose_headers] or None,
        AllowCredentials=one.allow_credentials,
        MaxAge=one.max_age,
    )


def _route(cloud: Cloud, api: HttpApi, route: ApiRoute, authorizers: Mapping[str, str]) -> Iterator[Edit]:
    own = properties(input_shape(_SERVICE, "CreateRoute"), route_entry(cloud, api, route))
    if "AuthorizerId" in own:
        own["AuthorizerId"] = authorizers.get(str(route.authorizer_id), own["AuthorizerId"])
    if route.integration is not None:
        id_ = new_id()
        behind = properties(input_shape(_SERVICE, "CreateIntegration"), integration_entry(cloud, route.integration))
        own["Target"] = f"integrations/{id_}"
        yield new(INTEGRATION, id_, {"ApiId": cloud.aws_id(api.id), **behind})
    yield new(ROUTE, route.id, {"ApiId": cloud.aws_id(api.id), **own})


def _authorizer(cloud: Cloud, api: HttpApi, name: str, id_: str) -> Edit:
    entry = authorizer_entry(cloud, api.authorizers[name])
    return new(
        AUTHORIZER, id_, {"ApiId": cloud.aws_id(api.id), **properties(input_shape(_SERVICE, "CreateAuthorizer"), entry)}
    )


def _quick_stage(cloud: Cloud, api: HttpApi, written: Mapping[str, Any]) -> Iterator[Edit]:
    """Yield the stage that a target makes."""
    id_ = f"{api.id}.$default"
    if "Target" in written and id_ in cloud.apis.stages:
        yield new(STAGE, id_, {"ApiId": cloud.aws_id(api.id), "StageName": "$default", "AutoDeploy": True})
