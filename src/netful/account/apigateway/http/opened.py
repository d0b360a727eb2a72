"""An HTTP API without its body or its target: the routes, integrations and authorizers that they stand for, as resources."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.apigateway.edits import new_id, resource, rewritten
from netful.account.apigateway.http import entries
from netful.account.apigateway.http.entries import INTEGRATION
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Edit, new
from netful.model.apis.api import ApiRoute, HttpApi
from netful.model.cloud import Cloud

ROUTE, ROUTE_RESPONSE = "AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::RouteResponse"
INTEGRATION_RESPONSE = "AWS::ApiGatewayV2::IntegrationResponse"
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
    shown = entries.entry("Api", api, routeSelectionExpression=None)
    return {"ProtocolType": api.protocol.value, **properties(input_shape(_SERVICE, "UpdateApi"), shown)}


def _route(cloud: Cloud, api: HttpApi, route: ApiRoute, authorizers: Mapping[str, str]) -> Iterator[Edit]:
    own = properties(input_shape(_SERVICE, "CreateRoute"), entries.route(cloud, api, route))
    if "AuthorizerId" in own:
        own["AuthorizerId"] = authorizers.get(str(route.authorizer_id), own["AuthorizerId"])
    if route.integration is not None:
        id_ = new_id()
        behind = properties(
            input_shape(_SERVICE, "CreateIntegration"), entries.integration(cloud, api, route.integration)
        )
        own["Target"] = f"integrations/{id_}"
        yield new(INTEGRATION, id_, {"ApiId": cloud.aws_id(api.id), **behind})
    yield new(ROUTE, route.id, {"ApiId": cloud.aws_id(api.id), **own})


def _authorizer(cloud: Cloud, api: HttpApi, name: str, id_: str) -> Edit:
    entry = entries.authorizer(cloud, api.authorizers[name])
    return new(
        AUTHORIZER, id_, {"ApiId": cloud.aws_id(api.id), **properties(input_shape(_SERVICE, "CreateAuthorizer"), entry)}
    )


def _quick_stage(cloud: Cloud, api: HttpApi, written: Mapping[str, Any]) -> Iterator[Edit]:
    """Yield the stage that a target makes."""
    id_ = f"{api.id}.$default"
    if "Target" in written and id_ in cloud.apis.stages:
        yield new(STAGE, id_, {"ApiId": cloud.aws_id(api.id), "StageName": "$default", "AutoDeploy": True})
