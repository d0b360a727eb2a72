"""Routes of HTTP and WebSocket APIs."""

from dataclasses import replace
from typing import Any

from netful.account.apigateway.edits import edit, new_id, referring, resource, rewritten
from netful.account.apigateway.http.http_apis import api_of
from netful.account.apigateway.http.opened import ROUTE, ROUTE_RESPONSE
from netful.account.apigateway.http.updates import merged
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Remove, new
from netful.gateway.control.http.http_apis import get_route, integration_named, route_of
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.faults import bad_request, conflict
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.site import Change, Site
from netful.model.apis.api import Authorizer, HttpApi, Protocol

_SERVICE, _ROUTES = "apigatewayv2", "/v2/apis/{api}/routes"
_ROUTE = _ROUTES + "/{route}"
_METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "ANY")
_TARGET = "integrations/"


def create_route(site: Site, wanted: OperationRequest) -> Any:
    """CreateRoute."""
    api, id_ = api_of(site, wanted), new_id()
    own = properties(input_shape(_SERVICE, "CreateRoute"), wanted.body)
    edit(site, new(ROUTE, id_, {"ApiId": site.cloud.aws_id(api.id), **_checked_route(site, api, own, "")}))
    return get_route(site, replace(wanted, names={**wanted.names, "route": id_}))


def _checked_route(site: Site, api: HttpApi, own: dict[str, Any], id_: str) -> dict[str, Any]:
    key = str(own.get("RouteKey", ""))
    _check_key(api, key)
    others = (one for one in referring(site.cloud, api.id, "ApiId", ROUTE) if one.id != id_)
    if any(one.properties.get("RouteKey") == key for one in others):
        raise conflict(f"Route with key {key} already exists for this API")
    if own.get("AuthorizationType") in ("JWT", "CUSTOM") and not _authorizer(site, api, own):
        raise bad_request("Invalid authorizer ID specified")
    target = own.get("Target")
    if not target:
        return {name: value for name, value in own.items() if name != "Target"}
    if not target.startswith(_TARGET):
        raise bad_request("Invalid target specified. It has to be of the form integrations/{integrationId}")
    integration = integration_named(site.cloud, api, target.removeprefix(_TARGET))
    return {**own, "Target": f"{_TARGET}{integration.id}"}


def _authorizer(site: Site, api: HttpApi, own: dict[str, Any]) -> Authorizer | None:
    return lookups.part_named(site.cloud, api.authorizers, str(own.get("AuthorizerId")))


def _check_key(api: HttpApi, key: str) -> None:
    method, _, path = key.partition(" ")
    is_request = method in _METHODS and path.startswith("/")
    if not key or (api.protocol is Protocol.HTTP and key != "$default" and not is_request):
        raise bad_request(
            "The provided route key is not formatted properly for HTTP protocol. Format should be "
            '"<HTTP METHOD> /<RESOURCE PATH>" or "$default"'
        )


def update_route(site: Site, wanted: OperationRequest) -> Any:
    """UpdateRoute."""
    api = api_of(site, wanted)
    one = resource(site.cloud, route_of(site.cloud, api, wanted).id)
    own = merged(one.properties, properties(input_shape(_SERVICE, "UpdateRoute"), wanted.body))
    edit(site, rewritten(one, _checked_route(site, api, own, one.id)))
    return get_route(site, wanted)


def delete_route(site: Site, wanted: OperationRequest) -> None:
    """DeleteRoute."""
    one = route_of(site.cloud, api_of(site, wanted), wanted)
    answers = referring(site.cloud, one.id, "RouteId", ROUTE_RESPONSE)
    edit(site, Remove(resource(site.cloud, one.id).id), *(Remove(answer.id) for answer in answers))


def delete_route_request_parameter(site: Site, wanted: OperationRequest) -> None:
    """DeleteRouteRequestParameter."""
    one = resource(site.cloud, route_of(site.cloud, api_of(site, wanted), wanted).id)
    own = merged(one.properties, {"RequestParameters": {wanted.names["parameter"]: ""}})
    edit(site, rewritten(one, own))


OPERATIONS = (
    Change("POST", _ROUTES, create_route, 201),
    Change("PATCH", _ROUTE, update_route),
    Change("DELETE", _ROUTE, delete_route, 204),
    Change("DELETE", _ROUTE + "/requestparameters/{parameter}", delete_route_request_parameter, 204),
)
