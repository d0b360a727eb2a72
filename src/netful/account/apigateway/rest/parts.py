"""Authorizers, request validators, models and gateway responses of REST APIs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from netful.account.apigateway.edits import edit, new_id, referring, rewritten
from netful.account.apigateway.patching import patched
from netful.account.apigateway.rest.resources import api_of
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Remove, new
from netful.gateway.control.operations.faults import ControlError, bad_request, conflict, not_found
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.patches import patches
from netful.gateway.control.operations.site import Change, Site
from netful.gateway.control.rest.gateway_responses import get_gateway_response
from netful.gateway.control.rest.rest_apis import get_authorizer, get_model, get_request_validator
from netful.model.cloud import Cloud
from netful.model.core.frozen import Frozen
from netful.model.core.resource import Resource

Checked = Callable[[dict[str, Any]], dict[str, Any]]
"""Returns properties as the resource has them. Raises ControlError for values that AWS refuses."""

_LONGEST_TTL = 3600


def _authorizer(own: dict[str, Any]) -> dict[str, Any]:
    if own.get("Type") not in ("TOKEN", "REQUEST", "COGNITO_USER_POOLS"):
        raise bad_request("Invalid authorizer type specified. Must be one of: [TOKEN, REQUEST, COGNITO_USER_POOLS]")
    if own["Type"] != "COGNITO_USER_POOLS" and not own.get("AuthorizerUri"):
        raise bad_request("Invalid Authorizer URI: null. Authorizer URI should be a valid API Gateway ARN that represents "
                          "a Lambda function invocation.")  # fmt: skip
    if own["Type"] == "COGNITO_USER_POOLS" and not own.get("ProviderARNs"):
        raise bad_request("COGNITO_USER_POOLS authorizer must have at least one provider ARN")
    if not 0 <= own.get("AuthorizerResultTtlInSeconds", 0) <= _LONGEST_TTL:
        raise bad_request(f"Authorizer result TTL must be between 0 and {_LONGEST_TTL} seconds")
    return own


def _model(own: dict[str, Any]) -> dict[str, Any]:
    schema = own.get("Schema")
    if not own.get("Name"):
        raise bad_request("Model name must be non-empty")
    if not isinstance(schema, str) or not schema:
        return own
    try:
        return {**own, "Schema": msgspec.json.decode(schema)}
    except msgspec.DecodeError:
        raise bad_request("Model schema must be a valid JSON schema") from None


class _Kind(Frozen):
    """A kind of parts: its type and collection, the name in paths, the property that the name is, and its operations' noun."""

    type: str
    collection: str
    name: str
    key: str
    noun: str
    get: Callable[[Site, OperationRequest], Any]
    missing: str
    check: Checked = dict

    @property
    def shape(self) -> Any:
        """The shape of the request that creates one."""
        return input_shape("apigateway", ("Put" if self.name == "type" else "Create") + self.noun)

    def find(self, cloud: Cloud, api_id: str, named: str) -> Resource | None:
        """Return the part of an API with a name."""
        listed = referring(cloud, api_id, "RestApiId", self.type)
        return next((one for one in listed if named in self._names(cloud, one)), None)

    def _names(self, cloud: Cloud, one: Resource) -> tuple[Any, ...]:
        return (one.properties.get(self.key),) if self.key else (one.id, cloud.aws_id(one.id))

    def named(self, site: Site, wanted: OperationRequest) -> Resource:
        """Return the part that a path names. Raises ControlError if it does not exist."""
        api = api_of(site, wanted)
        found = self.find(site.cloud, api.id, wanted.names[self.name])
        if found is None:
            raise self.not_found(wanted)
        return found

    def not_found(self, wanted: OperationRequest) -> ControlError:
        """Return the error for a part that does not exist."""
        return not_found(self.missing.format(wanted.names[self.name]))

    def create(self, site: Site, wanted: OperationRequest) -> Any:
        """Create a part."""
        api, id_ = api_of(site, wanted), new_id()
        own = self.check(properties(self.shape, wanted.body))
        named = str(own[self.key]) if self.key else id_
        if self.find(site.cloud, api.id, named) is not None:
            raise conflict(f"{self.noun} name already exists for this REST API")
        edit(site, new(self.type, id_, {"RestApiId": site.cloud.aws_id(api.id), **own}))
        return self.get(site, replace(wanted, names={**wanted.names, self.name: named}))

    def update(self, site: Site, wanted: OperationRequest) -> Any:
        """Apply patches to a part."""
        one = self.named(site, wanted)
        edit(site, rewritten(one, self.check(patched(self.shape, one.properties, patches(wanted)))))
        return self.get(site, wanted)

    def delete(self, site: Site, wanted: OperationRequest) -> None:
        """Delete a part."""
        edit(site, Remove(self.named(site, wanted).id))

    def operations(self) -> tuple[Change, ...]:
        """Return the operations of parts that have ids or names of their own."""
        path = f"/restapis/{{api}}/{self.collection}"
        one = f"{path}/{{{self.name}}}"
        return (
            Change("POST", path, self.create, 201, named=f"Create{self.noun}"),
            Change("PATCH", one, self.update, named=f"Update{self.noun}"),
            Change("DELETE", one, self.delete, 202, named=f"Delete{self.noun}"),
        )


