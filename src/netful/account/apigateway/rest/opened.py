"""An API without its body: the resources that the OpenAPI body describes, so that each can be changed.

AWS makes them on import. Here the first change of a part makes them. The names of paths and methods stay, so ids do too.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.account.apigateway.edits import new_id, referring, resource, rewritten
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.representation import known
from netful.account.apigateway.rest import entries
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Edit, new
from netful.model.apis.api import ApiRoute, RestApi
from netful.model.cloud import Cloud
from netful.model.core import known_parts

_SETTINGS = frozenset(
    f"x-amazon-apigateway-{name}"
    for name in ("policy", "binary-media-types", "minimum-compression-size", "api-key-source", "endpoint-configuration")
)
NAMES = {"apiKeySource": "ApiKeySourceType"}
"""Properties of APIs that are not the member with a capital letter."""

_BODY = ("Body", "BodyS3Location", "Parameters")


def opened(cloud: Cloud, api: RestApi) -> tuple[Edit, ...]:
    """Return the edits that turn the body of an API into resources; none for an API without a body."""
    own = resource(cloud, api.id)
    if "Body" not in own.properties and "BodyS3Location" not in own.properties:
        return ()
    written = cloud.template.resources
    kept = {name: value for name, value in own.properties.items() if name not in _BODY}
    authorizers = _ids(cloud, api, "AWS::ApiGateway::Authorizer", api.authorizers)
    validators = _ids(cloud, api, "AWS::ApiGateway::RequestValidator", api.request_validators)
    of_body = [route for route in api.routes if route.id not in written]
    return (
        rewritten(own, {**kept, **_settings(api, own.properties)}),
        *_paths(cloud, api),
        *(_method(cloud, api, route, {**authorizers, **validators}) for route in of_body),
        *(
            _part(cloud, api, "Authorizer", entries.authorizer(cloud, api.authorizers[name]), id_)
            for name, id_ in authorizers.items()
        ),
        *(
            _part(cloud, api, "RequestValidator", entries.validator(cloud, api.request_validators[name]), id_)
            for name, id_ in validators.items()
        ),
        *_named_parts(cloud, api),
    )


def _ids(cloud: Cloud, api: RestApi, kind: str, names: Iterable[str]) -> dict[str, str]:
    """Return ids for what a body names; what has a resource of the name already keeps its id."""
    there = {one.properties.get("Name"): one.id for one in referring(cloud, api.id, "RestApiId", kind)}
    return {name: there.get(name) or new_id() for name in names if name not in cloud.template.resources}


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
    shown = properties(input_shape("apigateway", "CreateRestApi"), entries.entry("RestApi", api, policy=None), NAMES)
    return {**shown, **known(EndpointConfiguration=endpoint, Policy=api.policy)}


def _paths(cloud: Cloud, api: RestApi) -> Iterator[Edit]:
    names = lookups.resources(cloud, api)
    for path, name in names.items():
        if path == "/" or name in cloud.template.resources:
            continue
        above, _, part = path.rpartition("/")
        own = {"RestApiId": cloud.aws_id(api.id), "ParentId": cloud.part_id(names[above or "/"]), "PathPart": part}
        yield new("AWS::ApiGateway::Resource", name, own)


def _method(cloud: Cloud, api: RestApi, route: ApiRoute, ids: Mapping[str, str]) -> Edit:
    entry = entries.method(cloud, api, route)
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


def _part(cloud: Cloud, api: RestApi, noun: str, shown: Mapping[str, Any], id_: str = "", **own: Any) -> Edit:
    """Return the edit that adds a part of an API, by the answer about it."""
    verb = "Put" if noun == "GatewayResponse" else "Create"
    given = properties(input_shape("apigateway", verb + noun), shown)
    return new(f"AWS::ApiGateway::{noun}", id_ or new_id(), {"RestApiId": cloud.aws_id(api.id), **given, **own})


def _named_parts(cloud: Cloud, api: RestApi) -> Iterator[Edit]:
    """Yield the edits that add the models and the gateway responses which have no resource."""
    models, responses = _there(cloud, api, "Model", "Name"), _there(cloud, api, "GatewayResponse", "ResponseType")
    for model in api.models.values():
        if model.name not in models:
            yield _part(
                cloud, api, "Model", entries.entry("Model", model, schema=None), Schema=known_parts(model.schema)
            )
    for one in api.gateway_responses.values():
        if one.response_type not in responses:
            shown = entries.entry("GatewayResponse", one)
            yield _part(cloud, api, "GatewayResponse", shown, ResponseType=one.response_type)


def _there(cloud: Cloud, api: RestApi, noun: str, property_: str) -> set[Any]:
    return {one.properties.get(property_) for one in referring(cloud, api.id, "RestApiId", f"AWS::ApiGateway::{noun}")}
