"""REST APIs: the API, its resources and methods, and its body (spec: api-gateway §1, §5)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from netful.model.apis.api import (
    ApiEndpointType,
    ApiRoute,
    Authorization,
    Authorizer,
    GatewayResponse,
    MethodResponse,
    RequestValidator,
    RestApi,
)
from netful.model.core import Maybe, Unknown, known_in
from netful.sources.apis import integrations
from netful.sources.apis.body import body_of
from netful.sources.apis.openapi import Definition, definition
from netful.sources.apis.paths import normal_path
from netful.sources.apis.policy import resource_policy
from netful.sources.apis.values import endpoint_type, flags_in, model_names, model_of, named, texts_in
from netful.sources.files.marked import MarkedMap
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader, either, known_or, word

_TIMEOUT = 29_000


def rest_apis(inventory: Inventory) -> dict[str, RestApi]:
    """Return the REST APIs with all that belongs to them."""
    found = {reader.id: _api(reader, inventory) for reader in inventory.of("AWS::ApiGateway::RestApi")}
    for api_id, route in _methods(inventory):
        if api_id in found:
            found[api_id] = replace(found[api_id], routes=(*found[api_id].routes, route))
    _add_parts(inventory, found)
    return found


def _api(reader: Reader, inventory: Inventory) -> RestApi:
    body = body_of(reader)
    unknown = body if isinstance(body, Unknown) else None
    imported = reader.part("Parameters")
    base = known_or(imported.text("basepath"), "ignore")
    read = definition(body, reader.id, _TIMEOUT, base) if isinstance(body, Reader) else _nothing(reader)
    endpoint, settings = reader.part("EndpointConfiguration"), read.settings
    endpoint_settings = settings.part("endpoint-configuration")
    holder, policy = (reader, "Policy") if reader.has("Policy") else (settings, "policy")
    size = either(reader.number("MinimumCompressionSize"), settings.number("minimum-compression-size"))
    return RestApi(
        id=reader.id,
        name=named(reader, "Name", "title") or reader.id,
        endpoint_type=endpoint_type(
            reader, word(imported, "endpointConfigurationTypes", ApiEndpointType, ApiEndpointType.EDGE)
        ),
        ip_address_type=endpoint.text("IpAddressType") or "ipv4",
        vpc_endpoint_ids=endpoint.known_texts("VpcEndpointIds") or endpoint_settings.known_texts("vpcEndpointIds"),
        policy=resource_policy(holder, policy, reader.id, inventory),
        policy_origin=holder.origin_of(policy),
        disable_execute_api_endpoint=reader.flag(
            "DisableExecuteApiEndpoint", default=endpoint_settings.flag("disableExecuteApiEndpoint", default=False)
        ),
        strict=str(reader.text("EndpointAccessMode")) == "STRICT",
        binary_media_types=reader.known_texts("BinaryMediaTypes") or settings.known_texts("binary-media-types"),
        minimum_compression_size=size if isinstance(size, int) else None,
        api_key_source=known_or(reader.text("ApiKeySourceType") or settings.text("api-key-source"), "HEADER").upper(),
        routes=read.routes,
        possible_routes=read.possible_routes,
        authorizers=read.authorizers,
        request_validators=read.request_validators,
        models=read.models,
        gateway_responses=read.gateway_responses,
        definition=unknown or read.missing,
        description=named(reader, "Description", "description"),
        region=reader.region,
        origin=reader.origin,
    )


def _nothing(reader: Reader) -> Definition:
    empty = MarkedMap(reader.properties.file, reader.properties.line)
    return Definition((), {}, {}, {}, {}, reader.within(empty, reader.origin))


def _methods(inventory: Inventory) -> Iterator[tuple[str, ApiRoute]]:
    paths = resource_paths(inventory)
    models = {reader.id: model_of(reader).name for reader in inventory.of("AWS::ApiGateway::Model")}
    for reader in inventory.of("AWS::ApiGateway::Method"):
        api_id, resource_id = reader.required("RestApiId"), reader.required("ResourceId")
        path = known_in(paths, resource_id)
        if isinstance(api_id, Unknown):
            continue
        if path is None:
            reader.warn("ResourceId", f"the resource of `{reader.id}` is not known, so the method is left out")
            continue
        yield api_id, _method(reader, path, known_or(resource_id, ""), models)


def resource_paths(inventory: Inventory) -> dict[str, str]:
    """Return the path of every resource, roots included, by its id."""
    roots = {f"{reader.id}.root": "/" for reader in inventory.of("AWS::ApiGateway::RestApi")}
    resources = {reader.id: reader for reader in inventory.of("AWS::ApiGateway::Resource")}
    found = dict(roots)

    def path_of(resource_id: Maybe[str] | None) -> str | None:
        if not isinstance(resource_id, str) or resource_id in found or resource_id not in resources:
            return known_in(found, resource_id)
        reader = resources.pop(resource_id)  # so that a resource above itself ends there
        parent, part = path_of(reader.text("ParentId")), reader.text("PathPart")
        if parent is not None and isinstance(part, str):
            found[resource_id] = normal_path(f"{parent}/{part}")
        return found.get(resource_id)

    for resource_id in [*resources]:
        path_of(resource_id)
    return found


def _method(reader: Reader, path: str, resource_id: str, models: Mapping[str, str]) -> ApiRoute:
    written = reader.part("Integration")
    integration = integrations.integration(written, integrations.REST, reader.id, _TIMEOUT)
    return ApiRoute(
        id=reader.id,
        http_method=known_or(reader.text("HttpMethod"), "ANY").upper(),
        path=path,
        authorization_type=word(reader, "AuthorizationType", Authorization, Authorization.NONE),
        authorizer_id=reader.text("AuthorizerId"),
        authorization_scopes=reader.known_texts("AuthorizationScopes"),
        api_key_required=reader.flag("ApiKeyRequired", default=False),
        integration=integration if reader.has("Integration") else None,
        request_parameters=flags_in(reader, "RequestParameters"),
        parameters_known=not isinstance(reader.get("RequestParameters"), Unknown),
        request_models=model_names(reader, models),
        request_validator_id=reader.text("RequestValidatorId"),
        method_responses=tuple(
            MethodResponse(
                known_or(item.text("StatusCode"), "200"),
                flags_in(item, "ResponseParameters"),
                texts_in(item, "ResponseModels"),
            )
            for item in reader.parts("MethodResponses")
        )
        if not any(isinstance(item, Unknown) for item in reader.each("MethodResponses"))
        else (),
        resource_id=resource_id,
        origin=reader.origin,
    )


def _add_parts(inventory: Inventory, found: dict[str, RestApi]) -> None:
    """Add authorizers, validators, models and gateway responses that are separate resources."""
    for reader in inventory.of("AWS::ApiGateway::Authorizer"):
        _add(found, reader, "authorizers", reader.id, _authorizer(reader))
    for reader in inventory.of("AWS::ApiGateway::RequestValidator"):
        _add(found, reader, "request_validators", reader.id, _validator(reader))
    for reader in inventory.of("AWS::ApiGateway::Model"):
        model = model_of(reader)
        _add(found, reader, "models", model.name, model)
    for reader in inventory.of("AWS::ApiGateway::GatewayResponse"):
        response = _gateway_response(reader)
        _add(found, reader, "gateway_responses", response.response_type, response)


def _add(found: dict[str, RestApi], reader: Reader, field: str, key: str, part: Any) -> None:
    api_id = reader.text("RestApiId")
    if isinstance(api_id, str) and api_id in found:
        changed: Any = {field: {**getattr(found[api_id], field), key: part}}
        found[api_id] = replace(found[api_id], **changed)


def _authorizer(reader: Reader) -> Authorizer:
    return Authorizer(
        id=reader.id,
        name=known_or(reader.text("Name"), reader.id),
        type=reader.required("Type"),
        authorizer_uri=reader.text("AuthorizerUri"),
        identity_source=reader.known_texts("IdentitySource"),
        identity_validation_expression=reader.text("IdentityValidationExpression"),
        authorizer_result_ttl_in_seconds=either(reader.number("AuthorizerResultTtlInSeconds"), 300),
        provider_arns=reader.known_texts("ProviderARNs"),
        credentials=reader.text("AuthorizerCredentials"),
        origin=reader.origin,
    )


def _validator(reader: Reader) -> RequestValidator:
    body = reader.flag("ValidateRequestBody", default=False)
    return RequestValidator(reader.id, body, reader.flag("ValidateRequestParameters", default=False))


def _gateway_response(reader: Reader) -> GatewayResponse:
    return GatewayResponse(
        response_type=known_or(reader.text("ResponseType"), "DEFAULT_4XX"),
        status_code=known_or(reader.text("StatusCode"), "") or None,
        response_parameters=texts_in(reader, "ResponseParameters"),
        response_templates=texts_in(reader, "ResponseTemplates"),
    )


READERS = (PartReader("rest_apis", rest_apis),)
