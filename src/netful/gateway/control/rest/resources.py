"""Resources of REST APIs with their methods and integrations."""

from typing import Any

from netful.engine.http.streaming import STREAM
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.faults import not_found
from netful.gateway.control.operations.operation_request import OperationRequest, page
from netful.gateway.control.operations.representation import at_aws, at_part, known, written
from netful.gateway.control.operations.site import Operation, Site
from netful.model.apis.api import ApiRoute, MethodResponse, RestApi
from netful.model.apis.integration import Integration, IntegrationResponse
from netful.model.cloud import Cloud


def _resource(cloud: Cloud, api: RestApi, path: str, *, embed: bool) -> dict[str, Any]:
    parent, _, part = path.rpartition("/")
    methods = {r.http_method: method_entry(cloud, api, r) if embed else {} for r in api.routes if r.path == path}
    whole = known(id=lookups.resource_id(cloud, api, path), path=path, resourceMethods=methods or None)
    if path == "/":
        return whole
    return {**whole, "parentId": lookups.resource_id(cloud, api, parent or "/"), "pathPart": part}


def method_entry(cloud: Cloud, api: RestApi, route: ApiRoute) -> dict[str, Any]:
    """Return a method as GetMethod has it."""
    return known(
        httpMethod=route.http_method,
        operationName=written(cloud, route.id, "OperationName"),
        authorizationType=route.authorization_type,
        authorizerId=at_part(cloud, route.authorizer_id),
        authorizationScopes=route.authorization_scopes or None,
        apiKeyRequired=route.api_key_required,
        requestValidatorId=at_part(cloud, route.request_validator_id),
        requestParameters=route.request_parameters or None,
        requestModels=route.request_models or None,
        methodResponses={one.status_code: _method_response(one) for one in route.method_responses} or None,
        methodIntegration=_integration(cloud, api, route, route.integration) if route.integration else None,
    )


def _method_response(one: MethodResponse) -> dict[str, Any]:
    return known(
        statusCode=one.status_code,
        responseParameters=one.response_parameters or None,
        responseModels=one.response_models or None,
    )


def _integration(cloud: Cloud, api: RestApi, route: ApiRoute, one: Integration) -> dict[str, Any]:
    namespace = one.cache_namespace
    web = one.type in ("HTTP", "HTTP_PROXY")
    return known(
        type=one.type,
        httpMethod=one.http_method,
        uri=one.uri,
        connectionType=one.connection_type if web else None,
        connectionId=at_aws(cloud, one.connection_id),
        integrationTarget=one.target,
        credentials=one.credentials,
        requestParameters=one.request_parameters or None,
        requestTemplates=one.request_templates or None,
        passthroughBehavior=one.passthrough_behavior,
        contentHandling=one.content_handling,
        responseTransferMode=one.response_transfer_mode if one.response_transfer_mode == STREAM else None,
        timeoutInMillis=one.timeout_in_millis,
        cacheNamespace=lookups.resource_id(cloud, api, route.path) if namespace is None else namespace,
        cacheKeyParameters=one.cache_key_parameters,
        integrationResponses={r.status_code: _integration_response(r) for r in one.responses} or None,
        tlsConfig={"insecureSkipVerification": True} if one.insecure_skip_verification else None,
    )


def _integration_response(one: IntegrationResponse) -> dict[str, Any]:
    return known(
        statusCode=one.status_code,
        selectionPattern=one.selection_pattern,
        responseParameters=one.response_parameters or None,
        responseTemplates=one.response_templates or None,
        contentHandling=one.content_handling,
    )


def _embeds(wanted: OperationRequest) -> bool:
    return "methods" in wanted.query.get("embed", [])


def get_resources(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetResources."""
    api = lookups.rest_api(site.cloud, wanted)
    cloud = site.cloud
    paths = lookups.resources(cloud, api)
    return page(wanted, (_resource(cloud, api, path, embed=_embeds(wanted)) for path in paths))


def get_resource(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetResource."""
    api = lookups.rest_api(site.cloud, wanted)
    path = lookups.resource_path(site.cloud, api, wanted.names["resource"])
    return _resource(site.cloud, api, path, embed=_embeds(wanted))


def get_method(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetMethod."""
    return method_entry(site.cloud, *lookups.method(site.cloud, wanted))


def get_method_response(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetMethodResponse."""
    _, route = lookups.method(site.cloud, wanted)
    one = next((r for r in route.method_responses if r.status_code == wanted.names["status"]), None)
    if one is None:
        raise not_found("Invalid Response status code specified")
    return _method_response(one)


def _behind(site: Site, wanted: OperationRequest) -> tuple[RestApi, ApiRoute, Integration]:
    api, route = lookups.method(site.cloud, wanted)
    if route.integration is None:
        raise not_found("Invalid Integration identifier specified")
    return api, route, route.integration


def get_integration(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetIntegration."""
    return _integration(site.cloud, *_behind(site, wanted))


def get_integration_response(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetIntegrationResponse."""
    _, _, integration = _behind(site, wanted)
    one = next((r for r in integration.responses if r.status_code == wanted.names["status"]), None)
    if one is None:
        raise not_found("Invalid Response status code specified")
    return _integration_response(one)


_RESOURCE = "/restapis/{api}/resources/{resource}"
_METHOD = _RESOURCE + "/methods/{method}"
OPERATIONS = (
    Operation("GET", "/restapis/{api}/resources", get_resources),
    Operation("GET", _RESOURCE, get_resource),
    Operation("GET", _METHOD, get_method),
    Operation("GET", _METHOD + "/responses/{status}", get_method_response),
    Operation("GET", _METHOD + "/integration", get_integration),
    Operation("GET", _METHOD + "/integration/responses/{status}", get_integration_response),
)
