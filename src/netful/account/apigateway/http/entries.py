"""HTTP and WebSocket APIs and their parts as the operations that read them return them."""

from collections.abc import Container, Iterator
from functools import partial
from typing import Any

from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import not_found
from netful.account.apigateway.operations.operation import Site
from netful.account.apigateway.operations.representation import at_aws, at_part, iso_time, known, tags, written
from netful.account.apigateway.shapes import modelled
from netful.engine.names.api_names import host_of
from netful.model.apis.api import ApiRoute, Authorization, Authorizer, HttpApi, Protocol
from netful.model.apis.integration import Integration
from netful.model.cloud import Cloud
from netful.model.core import known_parts
from netful.sources.apis import integrations
from netful.sources.apis.http import TIMEOUTS
from netful.sources.template.reading import Inventory

entry = partial(modelled, "apigatewayv2")
INTEGRATION = "AWS::ApiGatewayV2::Integration"
_OF_ROUTES = ("operationName", "modelSelectionExpression", "routeResponseSelectionExpression")
_OF_INTEGRATIONS = ("description", "passthroughBehavior", "contentHandlingStrategy", "templateSelectionExpression")
_OF_WEBSOCKET = {
    "passthroughBehavior": "WHEN_NO_MATCH",
    "integrationResponseSelectionExpression": "${integration.response.statuscode}",
}
"""Members that integrations of WebSocket APIs have by default."""

_SELECTION = {Protocol.HTTP: "$request.method $request.path"}


def http_api(site: Site, api: HttpApi) -> dict[str, Any]:
    """Return an API as GetApi has it."""
    scheme = "wss" if api.protocol is Protocol.WEBSOCKET else "https"
    return entry(
        "Api",
        api,
        version=written(site.cloud, api.id, "Version"),
        apiId=site.cloud.aws_id(api.id),
        protocolType=api.protocol,
        apiEndpoint=f"{scheme}://{host_of(site.cloud, api)}",
        routeSelectionExpression=api.route_selection_expression or _SELECTION.get(api.protocol),
        apiKeySelectionExpression="$request.header.x-api-key",
        createdDate=iso_time(site.made(api.id)),
        tags=tags(site.cloud, api.id),
        ipAddressType=written(site.cloud, api.id, "IpAddressType") or "ipv4",
    )


def managed(cloud: Cloud, api: HttpApi, id_: str) -> dict[str, bool]:
    """Return the member of what API Gateway makes of the target of an API, and keeps; empty for anything else."""
    own = cloud.template.resources.get(api.id)
    made = own is not None and "Target" in own.properties and id_ not in cloud.template.resources
    return {"apiGatewayManaged": True} if made or id_ == api.id else {}


def route(cloud: Cloud, api: HttpApi, one: ApiRoute) -> dict[str, Any]:
    """Return a route as GetRoute has it."""
    return entry(
        "Route",
        one,
        **{name: written(cloud, one.id, name[:1].upper() + name[1:]) for name in _OF_ROUTES},
        **managed(cloud, api, one.id),
        requestModels=_request_models(cloud, one.id),
        routeId=cloud.part_id(one.id),
        routeKey=lookups.route_key_of(api, one),
        target=f"integrations/{integration_id(cloud, one.integration)}" if one.integration else None,
        authorizerId=at_part(cloud, one.authorizer_id),
        requestParameters={name: {"required": needed is True} for name, needed in one.request_parameters.items()}
        or None,
    )


def _request_models(cloud: Cloud, route_id: str) -> object:
    own = cloud.template.resources.get(route_id)
    return known_parts(own.properties.get("RequestModels")) if own else None


def integration(cloud: Cloud, api: HttpApi, one: Integration) -> dict[str, Any]:
    """Return an integration as GetIntegration has it."""
    usual = {} if api.protocol is Protocol.HTTP else _OF_WEBSOCKET
    method = "POST" if one.type == "AWS_PROXY" and not one.subtype else None
    return entry(
        "Integration",
        one,
        **managed(cloud, api, one.id),
        integrationResponseSelectionExpression=usual.get("integrationResponseSelectionExpression"),
        **{name: written(cloud, one.id, name[:1].upper() + name[1:]) or usual.get(name) for name in _OF_INTEGRATIONS},
        integrationId=integration_id(cloud, one),
        integrationType=one.type,
        integrationMethod=one.http_method or method,
        integrationUri=one.uri,
        integrationSubtype=one.subtype,
        connectionId=at_aws(cloud, one.connection_id),
        credentialsArn=one.credentials,
        tlsConfig={"serverNameToVerify": known_parts(one.server_name)} if isinstance(one.server_name, str) else None,
    )


def integration_id(cloud: Cloud, one: Integration) -> str:
    """Return the id of an integration. One that a body describes has the name of its route, and an id of its own."""
    return cloud.part_id(one.id if one.id in cloud.template.resources else f"{one.id}/integration")


def integrations_of(cloud: Cloud, api: HttpApi) -> dict[str, Integration]:
    """Return the integrations of an API by their ids, those without a route too."""
    found = {one.integration.id: one.integration for one in api.routes if one.integration}
    return {integration_id(cloud, one): one for one in (*found.values(), *_unused(cloud, api, found))}


def _unused(cloud: Cloud, api: HttpApi, used: Container[str]) -> Iterator[Integration]:
    written = {id_: one for id_, one in cloud.template.resources.items() if one.type == INTEGRATION}
    for reader in Inventory(written, cloud.region, cloud.account_id).of(INTEGRATION):
        if reader.id not in used and reader.get("ApiId") in (api.id, cloud.aws_id(api.id)):
            yield integrations.integration(reader, integrations.HTTP, reader.id, TIMEOUTS[api.protocol])


def integration_named(cloud: Cloud, api: HttpApi, named: str) -> Integration:
    """Return the integration of an API with an id."""
    there = integrations_of(cloud, api)
    one = there.get(named) or next((one for one in there.values() if one.id == named), None)
    if one is None:
        raise not_found(f"Unable to find Integration by ID {named} within the provided API")
    return one


def authorizer(cloud: Cloud, one: Authorizer) -> dict[str, Any]:
    """Return an authorizer as GetAuthorizer has it."""
    jwt = one.type == Authorization.JWT
    return entry(
        "Authorizer",
        one,
        **({"authorizerResultTtlInSeconds": None, "enableSimpleResponses": None} if jwt else {}),
        authorizerId=cloud.part_id(one.id),
        authorizerType=one.type,
        authorizerCredentialsArn=one.credentials,
        authorizerPayloadFormatVersion=one.payload_format_version,
        identitySource=one.identity_source,
        jwtConfiguration=known(audience=one.audience, issuer=one.issuer) if jwt else None,
    )
