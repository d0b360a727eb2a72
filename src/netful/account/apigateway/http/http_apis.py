"""HTTP and WebSocket APIs: created, imported, changed, deleted."""

from typing import Any

from netful.account.apigateway import documents
from netful.account.apigateway.edits import API_ID, edit, new_id, parts_of, resource
from netful.account.apigateway.http.entries import http_api
from netful.account.apigateway.http.opened import STAGE, opened
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site, page_of, reads
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Remove, new, removal, updated
from netful.model.apis.api import HttpApi, Protocol

TYPE = "AWS::ApiGatewayV2::Api"
_KEPT = ("AWS::ApiGatewayV2::Deployment", STAGE)
_QUICK = ("Target", "RouteKey", "CredentialsArn")


def api_of(site: Site, wanted: OperationRequest) -> HttpApi:
    """Return the API that a path names, after its body became resources."""
    edits = opened(site.cloud, lookups.http_api(site.cloud, wanted))
    if edits:
        edit(site, *edits)
    return lookups.http_api(site.cloud, wanted)


def owner(site: Site, wanted: OperationRequest) -> dict[str, Any]:
    """Return the property that names the API of a path, after its body became resources."""
    return {"ApiId": site.cloud.aws_id(api_of(site, wanted).id)}


def _get_api(site: Site, wanted: OperationRequest) -> Any:
    return http_api(site, lookups.http_api(site.cloud, wanted))


def _create_api(site: Site, wanted: OperationRequest) -> Any:
    """CreateApi; with a target, it has a route and a stage at once."""
    own = properties(input_shape("apigatewayv2", "CreateApi"), wanted.body)
    if not own.get("Name"):
        raise bad_request("Name is required")
    if own.get("ProtocolType") not in (Protocol.HTTP, Protocol.WEBSOCKET):
        raise bad_request("Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]")
    if own["ProtocolType"] == Protocol.WEBSOCKET and not own.get("RouteSelectionExpression"):
        raise bad_request("RouteSelectionExpression is required for WEBSOCKET protocol type")
    return _created(site, wanted, own)


def _created(site: Site, wanted: OperationRequest, own: dict[str, Any]) -> Any:
    id_ = new_id(API_ID)
    edit(site, new(TYPE, id_, own))
    return _get_api(site, wanted.naming(api=id_))


def _import_api(site: Site, wanted: OperationRequest) -> Any:
    """ImportApi: an HTTP API of an OpenAPI document."""
    return _created(site, wanted, {"ProtocolType": "HTTP", "Body": _document(wanted), **_base_path(wanted)})


def _document(wanted: OperationRequest) -> Any:
    return documents.read(str(wanted.body.get("body", "")))


def _base_path(wanted: OperationRequest) -> dict[str, Any]:
    mode = wanted.one("basepath")
    return {"BasePath": mode} if mode else {}


def _reimport_api(site: Site, wanted: OperationRequest) -> Any:
    """ReimportApi: another definition in place of the API's."""
    api = lookups.http_api(site.cloud, wanted)
    own = updated(
        resource(site.cloud, api.id),
        **{**dict.fromkeys(_QUICK), "Name": None, "Description": None, "CorsConfiguration": None},
        Body=_document(wanted),
        **_base_path(wanted),
    )
    replaced = [one for one in parts_of(site.cloud, api.id) if one.type not in _KEPT]
    edit(site, *removal(replaced), own)
    return _get_api(site, wanted)


def _update_api(site: Site, wanted: OperationRequest) -> Any:
    own = properties(input_shape("apigatewayv2", "UpdateApi"), wanted.body)
    if any(name in own for name in _QUICK):
        raise bad_request("netful does not change the target of an API: change its integration")
    edit(site, updated(resource(site.cloud, lookups.http_api(site.cloud, wanted).id), **own))
    return _get_api(site, wanted)


def _delete_api(site: Site, wanted: OperationRequest) -> None:
    """DeleteApi, with everything that belongs to the API."""
    api = lookups.http_api(site.cloud, wanted)
    resource(site.cloud, api.id)
    if any(mapping.api_id == api.id for mapping in site.cloud.apis.base_path_mappings.values()):
        raise bad_request("Cannot delete API: remove its API mappings first")
    edit(site, *removal(parts_of(site.cloud, api.id)), Remove(api.id))


def _delete_cors_configuration(site: Site, wanted: OperationRequest) -> None:
    api = api_of(site, wanted)
    edit(site, updated(resource(site.cloud, api.id), CorsConfiguration=None))


OPERATIONS = (
    *reads(
        "Api",
        lambda site, _wanted: (http_api(site, one) for one in site.cloud.apis.http_apis.values()), _get_api, page_of,
    ),
    Change(_create_api),
    Change(_import_api),
    Change(_reimport_api),
    Change(_update_api),
    Change(_delete_api),
    Change(_delete_cors_configuration),
)  # fmt: skip
