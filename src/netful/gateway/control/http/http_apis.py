"""HTTP and WebSocket APIs with their routes, integrations and authorizers."""

from collections.abc import Container, Iterable, Iterator
from typing import Any

from netful.engine.names.api_names import host_of
from netful.gateway.calls.context import route_key
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.faults import bad_request, not_found
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.representation import at_aws, at_part, iso_time, known, plain, tags, written
from netful.gateway.control.operations.site import Operation, Site
from netful.model.apis.api import ApiRoute, Authorization, Authorizer, HttpApi, Protocol
from netful.model.apis.cors import CorsConfiguration
from netful.model.apis.integration import Integration
from netful.model.cloud import Cloud
from netful.model.core.numbers import whole_number
from netful.sources.apis import integrations
from netful.sources.apis.http import TIMEOUTS
from netful.sources.template.reading import Inventory

_INTEGRATION = "AWS::ApiGatewayV2::Integration"
_OF_ROUTES = ("operationName", "modelSelectionExpression", "routeResponseSelectionExpression")
_OF_INTEGRATIONS = ("description", "passthroughBehavior", "contentHandlingStrategy", "templateSelectionExpression")
_SELECTION = {Protocol.HTTP: "$request.method $request.path"}


def page_of(wanted: OperationRequest, items: Iterable[Any]) -> dict[str, Any]:
    """Return the page of items that a request asks for, by default all."""
    listed = [*items]
    begin, most = whole_number(wanted.one("nextToken") or 0), whole_number(wanted.one("maxResults") or len(listed) or 1)
    if begin is None or not most:
        raise bad_request("Invalid maxResults or nextToken specified")
    end = begin + most
    return {"items": listed[begin:end], **({"nextToken": str(end)} if end < len(listed) else {})}


# --- APIs -------------------------------------------------------------------------------------------------------------


def _api(site: Site, api: HttpApi) -> dict[str, Any]:
    scheme = "wss" if api.protocol is Protocol.WEBSOCKET else "https"
    return known(
        version=written(site.cloud, api.id, "Version"),
        apiId=site.cloud.aws_id(api.id),
        name=api.name,
        description=api.description,
        protocolType=api.protocol,
        apiEndpoint=f"{scheme}://{host_of(site.cloud, api)}",
        routeSelectionExpression=api.route_selection_expression or _SELECTION.get(api.protocol),
        apiKeySelectionExpression="$request.header.x-api-key",
        disableExecuteApiEndpoint=api.disable_execute_api_endpoint,
        corsConfiguration=_cors(api.cors_configuration) if api.cors_configuration else None,
        createdDate=iso_time(site.made(api.id)),
        tags=tags(site.cloud, api.id),
    )


def _cors(one: CorsConfiguration) -> dict[str, Any]:
    return known(
        allowOrigins=one.allow_origins or None,
        allowMethods=one.allow_methods or None,
        allowHeaders=one.allow_headers or None,
        exposeHeaders=one.expose_headers or None,
        allowCredentials=one.allow_credentials,
        maxAge=one.max_age,
    )


