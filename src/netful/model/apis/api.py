"""APIs of API Gateway: REST (`AWS::ApiGateway`), HTTP and WebSocket (`AWS::ApiGatewayV2`) (spec: api-gateway §1, §5).

A REST API's methods and a newer API's routes have one class here, `ApiRoute`: the requests that it matches, its
authorization, and its integration. A route for every method has `http_method` "ANY", and so have the routes of a
WebSocket API, which have no method (`path` is then the route key).
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import field

from netful.model.apis.cors import CorsConfiguration
from netful.model.apis.integration import Integration
from netful.model.core import DEFAULT, Frozen, Identified, Maybe, Origin, Unknown

_NO_LABEL = re.compile(r"[^A-Za-z0-9-]+")


def host_label(api_id: str) -> str:
    """Return an API's name as a label of host names.

    `stack/Api` of several stacks and the addresses of a plan become one label.
    """
    return _NO_LABEL.sub("-", api_id).strip("-")


class Protocol(StrEnum):
    """API Gateway's three kinds of API."""

    REST = "REST"
    HTTP = "HTTP"
    WEBSOCKET = "WEBSOCKET"


class ApiEndpointType(StrEnum):
    """The endpoint type of an API. HTTP and WebSocket APIs are always regional."""

    EDGE = "EDGE"
    REGIONAL = "REGIONAL"
    PRIVATE = "PRIVATE"


class Authorization(StrEnum):
    """Methods of authenticating the callers of a route. Lambda authorizers are CUSTOM, also those of an HTTP API."""

    NONE = "NONE"
    AWS_IAM = "AWS_IAM"
    CUSTOM = "CUSTOM"
    COGNITO_USER_POOLS = "COGNITO_USER_POOLS"
    JWT = "JWT"


class MethodResponse(Frozen):
    """A response that a REST method declares."""

    status_code: str
    response_parameters: Mapping[str, Maybe[bool]] = field(default_factory=dict)
    response_models: Mapping[str, Maybe[str]] = field(default_factory=dict)


class ApiRoute(Identified):
    """A method of a resource, or a route. `resource_id` is the default cache namespace (§4).

    `answers`: a route of a WebSocket API has a response, so the client receives the integration's answer. Its `request_models` are
    by the keys that `model_selection_expression` gives; those of a method are by content type.
    `parameters_known` is False if its declared parameters, or the name of one, are not known.
    """

    http_method: str
    path: str
    authorization_type: Maybe[Authorization] = Authorization.NONE
    authorizer_id: Maybe[str] | None = None
    authorization_scopes: tuple[Maybe[str], ...] = ()
    api_key_required: bool = False
    integration: Integration | None = None
    request_parameters: Mapping[str, Maybe[bool]] = field(default_factory=dict)
    parameters_known: bool = True
    request_models: Mapping[str, Maybe[str]] = field(default_factory=dict)
    model_selection_expression: Maybe[str] | None = None
    request_validator_id: Maybe[str] | None = None
    method_responses: tuple[MethodResponse, ...] = ()
    resource_id: str = ""
    answers: bool = False


class Authorizer(Identified):
    """An authorizer. `type` is TOKEN, REQUEST, COGNITO_USER_POOLS or JWT."""

    name: str
    type: Maybe[str]
    authorizer_uri: Maybe[str] | None = None
    identity_source: tuple[Maybe[str], ...] = ()
    identity_validation_expression: Maybe[str] | None = None
    authorizer_result_ttl_in_seconds: Maybe[int] = 300
    provider_arns: tuple[Maybe[str], ...] = ()
    issuer: Maybe[str] | None = None
    audience: tuple[Maybe[str], ...] = ()
    payload_format_version: Maybe[str] | None = None
    enable_simple_responses: bool = False
    credentials: Maybe[str] | None = None


class RequestValidator(Frozen):
    """The parts of a request that are validated before the integration is called (§5.13)."""

    id: str
    validate_request_body: bool = False
    validate_request_parameters: bool = False


class RequestModel(Frozen):
    """A named JSON schema (`AWS::ApiGateway::Model`, `AWS::ApiGatewayV2::Model`)."""

    name: str
    content_type: str
    schema: Any


class GatewayResponse(Frozen):
    """The gateway's own response for a kind of error (§5.14)."""

    response_type: str
    status_code: str | None = None
    response_parameters: Mapping[str, Maybe[str]] = field(default_factory=dict)
    response_templates: Mapping[str, Maybe[str]] = field(default_factory=dict)


class RestApi(Identified):
    """A REST API. `policy` is its resource policy in its stored form: every resource is a complete ARN (§2.6).

    `definition` is the reason why routes are unknown: the body is elsewhere. `possible_routes` are those whose existence is not
    known; the type of their integration is the reason. A `strict` one asks that the TLS server name is the Host.
    """

    name: Maybe[str]
    endpoint_type: Maybe[ApiEndpointType] = ApiEndpointType.EDGE
    vpc_endpoint_ids: tuple[Maybe[str], ...] = ()
    policy: Mapping[str, Any] | Unknown | None = None
    policy_origin: Origin = DEFAULT
    disable_execute_api_endpoint: bool = False
    strict: bool = False
    binary_media_types: tuple[Maybe[str], ...] = ()
    minimum_compression_size: int | None = None
    api_key_source: str = "HEADER"
    routes: tuple[ApiRoute, ...] = ()
    possible_routes: tuple[ApiRoute, ...] = ()
    authorizers: Mapping[str, Authorizer] = field(default_factory=dict)
    request_validators: Mapping[str, RequestValidator] = field(default_factory=dict)
    models: Mapping[str, RequestModel] = field(default_factory=dict)
    gateway_responses: Mapping[str, GatewayResponse] = field(default_factory=dict)
    definition: Unknown | None = None
    description: Maybe[str] | None = None
    ip_address_type: Maybe[str] = "ipv4"
    region: str = "us-east-1"

    @property
    def protocol(self) -> Protocol:
        """REST."""
        return Protocol.REST

    @property
    def private(self) -> bool:
        """Return whether only VPC endpoints lead to it."""
        return self.endpoint_type is ApiEndpointType.PRIVATE


class HttpApi(Identified):
    """An HTTP or WebSocket API (`AWS::ApiGatewayV2::Api`). It has no resource policy, keys or cache."""

    name: Maybe[str]
    protocol: Protocol = Protocol.HTTP
    disable_execute_api_endpoint: bool = False
    route_selection_expression: Maybe[str] | None = None
    cors_configuration: CorsConfiguration | None = None
    routes: tuple[ApiRoute, ...] = ()
    possible_routes: tuple[ApiRoute, ...] = ()
    authorizers: Mapping[str, Authorizer] = field(default_factory=dict)
    models: Mapping[str, RequestModel] = field(default_factory=dict)
    definition: Unknown | None = None
    description: Maybe[str] | None = None
    ip_address_type: Maybe[str] = "ipv4"
    region: str = "us-east-1"

    @property
    def endpoint_type(self) -> ApiEndpointType:
        """REGIONAL, the only type."""
        return ApiEndpointType.REGIONAL

    @property
    def private(self) -> bool:
        """False: private HTTP APIs do not exist."""
        return False


Api = RestApi | HttpApi
