"""Authorizers, request validators and models of REST APIs."""

import re
from collections.abc import Iterable
from typing import Any

from netful.account.apigateway.edits import referring
from netful.account.apigateway.kinds import Kind
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict, not_found
from netful.account.apigateway.operations.operation import OperationRequest, Site
from netful.account.apigateway.rest import entries
from netful.account.apigateway.rest.resources import api_of
from netful.account.wire.json_texts import decoded
from netful.engine.apis.request_validation import DEFAULT_MODELS
from netful.model.apis.api import RequestModel
from netful.model.core import Resource
from netful.service_models.scalars import integer

_LONGEST_TTL = 3600
AUTHORIZER, VALIDATOR = "AWS::ApiGateway::Authorizer", "AWS::ApiGateway::RequestValidator"


def owner(site: Site, wanted: OperationRequest) -> dict[str, Any]:
    """Return the properties that name the API of a path, after its body became resources."""
    return {"RestApiId": site.cloud.aws_id(api_of(site, wanted).id)}


# --- authorizers ------------------------------------------------------------------------------------------------------


def _authorizer(_site: Site, _wanted: OperationRequest, own: dict[str, Any], _id: str) -> dict[str, Any]:
    if own.get("Type") not in ("TOKEN", "REQUEST", "COGNITO_USER_POOLS"):
        raise bad_request("Invalid authorizer type specified. Must be one of: [TOKEN, REQUEST, COGNITO_USER_POOLS]")
    if own["Type"] != "COGNITO_USER_POOLS" and not own.get("AuthorizerUri"):
        raise bad_request("Invalid Authorizer URI: null. Authorizer URI should be a valid API Gateway ARN that represents "
                          "a Lambda function invocation.")  # fmt: skip
    if own["Type"] == "COGNITO_USER_POOLS" and not own.get("ProviderARNs"):
        raise bad_request("COGNITO_USER_POOLS authorizer must have at least one provider ARN")
    seconds = integer(own.get("AuthorizerResultTtlInSeconds"))
    if seconds is not None and not 0 <= seconds <= _LONGEST_TTL:
        raise bad_request(f"Authorizer result TTL must be between 0 and {_LONGEST_TTL} seconds")
    return own


AUTHORIZERS = Kind(
    "Authorizer", AUTHORIZER, "authorizer", lambda site, wanted: lookups.rest_api(site.cloud, wanted).authorizers.values(),
    lambda site, _wanted, one: entries.authorizer(site.cloud, one), owner, "Invalid Authorizer identifier specified",
    _authorizer,
)  # fmt: skip
_VALIDATORS = Kind(
    "RequestValidator", VALIDATOR, "validator",
    lambda site, wanted: lookups.rest_api(site.cloud, wanted).request_validators.values(),
    lambda site, _wanted, one: entries.validator(site.cloud, one), owner,
    "Invalid Request Validator identifier specified",
)  # fmt: skip


# --- models -----------------------------------------------------------------------------------------------------------

_NO_MODEL = "Invalid model name specified: {}"


def _models(site: Site, wanted: OperationRequest) -> Iterable[RequestModel]:
    return {**DEFAULT_MODELS, **lookups.rest_api(site.cloud, wanted).models}.values()


def _resource(site: Site, wanted: OperationRequest, one: RequestModel) -> Resource:
    for each in referring(site.cloud, lookups.rest_api(site.cloud, wanted).id, "RestApiId", entries.MODEL):
        if each.properties.get("Name") == one.name:
            return each
    raise not_found(_NO_MODEL.format(one.name))  # one that AWS makes


def _model(site: Site, wanted: OperationRequest, own: dict[str, Any], id_: str) -> dict[str, Any]:
    schema, name = own.get("Schema"), own.get("Name")
    if not id_:
        if not name:
            raise bad_request("Model name must be non-empty")
        if not re.fullmatch("[a-zA-Z0-9]+", name):
            raise bad_request(f"Model name must be alphanumeric: {name}")
        others = referring(site.cloud, api_of(site, wanted).id, "RestApiId", entries.MODEL)
        if name in [one.properties.get("Name") for one in others]:
            raise conflict("Model name already exists for this REST API")
    if not isinstance(schema, str) or not schema:
        return own
    return {**own, "Schema": decoded(schema, bad_request("Model schema must be a valid JSON schema"))}


_MODELS = Kind(
    "Model", entries.MODEL, "model", _models,
    lambda site, wanted, one: entries.model(site.cloud, lookups.rest_api(site.cloud, wanted), one), owner, _NO_MODEL, _model,
    key="Name", ids=lambda _cloud, one: (one.name,), resource=_resource,
)  # fmt: skip
OPERATIONS = (*AUTHORIZERS.operations(), *_VALIDATORS.operations(), *_MODELS.operations())
