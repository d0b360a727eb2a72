"""HTTP and WebSocket APIs: the API, its cross-origin settings, routes and integrations, and its body."""

from collections.abc import Iterator
from dataclasses import replace

from netful.model.apis.api import ApiRoute, Authorization, Authorizer, HttpApi, Protocol
from netful.model.apis.cors import CorsConfiguration
from netful.model.apis.integration import Integration, IntegrationResponse
from netful.model.core import Unknown, known_in, texts
from netful.sources.apis import integrations
from netful.sources.apis.body import body_of
from netful.sources.apis.openapi import definition
from netful.sources.apis.paths import normal_path
from netful.sources.apis.values import flags_in, model_names, model_of, named, texts_in
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader, either, known_or, word

TIMEOUTS = {Protocol.HTTP: 30_000, Protocol.WEBSOCKET: 29_000}
_METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "ANY")
_CORS = ("AllowOrigins", "AllowMethods", "AllowHeaders", "ExposeHeaders", "AllowCredentials", "MaxAge")
_CORS_OF_BODY = ("allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders", "allowCredentials", "maxAge")


def http_apis(inventory: Inventory) -> dict[str, HttpApi]:
    """Return the HTTP and WebSocket APIs with all that belongs to them."""
    found = {reader.id: _api(reader) for reader in inventory.of("AWS::ApiGatewayV2::Api")}
    for reader in inventory.of("AWS::ApiGatewayV2::Authorizer"):
        api = known_in(found, reader.text("ApiId"))
        if api is not None:
            found[api.id] = replace(api, authorizers={**api.authorizers, reader.id: _authorizer(reader)})
    for reader, api in inventory.parts_of(found, "AWS::ApiGatewayV2::Model", "ApiId"):
        model = model_of(reader)
        found[api.id] = replace(api, models={**api.models, model.name: model})
    for api_id, route in _routes(inventory, found):
        found[api_id] = replace(found[api_id], routes=(*found[api_id].routes, route))
    return found


def _api(reader: Reader) -> HttpApi:
    protocol = word(reader, "ProtocolType", Protocol, Protocol.HTTP)
    protocol = Protocol.HTTP if isinstance(protocol, Unknown) else protocol
    body = body_of(reader)
    base = known_or(reader.text("BasePath"), "ignore")
    read = definition(body, reader.id, TIMEOUTS[protocol], base) if isinstance(body, Reader) else None
    missing = body if isinstance(body, Unknown) else read.missing if read else None
    disabled = read is not None and read.settings.part("endpoint-configuration").flag(
        "disableExecuteApiEndpoint", default=False
    )
    api = HttpApi(
        id=reader.id,
        name=named(reader, "Name", "title") or reader.id,
        protocol=protocol,
        ip_address_type=reader.text("IpAddressType") or "ipv4",
        disable_execute_api_endpoint=reader.flag("DisableExecuteApiEndpoint", default=disabled),
        route_selection_expression=reader.text("RouteSelectionExpression"),
        cors_configuration=_cors_of_resource(reader) or (_cors_of_body(read.settings) if read else None),
        routes=read.routes if read else (),
        possible_routes=read.possible_routes if read else (),
        authorizers=read.authorizers if read else {},
        definition=missing,
        description=named(reader, "Description", "description"),
        region=reader.region,
        origin=reader.origin,
    )
    quick = _quick_route(reader, TIMEOUTS[protocol])
    return replace(api, routes=(*api.routes, quick)) if quick else api


def _quick_route(reader: Reader, timeout: int) -> ApiRoute | None:
    """Return the route of `Target`: a function or a URL for `RouteKey`, or for all requests."""
    target = reader.text("Target")
    if target is None:
        return None
    web = isinstance(target, str) and target.startswith("http")
    integration = Integration(
        reader.id,
        "HTTP_PROXY" if web else "AWS_PROXY",
        target,
        timeout_in_millis=timeout,
        payload_format_version="1.0" if web else "2.0",
        credentials=reader.text("CredentialsArn"),
        origin=reader.origin_of("Target"),
    )
    method, path = _split(known_or(reader.text("RouteKey"), "$default"))
    return ApiRoute(f"{reader.id} {path}", method, path, integration=integration, origin=reader.origin_of("Target"))


def _split(route_key: str) -> tuple[str, str]:
    """Return the method and the path of a route key; one without a method answers all."""
    method, _, path = route_key.partition(" ")
    if method.upper() in _METHODS and path:
        return method.upper(), normal_path(path)
    return "ANY", route_key