def get_apis(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetApis."""
    return page_of(wanted, (_api(site, api) for api in site.cloud.apis.http_apis.values()))


def get_api(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetApi."""
    return _api(site, lookups.http_api(site.cloud, wanted))


# --- routes, integrations, authorizers --------------------------------------------------------------------------------


def route_entry(cloud: Cloud, api: HttpApi, route: ApiRoute) -> dict[str, Any]:
    """Return a route as GetRoute has it."""
    return known(
        **{name: written(cloud, route.id, name[:1].upper() + name[1:]) for name in _OF_ROUTES},
        routeId=cloud.part_id(route.id),
        routeKey=key_of(api, route),
        target=f"integrations/{cloud.part_id(route.integration.id)}" if route.integration else None,
        authorizationType=route.authorization_type,
        authorizerId=at_part(cloud, route.authorizer_id),
        authorizationScopes=route.authorization_scopes or None,
        apiKeyRequired=route.api_key_required,
        requestParameters={name: {"required": needed} for name, needed in route.request_parameters.items()} or None,
    )


def key_of(api: HttpApi, route: ApiRoute) -> str:
    """Return the key of a route."""
    return route.path if api.protocol is Protocol.WEBSOCKET else route_key(route)


def get_routes(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetRoutes."""
    api = lookups.http_api(site.cloud, wanted)
    return page_of(wanted, (route_entry(site.cloud, api, route) for route in api.routes))


def get_route(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetRoute."""
    api = lookups.http_api(site.cloud, wanted)
    return route_entry(site.cloud, api, route_of(site.cloud, api, wanted))


def route_of(cloud: Cloud, api: HttpApi, wanted: OperationRequest) -> ApiRoute:
    """Return the route that a path names."""
    named = wanted.names["route"]
    one = next((r for r in api.routes if named in (r.id, cloud.part_id(r.id))), None)
    if one is None:
        raise not_found(f"Unable to find Route by ID {named} within the provided API")
    return one


def integration_entry(cloud: Cloud, one: Integration) -> dict[str, Any]:
    """Return an integration as GetIntegration has it."""
    return known(
        **{name: written(cloud, one.id, name[:1].upper() + name[1:]) for name in _OF_INTEGRATIONS},
        integrationId=cloud.part_id(one.id),
        integrationType=one.type,
        integrationMethod=one.http_method,
        integrationUri=one.uri,
        integrationSubtype=one.subtype,
        connectionType=one.connection_type,
        connectionId=at_aws(cloud, one.connection_id),
        credentialsArn=one.credentials,
        payloadFormatVersion=one.payload_format_version,
        timeoutInMillis=one.timeout_in_millis,
        requestParameters=one.request_parameters or None,
        requestTemplates=one.request_templates or None,
        responseParameters=one.response_parameters or None,
        tlsConfig={"serverNameToVerify": plain(one.server_name)} if isinstance(one.server_name, str) else None,
    )


def integrations_of(cloud: Cloud, api: HttpApi) -> dict[str, Integration]:
    """Return the integrations of an API by their ids, those without a route too."""
    found = {one.integration.id: one.integration for one in api.routes if one.integration}
    return {cloud.part_id(one.id): one for one in (*found.values(), *_unused(cloud, api, found))}


def _unused(cloud: Cloud, api: HttpApi, used: Container[str]) -> Iterator[Integration]:
    written = {id_: one for id_, one in cloud.template.resources.items() if one.type == _INTEGRATION}
    for reader in Inventory(written, cloud.region, cloud.account_id).of(_INTEGRATION):
        if reader.id not in used and reader.get("ApiId") in (api.id, cloud.aws_id(api.id)):
            yield integrations.integration(reader, integrations.HTTP, reader.id, TIMEOUTS[api.protocol])


def get_integrations(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetIntegrations."""
    found = integrations_of(site.cloud, lookups.http_api(site.cloud, wanted))
    return page_of(wanted, (integration_entry(site.cloud, one) for one in found.values()))


def get_integration(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetIntegration."""
    api = lookups.http_api(site.cloud, wanted)
    return integration_entry(site.cloud, integration_named(site.cloud, api, wanted.names["integration"]))


def integration_named(cloud: Cloud, api: HttpApi, named: str) -> Integration:
    """Return the integration of an API with an id."""
    there = integrations_of(cloud, api)
    one = there.get(named) or there.get(cloud.part_id(named))
    if one is None:
        raise not_found(f"Unable to find Integration by ID {named} within the provided API")
    return one


def authorizer_entry(cloud: Cloud, one: Authorizer) -> dict[str, Any]:
    """Return an authorizer as GetAuthorizer has it."""
    jwt = one.type == Authorization.JWT
    return known(
        authorizerId=cloud.part_id(one.id),
        name=one.name,
        authorizerType=one.type,
        authorizerUri=one.authorizer_uri,
        authorizerCredentialsArn=one.credentials,
        authorizerPayloadFormatVersion=one.payload_format_version,
        authorizerResultTtlInSeconds=None if jwt else one.authorizer_result_ttl_in_seconds,
        enableSimpleResponses=None if jwt else one.enable_simple_responses,
        identitySource=one.identity_source,
        identityValidationExpression=one.identity_validation_expression,
        jwtConfiguration=known(audience=one.audience, issuer=one.issuer) if jwt else None,
    )


def get_authorizers(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetAuthorizers."""
    found = lookups.http_api(site.cloud, wanted).authorizers.values()
    return page_of(wanted, (authorizer_entry(site.cloud, one) for one in found))


def get_authorizer(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetAuthorizer."""
    named = wanted.names["authorizer"]
    one = lookups.part_named(site.cloud, lookups.http_api(site.cloud, wanted).authorizers, named)
    if one is None:
        raise not_found(f"Unable to find Authorizer by ID {named} within the provided API")
    return authorizer_entry(site.cloud, one)


_API = "/v2/apis/{api}"
OPERATIONS = (
    Operation("GET", "/v2/apis", get_apis),
    Operation("GET", _API, get_api),
    Operation("GET", _API + "/routes", get_routes),
    Operation("GET", _API + "/routes/{route}", get_route),
    Operation("GET", _API + "/integrations", get_integrations),
    Operation("GET", _API + "/integrations/{integration}", get_integration),
    Operation("GET", _API + "/authorizers", get_authorizers),
    Operation("GET", _API + "/authorizers/{authorizer}", get_authorizer),
)
