"""Models of WebSocket APIs. Messages are checked against those that a route's selection expression chooses."""

import re
from collections.abc import Iterable
from typing import Any

from netful.account.apigateway.edits import referring
from netful.account.apigateway.http.http_apis import owner
from netful.account.apigateway.kinds import Kind
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict
from netful.account.apigateway.operations.operation import OperationRequest, Site
from netful.account.apigateway.shapes import shown
from netful.account.wire.json_texts import decoded
from netful.model.apis.api import Protocol
from netful.model.core import Resource

_MODEL = "AWS::ApiGatewayV2::Model"


def _every(site: Site, wanted: OperationRequest) -> Iterable[Resource]:
    return referring(site.cloud, lookups.http_api(site.cloud, wanted).id, "ApiId", _MODEL)


def _shown(site: Site, _wanted: OperationRequest, one: Resource) -> Any:
    return {**shown("apigatewayv2", "Model", one.properties), "modelId": site.cloud.aws_id(one.id)}


def _checked(site: Site, wanted: OperationRequest, own: dict[str, Any], id_: str) -> dict[str, Any]:
    name, schema = str(own.get("Name", "")), own.get("Schema")
    if lookups.http_api(site.cloud, wanted).protocol is Protocol.HTTP:
        raise bad_request("Models are not supported for HTTP APIs")
    if not re.fullmatch("[a-zA-Z0-9]+", name):
        raise bad_request(f"Model name must be alphanumeric: {name}")
    if name in [one.properties.get("Name") for one in _every(site, wanted) if one.id != id_]:
        raise conflict(f"Model with name {name} already exists for this API")
    if not isinstance(schema, str):
        return own
    return {**own, "Schema": decoded(schema, bad_request("Model schema must be a valid JSON schema"))}


OPERATIONS = Kind("Model", _MODEL, "model", _every, _shown, owner, check=_checked).operations()
