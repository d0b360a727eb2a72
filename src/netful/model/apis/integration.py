"""Integrations of a route: a function, a service's action, a web server, a mock (spec: api-gateway §5.1)."""

from collections.abc import Mapping

from msgspec import field

from netful.model.core import Frozen, Identified, Maybe


class IntegrationResponse(Frozen):
    """Mapping from an integration's answer to the caller's response.

    The one without a pattern is the default (§5.9). `template_selection_expression` is a WebSocket API's.
    """

    status_code: str
    selection_pattern: Maybe[str] | None = None
    response_parameters: Mapping[str, Maybe[str]] = field(default_factory=dict)
    response_templates: Mapping[str, Maybe[str]] = field(default_factory=dict)
    content_handling: str | None = None
    template_selection_expression: Maybe[str] | None = None


class Integration(Identified):
    """An integration as written. `type` is MOCK, HTTP, HTTP_PROXY, AWS or AWS_PROXY.

    `subtype` is an HTTP API's (`SQS-SendMessage`). `connection_id` is a VPC link's, `target` the listener or load
    balancer of a link of the second version. A `uri` and a `connection_id` may contain `${stageVariables.x}`.
    `response_transfer_mode` is STREAM if a REST API streams the response, else BUFFERED, "" if that is not known. `response_parameters` are an
    HTTP API's, by status. `template_selection_expression` is a WebSocket API's. `responses_known`: none of `responses` is left out as unknown. `server_name` is the name that a private back end's certificate must contain.
    """

    type: Maybe[str]
    uri: Maybe[str] | None = None
    http_method: Maybe[str] | None = None
    subtype: Maybe[str] | None = None
    connection_type: str = "INTERNET"
    connection_id: Maybe[str] | None = None
    target: Maybe[str] | None = None
    credentials: Maybe[str] | None = None
    timeout_in_millis: Maybe[int] = 29000
    cache_key_parameters: tuple[Maybe[str], ...] = ()
    cache_namespace: Maybe[str] | None = None
    passthrough_behavior: str = "WHEN_NO_MATCH"
    content_handling: str | None = None
    response_transfer_mode: str = "BUFFERED"
    payload_format_version: Maybe[str] | None = None
    request_parameters: Mapping[str, Maybe[str]] = field(default_factory=dict)
    request_templates: Mapping[str, Maybe[str]] = field(default_factory=dict)
    template_selection_expression: Maybe[str] | None = None
    responses: tuple[IntegrationResponse, ...] = ()
    responses_known: bool = True
    response_parameters: Mapping[str, Mapping[str, Maybe[str]]] = field(default_factory=dict)
    insecure_skip_verification: bool = False
    server_name: Maybe[str] | None = None
