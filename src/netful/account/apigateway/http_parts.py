"""Routes, integrations and authorizers of HTTP and WebSocket APIs, and the responses of WebSocket routes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from netful.account.apigateway.edits import edit, new_id, of_type, resource, rewritten
from netful.account.apigateway.http_apis import api_of
from netful.account.apigateway.http_opened import AUTHORIZER, INTEGRATION, ROUTE
from netful.account.apigateway.shapes import input_shape, output_shape, properties, shown
from netful.account.changes import Remove, new
from netful.gateway.control.http.http_apis import (
    get_authorizer,
    get_integration,
    get_route,
    integration_named,
    page_of,
    route_of,
)
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.faults import bad_request, conflict, not_found
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.site import Change, Operation, Site
from netful.model.apis.api import HttpApi, Protocol
from netful.model.core.resource import Resource

_SERVICE, _API = "apigatewayv2", "/v2/apis/{api}"
_MAPS = ("RequestParameters", "RequestTemplates", "ResponseParameters", "ResponseTemplates")
"""Maps that an update merges key by key; an empty value removes a key."""
_METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "ANY")
_TARGET = "integrations/"


def _merged(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties with those of an update."""
    found = {**before, **given}
    for name in _MAPS:
        old = before.get(name)
        if name in given:
            together = {**(old if isinstance(old, Mapping) else {}), **given[name]}
            found[name] = {key: value for key, value in together.items() if value not in ("", {})}
    return found


# --- routes -----------------------------------------------------------------------------------------------------------


def create_route(site: Site, wanted: OperationRequest) -> Any:
    """CreateRoute."""
    api, id_ = api_of(site, wanted), new_id()
    own = properties(input_shape(_SERVICE, "CreateRoute"), wanted.body)
    edit(site, new(ROUTE, id_, {"ApiId": api.id, **_checked_route(site, api, own, "")}))
    return get_route(site, replace(wanted, names={**wanted.names, "route": id_}))


def _checked_route(site: Site, api: HttpApi, own: dict[str, Any], id_: str) -> dict[str, Any]:
    key = str(own.get("RouteKey", ""))
    _check_key(api, key)
    others = (one for one in of_type(site.cloud, ROUTE) if one.properties.get("ApiId") == api.id and one.id != id_)
    if any(one.properties.get("RouteKey") == key for one in others):
        raise conflict(f"Route with key {key} already exists for this API")
    if own.get("AuthorizationType") in ("JWT", "CUSTOM") and own.get("AuthorizerId") not in api.authorizers:
        raise bad_request("Invalid authorizer ID specified")
    target = own.get("Target")
    if not target:
        return {name: value for name, value in own.items() if name != "Target"}
    if not target.startswith(_TARGET):
        raise bad_request("Invalid target specified. It has to be of the form integrations/{integrationId}")
    integration = integration_named(site.cloud, api, target.removeprefix(_TARGET))
    return {**own, "Target": f"{_TARGET}{integration.id}"}


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
    one = resource(site.cloud, route_of(api, wanted).id)
    own = _merged(one.properties, properties(input_shape(_SERVICE, "UpdateRoute"), wanted.body))
    edit(site, rewritten(one, _checked_route(site, api, own, one.id)))
    return get_route(site, wanted)


def delete_route(site: Site, wanted: OperationRequest) -> None:
    """DeleteRoute."""
    one = route_of(api_of(site, wanted), wanted)
    answers = (
        answer for answer in of_type(site.cloud, _ROUTE_RESPONSES.type) if answer.properties.get("RouteId") == one.id
    )
    edit(site, Remove(resource(site.cloud, one.id).id), *(Remove(answer.id) for answer in answers))


def delete_route_request_parameter(site: Site, wanted: OperationRequest) -> None:
    """DeleteRouteRequestParameter."""
    one = resource(site.cloud, route_of(api_of(site, wanted), wanted).id)
    own = _merged(one.properties, {"RequestParameters": {wanted.names["parameter"]: ""}})
    edit(site, rewritten(one, own))


# --- integrations -----------------------------------------------------------------------------------------------------