_AUTHORIZERS = _Kind(
    "AWS::ApiGateway::Authorizer", "authorizers", "authorizer", "", "Authorizer", get_authorizer,
    "Invalid Authorizer identifier specified", _authorizer,
)  # fmt: skip
_VALIDATORS = _Kind(
    "AWS::ApiGateway::RequestValidator", "requestvalidators", "validator", "", "RequestValidator", get_request_validator,
    "Invalid Request Validator identifier specified",
)  # fmt: skip
_MODELS = _Kind(
    "AWS::ApiGateway::Model", "models", "model", "Name", "Model", get_model, "Invalid model name specified: {}", _model,
)  # fmt: skip
_RESPONSES = _Kind(
    "AWS::ApiGateway::GatewayResponse", "gatewayresponses", "type", "ResponseType", "GatewayResponse",
    get_gateway_response, "Gateway response type not defined on api",
)  # fmt: skip


def put_gateway_response(site: Site, wanted: OperationRequest) -> Any:
    """PutGatewayResponse: in place of the API's own for the same type."""
    api, kind = api_of(site, wanted), wanted.names["type"]
    get_gateway_response(site, wanted)  # a type that AWS does not have is not found
    before = _RESPONSES.find(site.cloud, api.id, kind)
    own = {"RestApiId": site.cloud.aws_id(api.id), "ResponseType": kind, **properties(_RESPONSES.shape, wanted.body)}
    edit(site, new(_RESPONSES.type, before.id if before else new_id(), own))
    return get_gateway_response(site, wanted)


def update_gateway_response(site: Site, wanted: OperationRequest) -> Any:
    """UpdateGatewayResponse; the API gets its own if it has AWS's."""
    api, kind = api_of(site, wanted), wanted.names["type"]
    get_gateway_response(site, wanted)
    if _RESPONSES.find(site.cloud, api.id, kind) is None:
        edit(site, new(_RESPONSES.type, new_id(), {"RestApiId": site.cloud.aws_id(api.id), "ResponseType": kind}))
    return _RESPONSES.update(site, wanted)


_RESPONSE = "/restapis/{api}/gatewayresponses/{type}"
OPERATIONS = (
    *_AUTHORIZERS.operations(),
    *_VALIDATORS.operations(),
    *_MODELS.operations(),
    Change("PUT", _RESPONSE, put_gateway_response, 201),
    Change("PATCH", _RESPONSE, update_gateway_response),
    Change("DELETE", _RESPONSE, _RESPONSES.delete, 202, named="DeleteGatewayResponse"),
)
