"""Methods of REST APIs with their integrations. CloudFormation has both and their responses in one resource."""

from typing import Any

from netful.account.apigateway.edits import edit, resource, rewritten
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict, not_found
from netful.account.apigateway.operations.operation import Change, Operation, OperationRequest, Site
from netful.account.apigateway.operations.patches import patches
from netful.account.apigateway.patching import patched
from netful.account.apigateway.rest import entries
from netful.account.apigateway.rest.resources import api_of, name_of
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Remove, new
from netful.engine.integrations.integration_faults import SHORTEST_MILLIS, fault, undeclared
from netful.model.apis.api import ApiRoute, RestApi
from netful.model.apis.integration import Integration
from netful.model.cloud import Cloud
from netful.model.core import Resource

TYPE = "AWS::ApiGateway::Method"
_METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY")
_AUTHORIZATIONS = ("NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS")
_AUTHORIZED = _AUTHORIZATIONS[2:]
_KINDS = ("AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK")


def _get_method(site: Site, wanted: OperationRequest) -> Any:
    return entries.method(site.cloud, *lookups.method(site.cloud, wanted))


def _put_method(site: Site, wanted: OperationRequest) -> Any:
    """PutMethod: a new method of a resource."""
    api = api_of(site, wanted)
    path = lookups.resource_path(site.cloud, api, wanted.names["resource"])
    method = wanted.names["method"].upper()
    if method not in _METHODS:
        raise bad_request(f"Invalid HttpMethod specified. Valid options are {','.join(_METHODS)}")
    if any((route.path, route.http_method) == (path, method) for route in api.routes):
        raise conflict("Method already exists for this resource")
    own = _checked(site.cloud, properties(input_shape("apigateway", "PutMethod"), wanted.body), api)
    name = name_of(site.cloud, api, wanted.names["resource"])
    place = {"RestApiId": site.cloud.aws_id(api.id), "ResourceId": site.cloud.part_id(name), "HttpMethod": method}
    edit(site, new(TYPE, f"{name} {method}", {**place, **own}))
    return _get_method(site, wanted)


def _checked(cloud: Cloud, own: dict[str, Any], api: RestApi) -> dict[str, Any]:
    kind = own.get("AuthorizationType")
    if not kind or (isinstance(kind, str) and kind not in _AUTHORIZATIONS):
        raise bad_request("Invalid authorization type specified")
    authorizer = lookups.part_named(cloud, api.authorizers, str(own.get("AuthorizerId")))
    if kind in _AUTHORIZED and authorizer is None:
        raise bad_request(
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a "
            "valid authorizer."
        )
    return own


def method_named(site: Site, wanted: OperationRequest) -> Resource:
    """Return the resource of the method that a path names."""
    api_of(site, wanted)
    _, route = lookups.method(site.cloud, wanted)
    return resource(site.cloud, route.id)


def _update_method(site: Site, wanted: OperationRequest) -> Any:
    method = method_named(site, wanted)
    found = patched(input_shape("apigateway", "PutMethod"), method.properties, patches(wanted))
    _checked(site.cloud, found, lookups.rest_api(site.cloud, wanted))
    edit(site, rewritten(method, found))
    return _get_method(site, wanted)


def _delete_method(site: Site, wanted: OperationRequest) -> None:
    edit(site, Remove(method_named(site, wanted).id))


# --- integrations -----------------------------------------------------------------------------------------------------


def _get_integration(site: Site, wanted: OperationRequest) -> Any:
    api, route = lookups.method(site.cloud, wanted)
    return entries.integration(site.cloud, api, route, integration_behind(route))


def integration_behind(route: ApiRoute) -> Integration:
    """Return the integration of a method. Raises ApiError if it has none."""
    if route.integration is None:
        raise not_found("Invalid Integration identifier specified")
    return route.integration


def integration_of(method: Resource) -> dict[str, Any]:
    """Return the integration in the properties of a method. Raises ApiError if it has none."""
    found = method.properties.get("Integration")
    if not isinstance(found, dict):
        raise not_found("Invalid Integration identifier specified")
    return dict(found)


def _put_integration(site: Site, wanted: OperationRequest) -> Any:
    """PutIntegration: in place of the method's integration, and without its responses."""
    method = method_named(site, wanted)
    own = properties(input_shape("apigateway", "PutIntegration"), wanted.body)
    having(site, method, Integration=_checked_integration(own))
    return _checked_mapping(site, wanted)


def _checked_mapping(site: Site, wanted: OperationRequest) -> Any:
    """Return the integration that a request leaves. Raises ApiError if its mapping is wrong."""
    wrong = undeclared(lookups.method(site.cloud, wanted)[1])
    if wrong:
        raise bad_request(wrong)
    return _get_integration(site, wanted)


def _checked_integration(own: dict[str, Any]) -> dict[str, Any]:
    kind = own.get("Type")
    if kind not in _KINDS:
        raise bad_request(f"Invalid integration type specified. Must be one of: [{', '.join(_KINDS)}]")
    if kind != "MOCK" and not own.get("IntegrationHttpMethod"):
        raise bad_request("Enumeration value for HttpMethod must be non-empty")
    written = Integration(
        "",
        kind,
        str(own.get("Uri", "")),
        own.get("IntegrationHttpMethod"),
        timeout_in_millis=own.get("TimeoutInMillis", SHORTEST_MILLIS),
        response_transfer_mode=own.get("ResponseTransferMode", "BUFFERED"),
    )
    wrong = fault(written)
    if wrong:
        raise bad_request(wrong)
    return own


def _update_integration(site: Site, wanted: OperationRequest) -> Any:
    method = method_named(site, wanted)
    found = patched(input_shape("apigateway", "PutIntegration"), integration_of(method), patches(wanted))
    having(site, method, Integration=_checked_integration(found))
    return _checked_mapping(site, wanted)


def _delete_integration(site: Site, wanted: OperationRequest) -> None:
    method = method_named(site, wanted)
    integration_of(method)
    edit(site, rewritten(method, {name: one for name, one in method.properties.items() if name != "Integration"}))


def having(site: Site, method: Resource, **own: Any) -> None:
    """Set properties of a method."""
    edit(site, rewritten(method, {**method.properties, **own}))


OPERATIONS = (
    Operation(_get_method),
    Change(_put_method),
    Change(_update_method),
    Change(_delete_method),
    Operation(_get_integration),
    Change(_put_integration),
    Change(_update_integration),
    Change(_delete_integration),
)
