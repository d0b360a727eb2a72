"""Methods of REST APIs with their integrations, and the responses of both. CloudFormation has all four in one resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netful.account.apigateway.edits import edit, resource, rewritten
from netful.account.apigateway.patching import patched
from netful.account.apigateway.rest_resources import api_of, name_of
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Remove, new
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.faults import bad_request, conflict, not_found
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.patches import patches
from netful.gateway.control.operations.site import Change, Site
from netful.gateway.control.rest.resources import (
    get_integration,
    get_integration_response,
    get_method,
    get_method_response,
)
from netful.model.core.resource import Resource

TYPE = "AWS::ApiGateway::Method"
_METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY")
_AUTHORIZED = ("CUSTOM", "COGNITO_USER_POOLS")
_KINDS = ("AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK")


def put_method(site: Site, wanted: OperationRequest) -> Any:
    """PutMethod: a new method of a resource."""
    api = api_of(site, wanted)
    path = lookups.resource_path(site.cloud, api, wanted.names["resource"])
    method = wanted.names["method"].upper()
    if method not in _METHODS:
        raise bad_request(f"Invalid HttpMethod specified. Valid options are {','.join(_METHODS)}")
    if any((route.path, route.http_method) == (path, method) for route in api.routes):
        raise conflict("Method already exists for this resource")
    own = _checked(properties(input_shape("apigateway", "PutMethod"), wanted.body), api.authorizers)
    name = name_of(site.cloud, api, wanted.names["resource"])
    place = {"RestApiId": api.id, "ResourceId": name, "HttpMethod": method}
    edit(site, new(TYPE, f"{name} {method}", {**place, **own}))
    return get_method(site, wanted)


def _checked(own: dict[str, Any], authorizers: Mapping[str, Any]) -> dict[str, Any]:
    kind = own.get("AuthorizationType")
    if not kind:
        raise bad_request("Invalid authorization type specified")
    if kind in _AUTHORIZED and own.get("AuthorizerId") not in authorizers:
        raise bad_request(
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a "
            "valid authorizer."
        )
    return own


def _named(site: Site, wanted: OperationRequest) -> Resource:
    """Return the resource of the method that a path names."""
    api_of(site, wanted)
    _, route = lookups.method(site.cloud, wanted)
    return resource(site.cloud, route.id)


def update_method(site: Site, wanted: OperationRequest) -> Any:
    """UpdateMethod."""
    method = _named(site, wanted)
    found = patched(input_shape("apigateway", "PutMethod"), method.properties, patches(wanted))
    _checked(found, lookups.rest_api(site.cloud, wanted).authorizers)
    edit(site, rewritten(method, found))
    return get_method(site, wanted)


def delete_method(site: Site, wanted: OperationRequest) -> None:
    """DeleteMethod."""
    edit(site, Remove(_named(site, wanted).id))


# --- integrations -----------------------------------------------------------------------------------------------------


def _integration(method: Resource) -> dict[str, Any]:
    found = method.properties.get("Integration")
    if not isinstance(found, dict):
        raise not_found("Invalid Integration identifier specified")
    return dict(found)


def put_integration(site: Site, wanted: OperationRequest) -> Any:
    """PutIntegration: in place of the method's integration, and without its responses."""
    method = _named(site, wanted)
    own = properties(input_shape("apigateway", "PutIntegration"), wanted.body)
    _set(site, method, Integration=_checked_integration(own))
    return get_integration(site, wanted)


def _checked_integration(own: dict[str, Any]) -> dict[str, Any]:
    kind = own.get("Type")
    if kind not in _KINDS:
        raise bad_request(f"Invalid integration type specified. Must be one of: [{', '.join(_KINDS)}]")
    if kind != "MOCK" and not own.get("IntegrationHttpMethod"):
        raise bad_request("Enumeration value for HttpMethod must be non-empty")
    uri = str(own.get("Uri", ""))
    if kind.startswith("AWS") and not uri.startswith("arn:"):
        raise bad_request("Invalid ARN specified in the request")
    if kind.startswith("HTTP") and not uri:
        raise bad_request("Invalid HTTP endpoint specified for URI")
    return own


def update_integration(site: Site, wanted: OperationRequest) -> Any:
    """UpdateIntegration."""
    method = _named(site, wanted)
    found = patched(input_shape("apigateway", "PutIntegration"), _integration(method), patches(wanted))
    _set(site, method, Integration=_checked_integration(found))
    return get_integration(site, wanted)


def delete_integration(site: Site, wanted: OperationRequest) -> None:
    """DeleteIntegration."""
    method = _named(site, wanted)
    _integration(method)
    edit(site, rewritten(method, {name: one for name, one in method.properties.items() if name != "Integration"}))