def create_integration(site: Site, wanted: OperationRequest) -> Any:
    """CreateIntegration."""
    api, id_ = api_of(site, wanted), new_id()
    own = properties(input_shape(_SERVICE, "CreateIntegration"), wanted.body)
    if api.protocol is Protocol.HTTP:
        own = {"PayloadFormatVersion": "1.0", **own}
    edit(site, new(INTEGRATION, id_, {"ApiId": api.id, **_checked_integration(api, own)}))
    return get_integration(site, replace(wanted, names={**wanted.names, "integration": id_}))


def _checked_integration(api: HttpApi, own: dict[str, Any]) -> dict[str, Any]:
    kind = own.get("IntegrationType")
    kinds = (
        ("AWS_PROXY", "HTTP_PROXY")
        if api.protocol is Protocol.HTTP
        else ("AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK")
    )
    if kind not in kinds:
        raise bad_request(f"Invalid integration type specified. Must be one of: [{', '.join(kinds)}]")
    if kind != "MOCK" and not own.get("IntegrationUri") and not own.get("IntegrationSubtype"):
        raise bad_request("Invalid integration URI specified")
    if kind == "HTTP_PROXY" and not own.get("IntegrationMethod"):
        raise bad_request("Enumeration value for HttpMethod must be non-empty")
    if own.get("ConnectionType") == "VPC_LINK" and not own.get("ConnectionId"):
        raise bad_request("Connection ID must be provided for a VPC_LINK connection type")
    return own


def update_integration(site: Site, wanted: OperationRequest) -> Any:
    """UpdateIntegration."""
    api = api_of(site, wanted)
    one = resource(site.cloud, integration_named(site.cloud, api, wanted.names["integration"]).id)
    own = _merged(one.properties, properties(input_shape(_SERVICE, "UpdateIntegration"), wanted.body))
    edit(site, rewritten(one, _checked_integration(api, own)))
    return get_integration(site, wanted)


def delete_integration(site: Site, wanted: OperationRequest) -> None:
    """DeleteIntegration: no route may lead to it."""
    api = api_of(site, wanted)
    one = integration_named(site.cloud, api, wanted.names["integration"])
    used = next((route for route in api.routes if route.integration and route.integration.id == one.id), None)
    if used is not None:
        raise conflict(f"Cannot delete Integration '{one.id}' because it is referenced by Route '{used.id}'.")
    answers = (found for found in of_type(site.cloud, _ANSWERS.type) if found.properties.get("IntegrationId") == one.id)
    edit(site, Remove(resource(site.cloud, one.id).id), *(Remove(found.id) for found in answers))


# --- authorizers ------------------------------------------------------------------------------------------------------


def create_authorizer(site: Site, wanted: OperationRequest) -> Any:
    """CreateAuthorizer."""
    api, id_ = api_of(site, wanted), new_id()
    own = _checked_authorizer(properties(input_shape(_SERVICE, "CreateAuthorizer"), wanted.body))
    edit(site, new(AUTHORIZER, id_, {"ApiId": api.id, **own}))
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
    return resource(site.cloud, wanted.names["authorizer"])


def delete_authorizer(site: Site, wanted: OperationRequest) -> None:
    """DeleteAuthorizer: no route may need it."""
    one, api = _authorizer(site, wanted), lookups.http_api(site.cloud, wanted)
    if any(route.authorizer_id == one.id for route in api.routes):
        raise conflict(f"Cannot delete Authorizer '{one.id}' because it is referenced by a Route.")
    edit(site, Remove(one.id))


