"""Integrations, in their three spellings: a REST method's, an OpenAPI operation's, an HTTP API's resource."""

from collections.abc import Iterator

from netful.model.apis.integration import Integration, IntegrationResponse
from netful.model.core import Maybe, Unknown
from netful.sources.apis.values import text_of, texts_in
from netful.sources.files.marked import MarkedMap
from netful.sources.template.reading import Reader, either, known_or

# The name of each field in each spelling; a field without a name is left out.
_OF_BOTH = {
    "connection_type": "ConnectionType",
    "connection_id": "ConnectionId",
    "timeout": "TimeoutInMillis",
    "passthrough_behavior": "PassthroughBehavior",
    "request_parameters": "RequestParameters",
    "request_templates": "RequestTemplates",
    "tls": "TlsConfig",
}
HTTP = {
    **_OF_BOTH,
    "type": "IntegrationType",
    "uri": "IntegrationUri",
    "http_method": "IntegrationMethod",
    "subtype": "IntegrationSubtype",
    "credentials": "CredentialsArn",
    "content_handling": "ContentHandlingStrategy",
    "payload_format_version": "PayloadFormatVersion",
    "template_selection_expression": "TemplateSelectionExpression",
    "response_parameters": "ResponseParameters",
    "server_name": "ServerNameToVerify",
}
REST = {
    **_OF_BOTH,
    "type": "Type",
    "uri": "Uri",
    "http_method": "IntegrationHttpMethod",
    "target": "IntegrationTarget",
    "credentials": "Credentials",
    "cache_key_parameters": "CacheKeyParameters",
    "cache_namespace": "CacheNamespace",
    "content_handling": "ContentHandling",
    "response_transfer_mode": "ResponseTransferMode",
    "responses": "IntegrationResponses",
    "insecure": "InsecureSkipVerification",
}
OPENAPI = {
    field: f"{name[0].lower()}{name[1:]}"
    for field, name in {**HTTP, **REST, "http_method": "HttpMethod"}.items()
    if field not in ("responses", "template_selection_expression")
}
"""The spelling of both kinds of APIs: a field that both have is called as a REST method's."""


def integration(reader: Reader, spelling: dict[str, str], integration_id: str, default_timeout: int) -> Integration:
    """Return the integration that a mapping describes."""

    def text(field: str) -> Maybe[str] | None:
        return reader.text(spelling[field]) if field in spelling else None

    return Integration(
        id=integration_id,
        type=_type(text("type")),
        uri=text("uri"),
        http_method=text("http_method"),
        subtype=text("subtype"),
        connection_type=_connection_type(text("connection_type"), text("connection_id")),
        connection_id=text("connection_id"),
        target=text("target"),
        credentials=text("credentials"),
        timeout_in_millis=either(reader.number(spelling["timeout"]), default_timeout),
        cache_key_parameters=_listed(reader, spelling, "cache_key_parameters"),
        cache_namespace=text("cache_namespace"),
        passthrough_behavior=known_or(text("passthrough_behavior"), "WHEN_NO_MATCH").upper(),
        content_handling=known_or(text("content_handling"), "") or None,
        response_transfer_mode=_mode(text("response_transfer_mode")),
        payload_format_version=text("payload_format_version"),
        request_parameters=texts_in(reader, spelling["request_parameters"]),
        request_templates=texts_in(reader, spelling["request_templates"]),
        template_selection_expression=text("template_selection_expression"),
        responses=tuple(_responses(reader)),
        responses_known=not any(
            isinstance(one, Unknown) for one in (*reader.each("IntegrationResponses"), reader.get("responses"))
        ),
        response_parameters=_response_parameters(reader, spelling),
        insecure_skip_verification="insecure" in spelling
        and reader.part(spelling["tls"]).flag(spelling["insecure"], default=False),
        server_name=reader.part(spelling["tls"]).text(spelling["server_name"]) if "server_name" in spelling else None,
        origin=reader.origin,
    )


def _connection_type(written: Maybe[str] | None, link: Maybe[str] | None) -> str:
    """Return the type of a connection. One that is not known is private if it names a VPC link, which no other has."""
    if isinstance(written, Unknown):
        return "INTERNET" if link is None else "VPC_LINK"
    return written or "INTERNET"


def _response_parameters(reader: Reader, spelling: dict[str, str]) -> dict[str, dict[str, Maybe[str]]]:
    """Return an HTTP API's parameters by status: a mapping, or in a resource a list of destinations and sources."""
    name = spelling.get("response_parameters", "")
    by_status = reader.part(name) if name else None
    found: dict[str, dict[str, Maybe[str]]] = {}
    for status in by_status.properties if by_status else ():
        assert by_status is not None
        items = by_status.part(status)
        if items.has("ResponseParameters"):
            pairs = [(item.text("Destination"), item.text("Source")) for item in items.parts("ResponseParameters")]
            found[status] = {to: "" if source is None else source for to, source in pairs if isinstance(to, str)}
        else:
            found[status] = texts_in(by_status, status)
    return found


def _type(written: Maybe[str] | None) -> Maybe[str]:
    return written if isinstance(written, Unknown) else (written or "MOCK").upper()


def _listed(reader: Reader, spelling: dict[str, str], field: str) -> tuple[Maybe[str], ...]:
    return reader.known_texts(spelling[field]) if field in spelling else ()


def _responses(reader: Reader) -> Iterator[IntegrationResponse]:
    """Yield the responses of a list (a resource), or by their patterns (OpenAPI, where `default` has none)."""
    for item in reader.parts("IntegrationResponses") if reader.has("IntegrationResponses") else ():
        yield IntegrationResponse(
            status_code=known_or(item.text("StatusCode"), "200"),
            selection_pattern=item.text("SelectionPattern") or None,
            response_parameters=texts_in(item, "ResponseParameters"),
            response_templates=texts_in(item, "ResponseTemplates"),
            content_handling=known_or(item.text("ContentHandling"), "") or None,
        )
    by_pattern = reader.get("responses")
    for pattern in by_pattern if isinstance(by_pattern, MarkedMap) else ():
        item = reader.part("responses").part(pattern)
        yield IntegrationResponse(
            status_code=known_or(item.text("statusCode"), "200"),
            selection_pattern=None if pattern == "default" else text_of(pattern),
            response_parameters=texts_in(item, "responseParameters"),
            response_templates=texts_in(item, "responseTemplates"),
            content_handling=known_or(item.text("contentHandling"), "") or None,
        )


def _mode(written: Maybe[str] | None) -> str:
    """Return a response transfer mode; "" for one that is not known."""
    return "BUFFERED" if written is None else written.upper() if isinstance(written, str) else ""
