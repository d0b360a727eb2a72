"""REST APIs with their authorizers, models and validators."""

import json
from collections.abc import Mapping
from typing import Any

from netful.engine.apis.request_validation import DEFAULT_MODELS
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.faults import not_found
from netful.gateway.control.operations.operation_request import OperationRequest, page
from netful.gateway.control.operations.representation import at_aws, known, plain, tags, written
from netful.gateway.control.operations.site import Operation, Site
from netful.model.apis.api import Authorizer, RequestModel, RequestValidator, RestApi
from netful.model.cloud import Cloud
from netful.model.core.resource import Resource


def _api(site: Site, api: RestApi) -> dict[str, Any]:
    policy = _escaped(api.policy) if isinstance(api.policy, Mapping) else None
    endpoints = [at_aws(site.cloud, name) for name in api.vpc_endpoint_ids]
    return known(
        id=site.cloud.aws_id(api.id),
        name=api.name,
        description=api.description,
        createdDate=site.made(api.id),
        binaryMediaTypes=api.binary_media_types or None,
        minimumCompressionSize=api.minimum_compression_size,
        apiKeySource=api.api_key_source,
        endpointConfiguration=known(
            types=[api.endpoint_type], vpcEndpointIds=endpoints or None, ipAddressType=_ip_address_type(site.cloud, api)
        ),
        policy=policy,
        disableExecuteApiEndpoint=api.disable_execute_api_endpoint,
        rootResourceId=lookups.resource_id(site.cloud, api, "/"),
        tags=tags(site.cloud, api.id),
    )


def _ip_address_type(cloud: Cloud, api: RestApi) -> str:
    resource = cloud.template.resources.get(api.id)
    endpoint = resource.properties.get("EndpointConfiguration") if resource else None
    own = endpoint.get("IpAddressType") if isinstance(endpoint, Mapping) else None
    return own if isinstance(own, str) else "dualstack" if api.private else "ipv4"


def _escaped(policy: Mapping[str, Any]) -> str:
    """Return a policy as AWS writes it: its text, in which quotes are escaped once more."""
    return json.dumps(json.dumps(plain(policy), separators=(",", ":")))[1:-1]


def get_rest_apis(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetRestApis."""
    return page(wanted, (_api(site, api) for api in site.cloud.apis.rest_apis.values()))


def get_rest_api(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetRestApi."""
    return _api(site, lookups.rest_api(site.cloud, wanted))


# --- parts of an API --------------------------------------------------------------------------------------------------


def _authorizer(cloud: Cloud, one: Authorizer) -> dict[str, Any]:
    kinds = {"COGNITO_USER_POOLS": "cognito_user_pools"}
    return known(
        id=cloud.part_id(one.id),
        name=one.name,
        type=one.type,
        providerARNs=one.provider_arns or None,
        authType=kinds.get(str(one.type), "custom"),
        authorizerUri=one.authorizer_uri,
        authorizerCredentials=one.credentials,
        identitySource=",".join(plain(one.identity_source)) or None,
        identityValidationExpression=one.identity_validation_expression,
        authorizerResultTtlInSeconds=one.authorizer_result_ttl_in_seconds,
    )


def get_authorizers(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetAuthorizers."""
    found = lookups.rest_api(site.cloud, wanted).authorizers.values()
    return page(wanted, (_authorizer(site.cloud, one) for one in found))


def authorizer_named(site: Site, wanted: OperationRequest) -> Authorizer:
    """Return the authorizer that a path names. Raises ControlError if it does not exist."""
    there = lookups.rest_api(site.cloud, wanted).authorizers
    one = lookups.part_named(site.cloud, there, wanted.names["authorizer"])
    if one is None:
        raise not_found("Invalid Authorizer identifier specified")
    return one


def get_authorizer(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetAuthorizer."""
    return _authorizer(site.cloud, authorizer_named(site, wanted))


def _model(cloud: Cloud, api: RestApi, one: RequestModel) -> dict[str, Any]:
    own = _of_name(cloud, api, "AWS::ApiGateway::Model", one.name)
    schema = one.schema if isinstance(one.schema, str) else json.dumps(plain(one.schema))
    return known(
        id=cloud.part_id(own.id if own else one.name),
        name=one.name,
        description=own.properties.get("Description") if own else None,
        contentType=one.content_type,
        schema=schema,
    )


def _of_name(cloud: Cloud, api: RestApi, kind: str, name: str) -> Resource | None:
    written = (one for one in cloud.template.resources.values() if one.type == kind)
    of_api = (one for one in written if lookups.belongs_to(cloud, one, api))
    return next((one for one in of_api if one.properties.get("Name") == name), None)


def get_models(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetModels."""
    api = lookups.rest_api(site.cloud, wanted)
    return page(wanted, (_model(site.cloud, api, one) for one in {**DEFAULT_MODELS, **api.models}.values()))


def get_model(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetModel."""
    api = lookups.rest_api(site.cloud, wanted)
    one = {**DEFAULT_MODELS, **api.models}.get(wanted.names["model"])
    if one is None:
        raise not_found(f"Invalid model name specified: {wanted.names['model']}")
    return _model(site.cloud, api, one)


def _validator(cloud: Cloud, one: RequestValidator) -> dict[str, Any]:
    return known(
        id=cloud.part_id(one.id),
        name=written(cloud, one.id, "Name") or one.id,
        validateRequestBody=one.validate_request_body,
        validateRequestParameters=one.validate_request_parameters,
    )


def get_request_validators(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetRequestValidators."""
    validators = lookups.rest_api(site.cloud, wanted).request_validators.values()
    return page(wanted, (_validator(site.cloud, one) for one in validators))


def get_request_validator(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetRequestValidator."""
    there = lookups.rest_api(site.cloud, wanted).request_validators
    one = lookups.part_named(site.cloud, there, wanted.names["validator"])
    if one is None:
        raise not_found("Invalid Request Validator identifier specified")
    return _validator(site.cloud, one)


OPERATIONS = (
    Operation("GET", "/restapis", get_rest_apis),
    Operation("GET", "/restapis/{api}", get_rest_api),
    Operation("GET", "/restapis/{api}/authorizers", get_authorizers),
    Operation("GET", "/restapis/{api}/authorizers/{authorizer}", get_authorizer),
    Operation("GET", "/restapis/{api}/models", get_models),
    Operation("GET", "/restapis/{api}/models/{model}", get_model),
    Operation("GET", "/restapis/{api}/requestvalidators", get_request_validators),
    Operation("GET", "/restapis/{api}/requestvalidators/{validator}", get_request_validator),
)