def _routes(inventory: Inventory, found: dict[str, HttpApi]) -> Iterator[tuple[str, ApiRoute]]:
    behind = {reader.id: reader for reader in inventory.of("AWS::ApiGatewayV2::Integration")}
    answering = {str(reader.required("RouteId")) for reader in inventory.of("AWS::ApiGatewayV2::RouteResponse")}
    models = {reader.id: model_of(reader).name for reader in inventory.of("AWS::ApiGatewayV2::Model")}
    responses = _responses(inventory)
    for reader in inventory.of("AWS::ApiGatewayV2::Route"):
        api_id, key = reader.required("ApiId"), reader.required("RouteKey")
        api = known_in(found, api_id)
        if api is None or isinstance(key, Unknown):
            continue
        method, path = _split(key)
        target = str(reader.named(known_or(reader.text("Target"), "").removeprefix("integrations/")))
        integration = None
        if target in behind:
            timeout = TIMEOUTS[api.protocol]
            integration = integrations.integration(behind[target], integrations.HTTP, target, timeout)
            integration = replace(integration, responses=tuple(responses.get(target, ())))
        yield (
            api.id,
            ApiRoute(
                id=reader.id,
                http_method=method,
                path=path,
                authorization_type=word(reader, "AuthorizationType", Authorization, Authorization.NONE),
                authorizer_id=reader.text("AuthorizerId"),
                authorization_scopes=reader.known_texts("AuthorizationScopes"),
                api_key_required=reader.flag("ApiKeyRequired", default=False),
                integration=integration,
                request_parameters=flags_in(reader, "RequestParameters"),
                request_models=model_names(reader, models),
                model_selection_expression=reader.text("ModelSelectionExpression"),
                resource_id=reader.id,
                answers=reader.id in answering,
                origin=reader.origin,
            ),
        )


def _responses(inventory: Inventory) -> dict[str, list[IntegrationResponse]]:
    """Return the responses of WebSocket integrations; a key is `$default`, or a pattern between slashes."""
    found: dict[str, list[IntegrationResponse]] = {}
    for reader in inventory.of("AWS::ApiGatewayV2::IntegrationResponse"):
        key = known_or(reader.text("IntegrationResponseKey"), "$default")
        pattern = None if key == "$default" else key.strip("/")
        response = IntegrationResponse(
            "200",
            pattern,
            response_templates=texts_in(reader, "ResponseTemplates"),
            template_selection_expression=reader.text("TemplateSelectionExpression"),
        )
        found.setdefault(str(reader.required("IntegrationId")), []).append(response)
    return found


def _authorizer(reader: Reader) -> Authorizer:
    jwt = reader.part("JwtConfiguration")
    return Authorizer(
        id=reader.id,
        name=known_or(reader.text("Name"), reader.id),
        type=reader.required("AuthorizerType"),
        authorizer_uri=reader.text("AuthorizerUri"),
        identity_source=reader.known_texts("IdentitySource"),
        identity_validation_expression=reader.text("IdentityValidationExpression"),
        authorizer_result_ttl_in_seconds=either(reader.number("AuthorizerResultTtlInSeconds"), 0),
        issuer=jwt.text("Issuer"),
        audience=jwt.known_literals("Audience"),
        payload_format_version=reader.text("AuthorizerPayloadFormatVersion"),
        enable_simple_responses=reader.flag("EnableSimpleResponses", default=False),
        credentials=reader.text("AuthorizerCredentialsArn"),
        origin=reader.origin,
    )


def _cors_of_resource(reader: Reader) -> CorsConfiguration | None:
    """Return `CorsConfiguration` of an API."""
    return _cors(reader.part("CorsConfiguration"), _CORS) if reader.has("CorsConfiguration") else None


def _cors_of_body(settings: Reader) -> CorsConfiguration | None:
    """Return `x-amazon-apigateway-cors` of a body; `true` allows everything."""
    if settings.get("cors") is True:
        return CorsConfiguration(("*",), ("*",), ("*",))
    return _cors(settings.part("cors"), _CORS_OF_BODY) if settings.has("cors") else None


def _cors(reader: Reader, names: tuple[str, ...]) -> CorsConfiguration:
    origins, methods, headers, exposed, credentials, age = names
    seconds = reader.number(age)
    return CorsConfiguration(
        allow_origins=tuple(texts(reader.known_texts(origins))),
        allow_methods=tuple(texts(reader.known_texts(methods))),
        allow_headers=tuple(texts(reader.known_texts(headers))),
        expose_headers=tuple(texts(reader.known_texts(exposed))),
        allow_credentials=reader.flag(credentials, default=False),
        max_age=seconds if isinstance(seconds, int) else None,
    )


READERS = (PartReader("http_apis", http_apis),)
