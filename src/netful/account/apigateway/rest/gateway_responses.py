"""Gateway responses of an API: its own, and AWS's for every type without one (api-gateway §5.14)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.apigateway.edits import edit, new_id, referring, rewritten
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import not_found
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site, reads
from netful.account.apigateway.operations.patches import patches
from netful.account.apigateway.operations.representation import known
from netful.account.apigateway.patching import patched
from netful.account.apigateway.rest.parts import owner
from netful.account.apigateway.rest.resources import api_of
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Remove, new
from netful.model.apis.api import GatewayResponse
from netful.model.core import Resource

_STANDARD = '{"application/json":"{\\"message\\":$context.error.messageString}"}'
_DEFAULTS: dict[str, str | None] = {
    "ACCESS_DENIED": "403", "API_CONFIGURATION_ERROR": "500", "AUTHORIZER_CONFIGURATION_ERROR": "500",
    "AUTHORIZER_FAILURE": "500", "BAD_REQUEST_BODY": "400", "BAD_REQUEST_PARAMETERS": "400", "DEFAULT_4XX": None,
    "DEFAULT_5XX": None, "EXPIRED_TOKEN": "403", "INTEGRATION_FAILURE": "504", "INTEGRATION_TIMEOUT": "504",
    "INVALID_API_KEY": "403", "INVALID_SIGNATURE": "403", "MISSING_AUTHENTICATION_TOKEN": "403",
    "QUOTA_EXCEEDED": "429", "REQUEST_TOO_LARGE": "413", "RESOURCE_NOT_FOUND": "404", "THROTTLED": "429",
    "UNAUTHORIZED": "401", "UNSUPPORTED_MEDIA_TYPE": "415", "WAF_FILTERED": "403",
}  # fmt: skip
"""All types, each with its status; those of a class have none."""


_NONE = GatewayResponse("")
_TYPE = "AWS::ApiGateway::GatewayResponse"


def _response(kind: str, of_api: Mapping[str, GatewayResponse]) -> dict[str, Any]:
    """Return a gateway response: the API's own, else that of its class, else AWS's."""
    status = _DEFAULTS[kind]
    own = of_api.get(kind) or (of_api.get(f"DEFAULT_{status[0]}XX") if status else None) or _NONE
    return known(
        responseType=kind,
        statusCode=own.status_code or status,
        responseParameters=own.response_parameters,
        responseTemplates=own.response_templates or json.loads(_STANDARD),
        defaultResponse=kind not in of_api,
    )


def _responses(site: Site, wanted: OperationRequest) -> Iterator[Any]:
    own = lookups.rest_api(site.cloud, wanted).gateway_responses
    return (_response(kind, own) for kind in _DEFAULTS)


def _get_gateway_response(site: Site, wanted: OperationRequest) -> Any:
    own, kind = lookups.rest_api(site.cloud, wanted).gateway_responses, wanted.names["type"]
    if kind not in _DEFAULTS:
        raise not_found("Invalid Gateway Response type specified")
    return _response(kind, own)


def _put_gateway_response(site: Site, wanted: OperationRequest) -> Any:
    """PutGatewayResponse: in place of the API's own for the same type."""
    return _put(site, wanted, properties(input_shape("apigateway", "PutGatewayResponse"), wanted.body))


def _put(site: Site, wanted: OperationRequest, given: Mapping[str, Any]) -> Any:
    _get_gateway_response(site, wanted)  # a type that AWS does not have is not found
    own = {**owner(site, wanted), "ResponseType": wanted.names["type"], **given}
    before = _own(site, wanted)
    edit(site, new(_TYPE, before.id if before else new_id(), own))
    return _get_gateway_response(site, wanted)


def _own(site: Site, wanted: OperationRequest) -> Resource | None:
    of_api = referring(site.cloud, api_of(site, wanted).id, "RestApiId", _TYPE)
    return next((one for one in of_api if one.properties.get("ResponseType") == wanted.names["type"]), None)


def _update_gateway_response(site: Site, wanted: OperationRequest) -> Any:
    """UpdateGatewayResponse; the API gets its own if it has AWS's."""
    if _own(site, wanted) is None:
        _put(site, wanted, {})
    one = _own(site, wanted)
    assert one is not None
    found = patched(input_shape("apigateway", "PutGatewayResponse"), one.properties, patches(wanted))
    edit(site, rewritten(one, found))
    return _get_gateway_response(site, wanted)


def _delete_gateway_response(site: Site, wanted: OperationRequest) -> None:
    one = _own(site, wanted)
    if one is None:
        raise not_found("Gateway response type not defined on api")
    edit(site, Remove(one.id))


OPERATIONS = (
    *reads("GatewayResponse", _responses, _get_gateway_response),
    Change(_put_gateway_response),
    Change(_update_gateway_response),
    Change(_delete_gateway_response),
)
