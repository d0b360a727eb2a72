"""An API without its body: the resources that the OpenAPI body describes, so that each can be changed.

AWS makes them on import. Here the first change of a part makes them. The names of paths and methods stay, so ids do too.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.account.apigateway.edits import new_id, referring, resource, rewritten
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Edit, new
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.representation import known, plain
from netful.gateway.control.rest.resources import method_entry
from netful.model.apis.api import ApiRoute, Authorizer, RequestModel, RestApi
from netful.model.cloud import Cloud
from netful.model.core.resource import Resource

_SETTINGS = frozenset(
    f"x-amazon-apigateway-{name}"
    for name in ("policy", "binary-media-types", "minimum-compression-size", "api-key-source", "endpoint-configuration")
)
_BODY = ("Body", "BodyS3Location", "Parameters")


def opened(cloud: Cloud, api: RestApi) -> tuple[Edit, ...]:
    """Return the edits that turn the body of an API into resources; none for an API without a body."""
    own = resource(cloud, api.id)
    if "Body" not in own.properties and "BodyS3Location" not in own.properties:
        return ()
    written = cloud.template.resources
    authorizers = _ids(cloud, api, "AWS::ApiGateway::Authorizer", api.authorizers)
    validators = _ids(cloud, api, "AWS::ApiGateway::RequestValidator", api.request_validators)
    of_body = [route for route in api.routes if route.id not in written]
    return (
        rewritten(own, {**_kept(own), **_settings(api, own.properties)}),
        *_paths(cloud, api),
        *(_method(cloud, api, route, {**authorizers, **validators}) for route in of_body),
        *(_authorizer(cloud, api, api.authorizers[name], id_) for name, id_ in authorizers.items()),
        *(_validator(cloud, api, name, id_) for name, id_ in validators.items()),
        *(_model(cloud, api, model) for model in api.models.values() if not _has_model(cloud, api, model)),
        *_gateway_responses(cloud, api),
    )


def _ids(cloud: Cloud, api: RestApi, kind: str, names: Iterable[str]) -> dict[str, str]:
    """Return ids for what a body names; what has a resource of the name already keeps its id."""
    there = {one.properties.get("Name"): one.id for one in referring(cloud, api.id, "RestApiId", kind)}
    return {name: there.get(name) or new_id() for name in names if name not in cloud.template.resources}


def _kept(own: Resource) -> dict[str, Any]:
    return {name: value for name, value in own.properties.items() if name not in _BODY}


def settled(cloud: Cloud, api: RestApi) -> dict[str, Any]:
    """Return the properties of an API with the settings that its body has as well; its body is then without them."""
    own = resource(cloud, api.id).properties
    body = own.get("Body")
    found = {**own, **_settings(api, own)}
    return {**found, "Body": _without_settings(body)} if isinstance(body, Mapping) else found


def _without_settings(body: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in body.items() if name not in _SETTINGS}
    servers = kept.get("servers")
    if isinstance(servers, list):
        kept["servers"] = [_without_settings(one) if isinstance(one, Mapping) else one for one in servers]
    return kept


def _settings(api: RestApi, own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of the API that its body may have too."""
    endpoint = own.get("EndpointConfiguration")
    endpoint = dict(endpoint) if isinstance(endpoint, Mapping) else {}
    endpoint |= known(Types=[api.endpoint_type], VpcEndpointIds=[*api.vpc_endpoint_ids] or None)
    return known(
        Name=api.name,
        Description=api.description,
        EndpointConfiguration=endpoint,
        Policy=api.policy,
        BinaryMediaTypes=[*api.binary_media_types] or None,
        MinimumCompressionSize=api.minimum_compression_size,
        ApiKeySourceType=api.api_key_source,
        DisableExecuteApiEndpoint=api.disable_execute_api_endpoint,
    )


def _paths(cloud: Cloud, api: RestApi) -> Iterator[Edit]:
    names = lookups.resources(cloud, api)
    for path, name in names.items():
        if path == "/" or name in cloud.template.resources:
            continue
        above, _, part = path.rpartition("/")
        own = {"RestApiId": cloud.aws_id(api.id), "ParentId": cloud.part_id(names[above or "/"]), "PathPart": part}
        yield new("AWS::ApiGateway::Resource", name, own)


