"""APIs of API Gateway: REST (`AWS::ApiGateway`), HTTP and WebSocket (`AWS::ApiGatewayV2`) (spec: api-gateway §1, §5).

A REST API's methods and a newer API's routes are one thing here, an `ApiRoute`: what of a request it answers, who may call
it, and the integration behind it. A route that answers every method has `http_method` "ANY", and so have the routes of
a WebSocket API, which have no method (`path` is then the route key).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from netful.model.apis.cors import CorsConfiguration
from netful.model.apis.integration import Integration
from netful.model.core.origin import DEFAULT, Origin
from netful.model.core.unknown import Maybe, Unknown

_NO_LABEL = re.compile(r"[^A-Za-z0-9-]+")


def host_label(api_id: str) -> str:
    """An API's id as it stands in host names: `stack/Api` of several stacks and the addresses of a plan become one label."""
    return _NO_LABEL.sub("-", api_id).strip("-")


class Protocol(StrEnum):
    """Which of API Gateway's three kinds an API is."""

    REST = "REST"
    HTTP = "HTTP"
    WEBSOCKET = "WEBSOCKET"


class ApiEndpointType(StrEnum):
    """Where an API answers. HTTP and WebSocket APIs are always regional."""

    EDGE = "EDGE"
    REGIONAL = "REGIONAL"
    PRIVATE = "PRIVATE"


class Authorization(StrEnum):
    """How a route learns who calls. Lambda authorizers are CUSTOM, also those of an HTTP API."""

    NONE = "NONE"
    AWS_IAM = "AWS_IAM"
    CUSTOM = "CUSTOM"
    COGNITO_USER_POOLS = "COGNITO_USER_POOLS"
    JWT = "JWT"


@dataclass(frozen=True, slots=True)
class MethodResponse:
    """A response that a REST method declares."""

    status_code: str
    response_parameters: Mapping[str, bool] = field(default_factory=dict)
    response_models: Mapping[str, Maybe[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """A method of a resource, or a route. `resource_id` is what caches take for their namespace (§4).

    `answers`: a route of a WebSocket API has a response, so that the client is sent what the integration answers.
    `parameters_known` is false where all that it declares is one unknown value.
    """

    id: str
    http_method: str
    path: str
    authorization_type: Maybe[Authorization] = Authorization.NONE
    authorizer_id: Maybe[str] | None = None
    authorization_scopes: tuple[Maybe[str], ...] = ()
    api_key_required: bool = False
    integration: Integration | None = None
    request_parameters: Mapping[str, bool] = field(default_factory=dict)
    parameters_known: bool = True
    request_models: Mapping[str, Maybe[str]] = field(default_factory=dict)
    request_validator_id: Maybe[str] | None = None
    method_responses: tuple[MethodResponse, ...] = ()
    resource_id: str = ""
    answers: bool = False
    origin: Origin = DEFAULT


@dataclass(frozen=True, slots=True)
class Authorizer:
    """An authorizer. `type` is TOKEN, REQUEST, COGNITO_USER_POOLS or JWT."""

    id: str
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
    origin: Origin = DEFAULT


@dataclass(frozen=True, slots=True)
class RequestValidator:
    """What of a request is checked before the integration is called (§5.13)."""

    id: str
    validate_request_body: bool = False
    validate_request_parameters: bool = False


@dataclass(frozen=True, slots=True)
class RequestModel:
    """A JSON schema under a name (`AWS::ApiGateway::Model`)."""

    name: str
    content_type: str
    schema: Any


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """What the gateway itself answers for a kind of error (§5.14)."""

    response_type: str
    status_code: str | None = None
    response_parameters: Mapping[str, Maybe[str]] = field(default_factory=dict)
    response_templates: Mapping[str, Maybe[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RestApi:
    """A REST API. `policy` is its resource policy in its stored form: every resource a whole ARN (§2.6).

    `definition` is why routes are not known: a body that lies elsewhere.
    """

    id: str
    name: Maybe[str]
    endpoint_type: Maybe[ApiEndpointType] = ApiEndpointType.EDGE
    vpc_endpoint_ids: tuple[Maybe[str], ...] = ()
    policy: Mapping[str, Any] | Unknown | None = None
    policy_origin: Origin = DEFAULT
    disable_execute_api_endpoint: bool = False
    binary_media_types: tuple[Maybe[str], ...] = ()
    minimum_compression_size: int | None = None
    api_key_source: str = "HEADER"
    routes: tuple[ApiRoute, ...] = ()
    authorizers: Mapping[str, Authorizer] = field(default_factory=dict)
    request_validators: Mapping[str, RequestValidator] = field(default_factory=dict)
    models: Mapping[str, RequestModel] = field(default_factory=dict)
    gateway_responses: Mapping[str, GatewayResponse] = field(default_factory=dict)
    definition: Unknown | None = None
    description: Maybe[str] | None = None
    region: str = "us-east-1"
    origin: Origin = DEFAULT

    @property
    def protocol(self) -> Protocol:
        """REST."""
        return Protocol.REST

    @property
    def private(self) -> bool:
        """Whether only VPC endpoints lead to it."""
        return self.endpoint_type is ApiEndpointType.PRIVATE


@dataclass(frozen=True, slots=True)
class HttpApi:
    """An HTTP or WebSocket API (`AWS::ApiGatewayV2::Api`). It has no resource policy, keys or cache."""

    id: str
    name: Maybe[str]
    protocol: Protocol = Protocol.HTTP
    disable_execute_api_endpoint: bool = False
    route_selection_expression: Maybe[str] | None = None
    cors_configuration: CorsConfiguration | None = None
    routes: tuple[ApiRoute, ...] = ()
    authorizers: Mapping[str, Authorizer] = field(default_factory=dict)
    definition: Unknown | None = None
    description: Maybe[str] | None = None
    region: str = "us-east-1"
    origin: Origin = DEFAULT

    @property
    def endpoint_type(self) -> ApiEndpointType:
        """REGIONAL: there is no other."""
        return ApiEndpointType.REGIONAL

    @property
    def private(self) -> bool:
        """False: it has no private form."""
        return False


Api = RestApi | HttpApi
