"""Authorizers of HTTP and WebSocket APIs."""

from dataclasses import replace
from typing import Any

from netful.account.apigateway.edits import edit, named, new_id, resource, rewritten
from netful.account.apigateway.http.http_apis import api_of
from netful.account.apigateway.http.opened import AUTHORIZER
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Remove, new
from netful.gateway.control.http.http_apis import get_authorizer
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.faults import bad_request, conflict
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.site import Change, Site
from netful.model.core.resource import Resource

_SERVICE, _AUTHORIZERS = "apigatewayv2", "/v2/apis/{api}/authorizers"
_AUTHORIZER = _AUTHORIZERS + "/{authorizer}"


def create_authorizer(site: Site, wanted: OperationRequest) -> Any:
    """CreateAuthorizer."""
    api, id_ = api_of(site, wanted), new_id()
    own = _checked_authorizer(properties(input_shape(_SERVICE, "CreateAuthorizer"), wanted.body))
    edit(site, new(AUTHORIZER, id_, {"ApiId": site.cloud.aws_id(api.id), **own}))
    return get_authorizer(site, replace(wanted, names={**wanted.names, "authorizer": id_}))


def _checked_authorizer(own: dict[str, Any]) -> dict[str, Any]:
    kind = own.get("AuthorizerType")
    if kind not in ("REQUEST", "JWT"):
        raise bad_request("Invalid authorizer type specified. Must be one of: [REQUEST, JWT]")
    if kind == "REQUEST" and not own.get("AuthorizerUri"):
        raise bad_request("AuthorizerUri must be non-empty for a REQUEST authorizer")
    if kind == "JWT" and not own.get("JwtConfiguration", {}).get("Issuer"):
        raise bad_request("Issuer must be non-empty for a JWT authorizer")
    return own


def update_authorizer(site: Site, wanted: OperationRequest) -> Any:
    """UpdateAuthorizer."""
    one = _authorizer(site, wanted)
    given = properties(input_shape(_SERVICE, "UpdateAuthorizer"), wanted.body)
    edit(site, rewritten(one, _checked_authorizer({**one.properties, **given})))
    return get_authorizer(site, wanted)


def _authorizer(site: Site, wanted: OperationRequest) -> Resource:
    api_of(site, wanted)
    get_authorizer(site, wanted)  # one that does not exist is not found
    return resource(site.cloud, named(site.cloud, wanted.names["authorizer"]))


def delete_authorizer(site: Site, wanted: OperationRequest) -> None:
    """DeleteAuthorizer: no route may need it."""
    one, api = _authorizer(site, wanted), lookups.http_api(site.cloud, wanted)
    if any(route.authorizer_id == one.id for route in api.routes):
        raise conflict(f"Cannot delete Authorizer '{site.cloud.aws_id(one.id)}' because it is referenced by a Route.")
    edit(site, Remove(one.id))


OPERATIONS = (
    Change("POST", _AUTHORIZERS, create_authorizer, 201),
    Change("PATCH", _AUTHORIZER, update_authorizer),
    Change("DELETE", _AUTHORIZER, delete_authorizer, 204),
)
