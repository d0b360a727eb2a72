"""Responses of methods and of their integrations, by status."""

from collections.abc import Mapping
from typing import Any

from netful.account.apigateway.patching import patched
from netful.account.apigateway.rest.methods import having, integration_of, method_named
from netful.account.apigateway.shapes import input_shape, properties
from netful.gateway.control.operations.faults import conflict, not_found
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.patches import patches
from netful.gateway.control.operations.site import Change, Site
from netful.gateway.control.rest.resources import get_integration_response, get_method_response
from netful.model.core.resource import Resource


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
    method, status = method_named(site, wanted), wanted.names["status"]
    responses = _responses(method.properties, "MethodResponses")
    if status in responses:
        raise conflict("Response already exists for this resource")
    own = properties(input_shape("apigateway", "PutMethodResponse"), wanted.body)
    having(site, method, MethodResponses=_with(responses, status, own))
    return get_method_response(site, wanted)


def update_method_response(site: Site, wanted: OperationRequest) -> Any:
    """UpdateMethodResponse."""
    method, status = method_named(site, wanted), wanted.names["status"]
    responses = _responses(method.properties, "MethodResponses")
    own = patched(input_shape("apigateway", "PutMethodResponse"), _existing(responses, status), patches(wanted))
    having(site, method, MethodResponses=_with(responses, status, own))
    return get_method_response(site, wanted)


def delete_method_response(site: Site, wanted: OperationRequest) -> None:
    """DeleteMethodResponse."""
    method, status = method_named(site, wanted), wanted.names["status"]
    responses = _responses(method.properties, "MethodResponses")
    _existing(responses, status)
    having(site, method, MethodResponses=_with(responses, status, None))


def put_integration_response(site: Site, wanted: OperationRequest) -> Any:
    """PutIntegrationResponse: in place of one for the same status."""
    method, status = method_named(site, wanted), wanted.names["status"]
    integration = integration_of(method)
    own = properties(input_shape("apigateway", "PutIntegrationResponse"), wanted.body)
    _set_response(site, method, integration, status, own)
    return get_integration_response(site, wanted)


def _set_response(
    site: Site, method: Resource, integration: dict[str, Any], status: str, own: Mapping[str, Any] | None
) -> None:
    listed = _with(_responses(integration, "IntegrationResponses"), status, own)
    having(site, method, Integration={**integration, "IntegrationResponses": listed})


def update_integration_response(site: Site, wanted: OperationRequest) -> Any:
    """UpdateIntegrationResponse."""
    method, status = method_named(site, wanted), wanted.names["status"]
    integration = integration_of(method)
    before = _existing(_responses(integration, "IntegrationResponses"), status)
    own = patched(input_shape("apigateway", "PutIntegrationResponse"), before, patches(wanted))
    _set_response(site, method, integration, status, own)
    return get_integration_response(site, wanted)


def delete_integration_response(site: Site, wanted: OperationRequest) -> None:
    """DeleteIntegrationResponse."""
    method, status = method_named(site, wanted), wanted.names["status"]
    integration = integration_of(method)
    _existing(_responses(integration, "IntegrationResponses"), status)
    _set_response(site, method, integration, status, None)


_METHOD = "/restapis/{api}/resources/{resource}/methods/{method}"
_RESPONSE, _OF_INTEGRATION = _METHOD + "/responses/{status}", _METHOD + "/integration/responses/{status}"
OPERATIONS = (
    Change("PUT", _RESPONSE, put_method_response, 201),
    Change("PATCH", _RESPONSE, update_method_response, 201),
    Change("DELETE", _RESPONSE, delete_method_response, 204),
    Change("PUT", _OF_INTEGRATION, put_integration_response, 201),
    Change("PATCH", _OF_INTEGRATION, update_integration_response),
    Change("DELETE", _OF_INTEGRATION, delete_integration_response, 204),
)
