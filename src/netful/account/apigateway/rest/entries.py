"""REST APIs and their parts as the operations that read them return them."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from netful.account.apigateway.edits import referring
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.operation import Site
from netful.account.apigateway.operations.representation import at_aws, at_part, known, tags, written
from netful.account.apigateway.shapes import modelled
from netful.engine.http.streaming import STREAM
from netful.model.apis.api import ApiRoute, Authorizer, RequestModel, RequestValidator, RestApi
from netful.model.apis.integration import Integration
from netful.model.cloud import Cloud
from netful.model.core import is_wholly_known, known_parts
from netful.service_models.scalars import text

entry = partial(modelled, "apigateway")
MODEL = "AWS::ApiGateway::Model"


def rest_api(site: Site, api: RestApi) -> dict[str, Any]:
    """Return an API as GetRestApi has it."""
    cloud = site.cloud
    endpoints = [at_aws(cloud, name) for name in api.vpc_endpoint_ids]
    return entry(
        "RestApi",
        api,
        id=cloud.aws_id(api.id),
        createdDate=site.made(api.id),
        endpointConfiguration=known(
            types=[api.endpoint_type], vpcEndpointIds=endpoints or None, ipAddressType=_ip_address_type(cloud, api)
        ),
        policy=_escaped(api.policy) if isinstance(api.policy, Mapping) and is_wholly_known(api.policy) else None,
        rootResourceId=lookups.resource_id(cloud, api, "/"),
        tags=tags(cloud, api.id),
    )


def _ip_address_type(cloud: Cloud, api: RestApi) -> str:
    resource = cloud.template.resources.get(api.id)
    endpoint = resource.properties.get("EndpointConfiguration") if resource else None
    own = endpoint.get("IpAddressType") if isinstance(endpoint, Mapping) else None
    return own if isinstance(own, str) else "dualstack" if api.private else "ipv4"


def _escaped(policy: Mapping[str, Any]) -> str:
    """Return a policy as AWS writes it: its text, in which quotes are escaped once more."""
    return json.dumps(json.dumps(policy, separators=(",", ":")))[1:-1]


def resource(cloud: Cloud, api: RestApi, path: str, *, embed: bool) -> dict[str, Any]:
    """Return a resource as GetResource has it."""
    parent, _, part = path.rpartition("/")
    methods = {r.http_method: method(cloud, api, r) if embed else {} for r in api.routes if r.path == path}
    whole = known(id=lookups.resource_id(cloud, api, path), path=path, resourceMethods=methods or None)
    if path == "/":
        return whole
    return {**whole, "parentId": lookups.resource_id(cloud, api, parent or "/"), "pathPart": part}


def method(cloud: Cloud, api: RestApi, route: ApiRoute) -> dict[str, Any]:
    """Return a method as GetMethod has it."""
    return entry(
        "Method",
        route,
        operationName=written(cloud, route.id, "OperationName"),
        authorizerId=at_part(cloud, route.authorizer_id),
        requestValidatorId=at_part(cloud, route.request_validator_id),
        methodResponses={one.status_code: entry("MethodResponse", one) for one in route.method_responses} or None,
        methodIntegration=integration(cloud, api, route, route.integration) if route.integration else None,
    )


def integration(cloud: Cloud, api: RestApi, route: ApiRoute, one: Integration) -> dict[str, Any]:
    """Return an integration as GetIntegration has it."""
    return entry(
        "Integration",
        one,
        connectionType=one.connection_type if one.type in ("HTTP", "HTTP_PROXY") else None,
        connectionId=at_aws(cloud, one.connection_id),
        integrationTarget=one.target,
        responseTransferMode=one.response_transfer_mode if one.response_transfer_mode == STREAM else None,
        cacheNamespace=(
            lookups.resource_id(cloud, api, route.path) if one.cache_namespace is None else one.cache_namespace
        ),
        cacheKeyParameters=one.cache_key_parameters,
        integrationResponses={r.status_code: entry("IntegrationResponse", r) for r in one.responses} or None,
        tlsConfig={"insecureSkipVerification": True} if one.insecure_skip_verification else None,
    )


def authorizer(cloud: Cloud, one: Authorizer) -> dict[str, Any]:
    """Return an authorizer as GetAuthorizer has it."""
    return entry(
        "Authorizer",
        one,
        id=cloud.part_id(one.id),
        providerARNs=one.provider_arns or None,
        authType="cognito_user_pools" if one.type == "COGNITO_USER_POOLS" else "custom",
        authorizerCredentials=one.credentials,
        identitySource=",".join(known_parts(one.identity_source)) or None,
    )


def model(cloud: Cloud, api: RestApi, one: RequestModel) -> dict[str, Any]:
    """Return a model as GetModel has it."""
    of_api = referring(cloud, api.id, "RestApiId", MODEL)
    own = next((each for each in of_api if each.properties.get("Name") == one.name), None)
    return entry(
        "Model",
        one,
        id=cloud.part_id(own.id if own else one.name),
        description=own.properties.get("Description") if own else None,
        schema=text(one.schema),
    )


def validator(cloud: Cloud, one: RequestValidator) -> dict[str, Any]:
    """Return a request validator as GetRequestValidator has it."""
    return entry("RequestValidator", one, id=cloud.part_id(one.id), name=written(cloud, one.id, "Name") or one.id)
