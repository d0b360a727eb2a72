"""Authorizers, integrations and routes of HTTP and WebSocket APIs, and responses of routes and integrations."""

from collections.abc import Iterable
from typing import Any

from netful.account.apigateway.edits import edit, named, referring, rewritten
from netful.account.apigateway.http.entries import (
    INTEGRATION,
    authorizer,
    integration,
    integration_id,
    integration_named,
    integrations_of,
    route,
)
from netful.account.apigateway.http.http_apis import owner
from netful.account.apigateway.http.opened import AUTHORIZER, INTEGRATION_RESPONSE, ROUTE, ROUTE_RESPONSE
from netful.account.apigateway.kinds import Kind
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site
from netful.account.apigateway.shapes import merged, shown
from netful.model.apis.api import HttpApi, Protocol
from netful.model.core import Resource

_METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "ANY")
_TARGET = "integrations/"


def _api_of(cloud: Any, one: Resource) -> HttpApi:
    api: HttpApi = cloud.apis.http_apis[named(cloud, one.properties.get("ApiId"))]
    return api


# --- authorizers ------------------------------------------------------------------------------------------------------


def _checked_authorizer(_site: Site, _wanted: OperationRequest, own: dict[str, Any], _id: str) -> dict[str, Any]:
    kind = own.get("AuthorizerType")
    if kind not in ("REQUEST", "JWT"):
        raise bad_request("Invalid authorizer type specified. Must be one of: [REQUEST, JWT]")
    if kind == "REQUEST" and not own.get("AuthorizerUri"):
        raise bad_request("AuthorizerUri must be non-empty for a REQUEST authorizer")
    if kind == "JWT" and not own.get("JwtConfiguration", {}).get("Issuer"):
        raise bad_request("Issuer must be non-empty for a JWT authorizer")
    return own


def _unused_authorizer(site: Site, one: Resource) -> Iterable[Resource]:
    if any(each.authorizer_id == one.id for each in _api_of(site.cloud, one).routes):
        raise conflict(f"Cannot delete Authorizer '{site.cloud.aws_id(one.id)}' because it is referenced by a Route.")
    return ()


# --- integrations -----------------------------------------------------------------------------------------------------


def _checked_integration(site: Site, wanted: OperationRequest, own: dict[str, Any], id_: str) -> dict[str, Any]:
    is_http, kind = lookups.http_api(site.cloud, wanted).protocol is Protocol.HTTP, own.get("IntegrationType")
    kinds = ("AWS_PROXY", "HTTP_PROXY") if is_http else ("AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK")
    if kind not in kinds:
        raise bad_request(f"Invalid integration type specified. Must be one of: [{', '.join(kinds)}]")
    if kind != "MOCK" and not own.get("IntegrationUri") and not own.get("IntegrationSubtype"):
        raise bad_request("Invalid integration URI specified")
    if kind == "HTTP_PROXY" and not own.get("IntegrationMethod"):
        raise bad_request("Enumeration value for HttpMethod must be non-empty")
    if own.get("ConnectionType") == "VPC_LINK" and not own.get("ConnectionId"):
        raise bad_request("Connection ID must be provided for a VPC_LINK connection type")
    return {"PayloadFormatVersion": "1.0", **own} if is_http and not id_ else own


def _unused_integration(site: Site, one: Resource) -> Iterable[Resource]:
    routes = _api_of(site.cloud, one).routes
    used = next((each for each in routes if each.integration and each.integration.id == one.id), None)
    if used is not None:
        raise conflict(
            f"Cannot delete Integration '{site.cloud.part_id(one.id)}' because it is referenced by Route "
            f"'{site.cloud.part_id(used.id)}'."
        )
    return referring(site.cloud, one.id, "IntegrationId", INTEGRATION_RESPONSE)


# --- routes -----------------------------------------------------------------------------------------------------------


