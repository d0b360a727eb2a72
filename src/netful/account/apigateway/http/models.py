"""Models of WebSocket APIs. Messages are checked against those that a route's selection expression chooses."""

import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from netful.account.apigateway.edits import named, referring
from netful.account.apigateway.http.http_apis import api_of
from netful.account.apigateway.kinds import Kind
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict, not_found
from netful.account.apigateway.operations.operation import OperationRequest, Site, page_of, reads
from netful.account.apigateway.shapes import shown
from netful.account.wire.json_texts import decoded
from netful.model.apis.api import Protocol
from netful.model.core import Resource

_MODEL = "AWS::ApiGatewayV2::Model"


def _every(site: Site, wanted: OperationRequest) -> Iterable[Resource]:
    return referring(site.cloud, lookups.http_api(site.cloud, wanted).id, "ApiId", _MODEL)


def _owner(site: Site, wanted: OperationRequest) -> dict[str, Any]:
    return {"ApiId": site.cloud.aws_id(api_of(site, wanted).id)}


def _found(site: Site, wanted: OperationRequest) -> Resource:
    id_ = wanted.names["model"]
    one = {one.id: one for one in _every(site, wanted)}.get(named(site.cloud, id_))
    if one is None:
        raise not_found(f"Unable to find Model by ID {id_} within the provided API")
    return one


def _shown(site: Site, one: Resource) -> Any:
    return {**shown("apigatewayv2", "Model", one.properties), "modelId": site.cloud.aws_id(one.id)}


def _get(site: Site, wanted: OperationRequest) -> Any:
    return _shown(site, _found(site, wanted))


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


_KIND = Kind("Model", _MODEL, "model", _get, _found, _owner, _checked)
OPERATIONS = (
    *reads("Model", lambda site, wanted: map(partial(_shown, site), _every(site, wanted)), _get, page_of),
    *_KIND.operations(),
)
