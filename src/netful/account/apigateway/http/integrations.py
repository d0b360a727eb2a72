"""Integrations of HTTP and WebSocket APIs."""

from dataclasses import replace
from typing import Any

from netful.account.apigateway.edits import edit, new_id, referring, resource, rewritten
from netful.account.apigateway.http.http_apis import api_of
from netful.account.apigateway.http.opened import INTEGRATION, INTEGRATION_RESPONSE
from netful.account.apigateway.http.updates import merged
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Remove, new
from netful.gateway.control.http.http_apis import get_integration, integration_named
from netful.gateway.control.operations.faults import bad_request, conflict
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.site import Change, Site
from netful.model.apis.api import HttpApi, Protocol

_SERVICE, _INTEGRATIONS = "apigatewayv2", "/v2/apis/{api}/integrations"
_INTEGRATION = _INTEGRATIONS + "/{integration}"


def create_integration(site: Site, wanted: OperationRequest) -> Any:
    """CreateIntegration."""
    api, id_ = api_of(site, wanted), new_id()
    own = properties(input_shape(_SERVICE, "CreateIntegration"), wanted.body)
    if api.protocol is Protocol.HTTP:
        own = {"PayloadFormatVersion": "1.0", **own}
    edit(site, new(INTEGRATION, id_, {"ApiId": site.cloud.aws_id(api.id), **_checked_integration(api, own)}))
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
    own = merged(one.properties, properties(input_shape(_SERVICE, "UpdateIntegration"), wanted.body))
    edit(site, rewritten(one, _checked_integration(api, own)))
    return get_integration(site, wanted)


def delete_integration(site: Site, wanted: OperationRequest) -> None:
    """DeleteIntegration: no route may lead to it."""
    api = api_of(site, wanted)
    one = integration_named(site.cloud, api, wanted.names["integration"])
    used = next((route for route in api.routes if route.integration and route.integration.id == one.id), None)
    if used is not None:
        raise conflict(
            f"Cannot delete Integration '{site.cloud.part_id(one.id)}' because it is referenced by Route "
            f"'{site.cloud.part_id(used.id)}'."
        )
    answers = referring(site.cloud, one.id, "IntegrationId", INTEGRATION_RESPONSE)
    edit(site, Remove(resource(site.cloud, one.id).id), *(Remove(found.id) for found in answers))


OPERATIONS = (
    Change("POST", _INTEGRATIONS, create_integration, 201),
    Change("PATCH", _INTEGRATION, update_integration),
    Change("DELETE", _INTEGRATION, delete_integration, 204),
)
