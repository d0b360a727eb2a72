"""Authorizers, request validators and models of REST APIs."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from netful.account.apigateway.edits import referring
from netful.account.apigateway.kinds import Kind
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict, not_found
from netful.account.apigateway.operations.operation import OperationRequest, Site, reads
from netful.account.apigateway.rest import entries
from netful.account.apigateway.rest.resources import api_of
from netful.account.wire.json_texts import decoded
from netful.engine.apis.request_validation import DEFAULT_MODELS
from netful.model.apis.api import Authorizer, RestApi
from netful.model.core import Resource
from netful.service_models.scalars import integer

_LONGEST_TTL = 3600
AUTHORIZER, VALIDATOR = "AWS::ApiGateway::Authorizer", "AWS::ApiGateway::RequestValidator"


def owner(site: Site, wanted: OperationRequest) -> dict[str, Any]:
    """Return the properties that name the API of a path, after its body became resources."""
    return {"RestApiId": site.cloud.aws_id(api_of(site, wanted).id)}


def found(kind: str, name: str, key: str, missing: str, site: Site, wanted: OperationRequest) -> Resource:
    """Return the part of an API that a path names, by its id or by a property `key`. Raises ApiError without it."""
    for one in referring(site.cloud, api_of(site, wanted).id, "RestApiId", kind):
        if wanted.names[name] in ((one.properties.get(key),) if key else (one.id, site.cloud.aws_id(one.id))):
            return one
    raise not_found(missing.format(wanted.names[name]))


def _parts(
    part: Callable[[RestApi], Mapping[str, Any]], shown: Callable[..., Any], site: Site, wanted: OperationRequest
) -> Iterable[Any]:
    return (shown(site.cloud, one) for one in part(lookups.rest_api(site.cloud, wanted)).values())


# --- authorizers ------------------------------------------------------------------------------------------------------

_NO_AUTHORIZER = "Invalid Authorizer identifier specified"


def authorizer_named(site: Site, wanted: OperationRequest) -> Authorizer:
    """Return the authorizer that a path names. Raises ApiError if it does not exist."""
    there = lookups.rest_api(site.cloud, wanted).authorizers
    return lookups.part(site.cloud, there, wanted.names["authorizer"], _NO_AUTHORIZER)


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


_AUTHORIZERS = Kind(
    "Authorizer", AUTHORIZER, "authorizer",
    lambda site, wanted: entries.authorizer(site.cloud, authorizer_named(site, wanted)),
    partial(found, AUTHORIZER, "authorizer", "", _NO_AUTHORIZER), owner, _authorizer,
)  # fmt: skip


# --- request validators -----------------------------------------------------------------------------------------------

_NO_VALIDATOR = "Invalid Request Validator identifier specified"


def _get_validator(site: Site, wanted: OperationRequest) -> Any:
    there = lookups.rest_api(site.cloud, wanted).request_validators
    one = lookups.part(site.cloud, there, wanted.names["validator"], _NO_VALIDATOR)
    return entries.validator(site.cloud, one)


_VALIDATORS = Kind(
    "RequestValidator", VALIDATOR, "validator", _get_validator,
    partial(found, VALIDATOR, "validator", "", _NO_VALIDATOR), owner,
)  # fmt: skip


# --- models -----------------------------------------------------------------------------------------------------------

_NO_MODEL = "Invalid model name specified: {}"


def _get_models(site: Site, wanted: OperationRequest) -> Iterable[Any]:
    api = lookups.rest_api(site.cloud, wanted)
    return (entries.model(site.cloud, api, one) for one in {**DEFAULT_MODELS, **api.models}.values())


def _get_model(site: Site, wanted: OperationRequest) -> Any:
    api, name = lookups.rest_api(site.cloud, wanted), wanted.names["model"]
    one = {**DEFAULT_MODELS, **api.models}.get(name)
    if one is None:
        raise not_found(_NO_MODEL.format(name))
    return entries.model(site.cloud, api, one)


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
    "Model", entries.MODEL, "model", _get_model,
    partial(found, entries.MODEL, "model", "Name", _NO_MODEL), owner, _model, key="Name",
)  # fmt: skip

_LISTS: tuple[tuple[Kind, Callable[[Site, OperationRequest], Iterable[Any]]], ...] = (
    (_AUTHORIZERS, partial(_parts, lambda api: api.authorizers, entries.authorizer)),
    (_VALIDATORS, partial(_parts, lambda api: api.request_validators, entries.validator)),
    (_MODELS, _get_models),
)
OPERATIONS = tuple(
    operation for kind, every in _LISTS for operation in (*reads(kind.noun, every, kind.get), *kind.operations())
)