# --- responses of WebSocket APIs --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Answers:
    """Responses of routes or of integrations: the type, the property and the finder of the owner, and the noun."""

    type: str
    owner: str
    noun: str
    owner_of: Callable[[Site, OperationRequest], str]
    path: str

    def _listed(self, site: Site, wanted: OperationRequest) -> list[Resource]:
        owner = self.owner_of(site, wanted)
        return [one for one in of_type(site.cloud, self.type) if one.properties.get(self.owner) == owner]

    def _named(self, site: Site, wanted: OperationRequest) -> Resource:
        named = wanted.names["response"]
        found = next((one for one in self._listed(site, wanted) if one.id == named), None)
        if found is None:
            raise not_found(f"Unable to find {self.noun} by ID {named} within the provided API")
        return found

    def _shown(self, one: Resource) -> dict[str, Any]:
        members = shown(output_shape(_SERVICE, f"Get{self.noun}"), one.properties)
        return {**members, f"{self.noun[:1].lower()}{self.noun[1:]}Id": one.id}

    def get_all(self, site: Site, wanted: OperationRequest) -> Any:
        """Return all."""
        return page_of(wanted, map(self._shown, self._listed(site, wanted)))

    def get(self, site: Site, wanted: OperationRequest) -> Any:
        """Return one."""
        return self._shown(self._named(site, wanted))

    def create(self, site: Site, wanted: OperationRequest) -> Any:
        """Create one."""
        api, owner = api_of(site, wanted), self.owner_of(site, wanted)
        own = properties(input_shape(_SERVICE, f"Create{self.noun}"), wanted.body)
        key = f"{self.noun}Key"
        if own.get(key) in [one.properties.get(key) for one in self._listed(site, wanted)]:
            raise conflict(f"{self.noun} with key {own.get(key)} already exists")
        id_ = new_id()
        edit(site, new(self.type, id_, {"ApiId": api.id, self.owner: owner, **own}))
        return self._shown(resource(site.cloud, id_))

    def update(self, site: Site, wanted: OperationRequest) -> Any:
        """Change one."""
        one = self._named(site, wanted)
        given = properties(input_shape(_SERVICE, f"Update{self.noun}"), wanted.body)
        edit(site, rewritten(one, _merged(one.properties, given)))
        return self._shown(resource(site.cloud, one.id))

    def delete(self, site: Site, wanted: OperationRequest) -> None:
        """Delete one."""
        edit(site, Remove(self._named(site, wanted).id))

    def operations(self) -> tuple[Operation, ...]:
        """Return their operations."""
        one = self.path + "/{response}"
        return (
            Operation("GET", self.path, self.get_all, named=f"Get{self.noun}s"),
            Operation("GET", one, self.get, named=f"Get{self.noun}"),
            Change("POST", self.path, self.create, 201, named=f"Create{self.noun}"),
            Change("PATCH", one, self.update, named=f"Update{self.noun}"),
            Change("DELETE", one, self.delete, 204, named=f"Delete{self.noun}"),
        )


def _route_id(site: Site, wanted: OperationRequest) -> str:
    return route_of(lookups.http_api(site.cloud, wanted), wanted).id


def _integration_id(site: Site, wanted: OperationRequest) -> str:
    api = lookups.http_api(site.cloud, wanted)
    return integration_named(site.cloud, api, wanted.names["integration"]).id


_ROUTE, _INTEGRATION, _AUTHORIZER = (
    f"{_API}/routes/{{route}}", f"{_API}/integrations/{{integration}}", f"{_API}/authorizers/{{authorizer}}",
)  # fmt: skip
_ROUTE_RESPONSES = _Answers(
    "AWS::ApiGatewayV2::RouteResponse", "RouteId", "RouteResponse", _route_id, _ROUTE + "/routeresponses"
)
_ANSWERS = _Answers(
    "AWS::ApiGatewayV2::IntegrationResponse", "IntegrationId", "IntegrationResponse", _integration_id,
    _INTEGRATION + "/integrationresponses",
)  # fmt: skip
OPERATIONS = (
    Change("POST", _API + "/routes", create_route, 201),
    Change("PATCH", _ROUTE, update_route),
    Change("DELETE", _ROUTE, delete_route, 204),
    Change("DELETE", _ROUTE + "/requestparameters/{parameter}", delete_route_request_parameter, 204),
    Change("POST", _API + "/integrations", create_integration, 201),
    Change("PATCH", _INTEGRATION, update_integration),
    Change("DELETE", _INTEGRATION, delete_integration, 204),
    Change("POST", _API + "/authorizers", create_authorizer, 201),
    Change("PATCH", _AUTHORIZER, update_authorizer),
    Change("DELETE", _AUTHORIZER, delete_authorizer, 204),
    *_ROUTE_RESPONSES.operations(),
    *_ANSWERS.operations(),
)
