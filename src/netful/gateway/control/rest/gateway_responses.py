"""Gateway responses of an API: its own, and AWS's for every type without one (api-gateway §5.14)."""

import json
from collections.abc import Mapping
from typing import Any

from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.faults import not_found
from netful.gateway.control.operations.operation_request import OperationRequest, page
from netful.gateway.control.operations.representation import known
from netful.gateway.control.operations.site import Operation, Site
from netful.model.apis.api import GatewayResponse

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


def get_gateway_responses(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetGatewayResponses."""
    own = lookups.rest_api(site.cloud, wanted).gateway_responses
    return page(wanted, (_response(kind, own) for kind in _DEFAULTS))


def get_gateway_response(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetGatewayResponse."""
    own, kind = lookups.rest_api(site.cloud, wanted).gateway_responses, wanted.names["type"]
    if kind not in _DEFAULTS:
        raise not_found("Invalid Gateway Response type specified")
    return _response(kind, own)


OPERATIONS = (
    Operation("GET", "/restapis/{api}/gatewayresponses", get_gateway_responses),
    Operation("GET", "/restapis/{api}/gatewayresponses/{type}", get_gateway_response),
)