def _method(cloud: Cloud, api: RestApi, route: ApiRoute, ids: Mapping[str, str]) -> Edit:
    entry = method_entry(cloud, api, route)
    own = properties(input_shape("apigateway", "PutMethod"), entry)
    for name, part in (("AuthorizerId", route.authorizer_id), ("RequestValidatorId", route.request_validator_id)):
        if name in own:
            own[name] = ids.get(str(part), own[name])
    name = lookups.resources(cloud, api)[route.path]
    place = {"RestApiId": cloud.aws_id(api.id), "ResourceId": cloud.part_id(name), "HttpMethod": route.http_method}
    responses = _listed("PutMethodResponse", entry.get("methodResponses", {}))
    integration = entry.get("methodIntegration")
    behind = {"Integration": _integration(route, integration)} if integration else {}
    return new("AWS::ApiGateway::Method", route.id, {**own, **place, "MethodResponses": responses, **behind})


def _integration(route: ApiRoute, entry: Mapping[str, Any]) -> dict[str, Any]:
    own = properties(input_shape("apigateway", "PutIntegration"), entry)
    if route.integration is not None and route.integration.cache_namespace is None:
        own.pop("CacheNamespace", None)
    responses = _listed("PutIntegrationResponse", entry.get("integrationResponses", {}))
    return {**own, "IntegrationResponses": responses}


def _listed(operation: str, by_status: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return responses as the list that CloudFormation has."""
    shape = input_shape("apigateway", operation)
    return [{"StatusCode": status, **properties(shape, entry)} for status, entry in by_status.items()]


def _authorizer(cloud: Cloud, api: RestApi, one: Authorizer, id_: str) -> Edit:
    own = known(
        RestApiId=cloud.aws_id(api.id),
        Name=one.name,
        Type=one.type,
        AuthorizerUri=one.authorizer_uri,
        IdentitySource=",".join(plain(one.identity_source)) or None,
        IdentityValidationExpression=one.identity_validation_expression,
        AuthorizerResultTtlInSeconds=one.authorizer_result_ttl_in_seconds,
        ProviderARNs=[*one.provider_arns] or None,
        AuthorizerCredentials=one.credentials,
    )
    return new("AWS::ApiGateway::Authorizer", id_, own)


def _validator(cloud: Cloud, api: RestApi, name: str, id_: str) -> Edit:
    one = api.request_validators[name]
    checks = {
        "ValidateRequestBody": one.validate_request_body,
        "ValidateRequestParameters": one.validate_request_parameters,
    }
    return new("AWS::ApiGateway::RequestValidator", id_, {"RestApiId": cloud.aws_id(api.id), "Name": name, **checks})


def _model(cloud: Cloud, api: RestApi, one: RequestModel) -> Edit:
    own = {
        "RestApiId": cloud.aws_id(api.id),
        "Name": one.name,
        "ContentType": one.content_type,
        "Schema": plain(one.schema),
    }
    return new("AWS::ApiGateway::Model", new_id(), own)


def _has_model(cloud: Cloud, api: RestApi, model: RequestModel) -> bool:
    written = referring(cloud, api.id, "RestApiId", "AWS::ApiGateway::Model")
    return any(one.properties.get("Name") == model.name for one in written)


def _gateway_responses(cloud: Cloud, api: RestApi) -> Iterator[Edit]:
    kind = "AWS::ApiGateway::GatewayResponse"
    there = {one.properties.get("ResponseType") for one in referring(cloud, api.id, "RestApiId", kind)}
    for response in api.gateway_responses.values():
        if response.response_type not in there:
            own = known(
                RestApiId=cloud.aws_id(api.id),
                ResponseType=response.response_type,
                StatusCode=response.status_code,
                ResponseParameters=response.response_parameters or None,
                ResponseTemplates=response.response_templates or None,
            )
            yield new(kind, new_id(), own)