def _checked_route(site: Site, wanted: OperationRequest, own: dict[str, Any], id_: str) -> dict[str, Any]:
    api, key, target = lookups.http_api(site.cloud, wanted), str(own.get("RouteKey", "")), own.get("Target")
    _check_key(api, key)
    others = (one for one in referring(site.cloud, api.id, "ApiId", ROUTE) if one.id != id_)
    if any(one.properties.get("RouteKey") == key for one in others):
        raise conflict(f"Route with key {key} already exists for this API")
    used = lookups.part_named(site.cloud, api.authorizers, str(own.get("AuthorizerId")))
    if own.get("AuthorizationType") in ("JWT", "CUSTOM") and not used:
        raise bad_request("Invalid authorizer ID specified")
    if not target:
        return {name: value for name, value in own.items() if name != "Target"}
    if not target.startswith(_TARGET):
        raise bad_request("Invalid target specified. It has to be of the form integrations/{integrationId}")
    return {**own, "Target": f"{_TARGET}{integration_named(site.cloud, api, target.removeprefix(_TARGET)).id}"}


def _check_key(api: HttpApi, key: str) -> None:
    method, _, path = key.partition(" ")
    is_request = method in _METHODS and path.startswith("/")
    if not key or (api.protocol is Protocol.HTTP and key != "$default" and not is_request):
        raise bad_request(
            "The provided route key is not formatted properly for HTTP protocol. Format should be "
            '"<HTTP METHOD> /<RESOURCE PATH>" or "$default"'
        )


def _delete_route_request_parameter(site: Site, wanted: OperationRequest) -> None:
    one = _ROUTES.find(site, wanted)
    edit(site, rewritten(one, merged(one.properties, {"RequestParameters": {wanted.names["parameter"]: ""}})))


# --- responses of routes and of integrations --------------------------------------------------------------------------


def _responses(of: Kind, type_: str) -> Kind:
    """Return the kind of the responses of routes, or of integrations."""
    noun, owned_by = f"{of.noun}Response", f"{of.noun}Id"

    def every(site: Site, wanted: OperationRequest) -> Iterable[Resource]:
        return referring(site.cloud, of.of(site, wanted).id, owned_by, type_)

    def entry(site: Site, _wanted: OperationRequest, one: Resource) -> Any:
        members = shown("apigatewayv2", noun, one.properties)
        return {**members, f"{noun[:1].lower()}{noun[1:]}Id": site.cloud.aws_id(one.id)}

    def owners(site: Site, wanted: OperationRequest) -> dict[str, Any]:
        return {**owner(site, wanted), owned_by: of.of(site, wanted).id}

    def check(site: Site, wanted: OperationRequest, own: dict[str, Any], id_: str) -> dict[str, Any]:
        key = own.get(f"{noun}Key")
        if not id_ and key in [one.properties.get(f"{noun}Key") for one in every(site, wanted)]:
            raise conflict(f"{noun} with key {key} already exists")
        return own

    return Kind(noun, type_, "response", every, entry, owners, check=check)


_ROUTES = Kind(
    "Route", ROUTE, "route", lambda site, wanted: lookups.http_api(site.cloud, wanted).routes,
    lambda site, wanted, one: route(site.cloud, lookups.http_api(site.cloud, wanted), one), owner, check=_checked_route,
    along=lambda site, one: referring(site.cloud, one.id, "RouteId", ROUTE_RESPONSE),
)  # fmt: skip
_INTEGRATIONS = Kind(
    "Integration", INTEGRATION, "integration",
    lambda site, wanted: integrations_of(site.cloud, lookups.http_api(site.cloud, wanted)).values(),
    lambda site, wanted, one: integration(site.cloud, lookups.http_api(site.cloud, wanted), one), owner,
    check=_checked_integration, along=_unused_integration, ids=lambda cloud, one: (one.id, integration_id(cloud, one)),
)  # fmt: skip
_AUTHORIZERS = Kind(
    "Authorizer", AUTHORIZER, "authorizer", lambda site, wanted: lookups.http_api(site.cloud, wanted).authorizers.values(),
    lambda site, _wanted, one: authorizer(site.cloud, one), owner, check=_checked_authorizer, along=_unused_authorizer,
)  # fmt: skip
OPERATIONS = (
    *_ROUTES.operations(),
    *_INTEGRATIONS.operations(),
    *_AUTHORIZERS.operations(),
    Change(_delete_route_request_parameter),
    *_responses(_ROUTES, ROUTE_RESPONSE).operations(),
    *_responses(_INTEGRATIONS, INTEGRATION_RESPONSE).operations(),
)