def _set(site: Site, method: Resource, **own: Any) -> None:
    edit(site, rewritten(method, {**method.properties, **own}))


# --- responses --------------------------------------------------------------------------------------------------------


def _responses(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the responses of a method or an integration by their status."""
    listed = holder.get(name)
    return {str(one.get("StatusCode")): one for one in (listed if isinstance(listed, list) else ())}


def _existing(responses: Mapping[str, Any], status: str) -> dict[str, Any]:
    if status not in responses:
        raise not_found("Invalid Response status code specified")
    return dict(responses[status])


def _with(responses: dict[str, Any], status: str, own: Mapping[str, Any] | None) -> list[Any]:
    """Return responses as a list with another one for a status, or without it."""
    found = {**responses, status: {**(own or {}), "StatusCode": status}}
    return [one for code, one in found.items() if code != status or own is not None]


def put_method_response(site: Site, wanted: OperationRequest) -> Any:
    """PutMethodResponse."""
    method, status = _named(site, wanted), wanted.names["status"]
    responses = _responses(method.properties, "MethodResponses")
    if status in responses:
        raise conflict("Response already exists for this resource")
    own = properties(input_shape("apigateway", "PutMethodResponse"), wanted.body)
    _set(site, method, MethodResponses=_with(responses, status, own))
    return get_method_response(site, wanted)


def update_method_response(site: Site, wanted: OperationRequest) -> Any:
    """UpdateMethodResponse."""
    method, status = _named(site, wanted), wanted.names["status"]
    responses = _responses(method.properties, "MethodResponses")
    own = patched(input_shape("apigateway", "PutMethodResponse"), _existing(responses, status), patches(wanted))
    _set(site, method, MethodResponses=_with(responses, status, own))
    return get_method_response(site, wanted)


def delete_method_response(site: Site, wanted: OperationRequest) -> None:
    """DeleteMethodResponse."""
    method, status = _named(site, wanted), wanted.names["status"]
    responses = _responses(method.properties, "MethodResponses")
    _existing(responses, status)
    _set(site, method, MethodResponses=_with(responses, status, None))


def put_integration_response(site: Site, wanted: OperationRequest) -> Any:
    """PutIntegrationResponse: in place of one for the same status."""
    method, status = _named(site, wanted), wanted.names["status"]
    integration = _integration(method)
    own = properties(input_shape("apigateway", "PutIntegrationResponse"), wanted.body)
    _set_response(site, method, integration, status, own)
    return get_integration_response(site, wanted)


def _set_response(
    site: Site, method: Resource, integration: dict[str, Any], status: str, own: Mapping[str, Any] | None
) -> None:
    listed = _with(_responses(integration, "IntegrationResponses"), status, own)
    _set(site, method, Integration={**integration, "IntegrationResponses": listed})


def update_integration_response(site: Site, wanted: OperationRequest) -> Any:
    """UpdateIntegrationResponse."""
    method, status = _named(site, wanted), wanted.names["status"]
    integration = _integration(method)
    before = _existing(_responses(integration, "IntegrationResponses"), status)
    own = patched(input_shape("apigateway", "PutIntegrationResponse"), before, patches(wanted))
    _set_response(site, method, integration, status, own)
    return get_integration_response(site, wanted)


def delete_integration_response(site: Site, wanted: OperationRequest) -> None:
    """DeleteIntegrationResponse."""
    method, status = _named(site, wanted), wanted.names["status"]
    integration = _integration(method)
    _existing(_responses(integration, "IntegrationResponses"), status)
    _set_response(site, method, integration, status, None)


_METHOD = "/restapis/{api}/resources/{resource}/methods/{method}"
_RESPONSE, _BEHIND = _METHOD + "/responses/{status}", _METHOD + "/integration"
_ANSWER = _BEHIND + "/responses/{status}"
OPERATIONS = (
    Change("PUT", _METHOD, put_method, 201),
    Change("PATCH", _METHOD, update_method),
    Change("DELETE", _METHOD, delete_method, 204),
    Change("PUT", _RESPONSE, put_method_response, 201),
    Change("PATCH", _RESPONSE, update_method_response, 201),
    Change("DELETE", _RESPONSE, delete_method_response, 204),
    Change("PUT", _BEHIND, put_integration, 201),
    Change("PATCH", _BEHIND, update_integration),
    Change("DELETE", _BEHIND, delete_integration, 204),
    Change("PUT", _ANSWER, put_integration_response, 201),
    Change("PATCH", _ANSWER, update_integration_response),
    Change("DELETE", _ANSWER, delete_integration_response, 204),
)
