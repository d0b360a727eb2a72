"""Mappings: the API and stage of a path of a custom domain name, in the terms of both versions of API Gateway's API."""

from collections.abc import Iterator
from typing import Any

from netful.account.apigateway.edits import edit, new_id, resource, rewritten
from netful.account.apigateway.kinds import Kind
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict, invalid_patch, not_found
from netful.account.apigateway.operations.lookups import domain_name
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site, reads
from netful.account.apigateway.operations.patches import patches
from netful.account.apigateway.operations.representation import at_aws, known
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Remove, new
from netful.engine.names.api_names import loaded_id, mappings_of
from netful.model.apis.domain import BasePathMapping
from netful.model.cloud import Cloud

_FIRST, _SECOND = "AWS::ApiGateway::BasePathMapping", "AWS::ApiGatewayV2::ApiMapping"
_PATCHES = {"/basePath": "BasePath", "/restapiId": "RestApiId", "/stage": "Stage"}
_NO_BASE, _NO_STAGE = "(none)", "Invalid stage identifier specified"


# --- the first version ------------------------------------------------------------------------------------------------


def _first(cloud: Cloud, one: BasePathMapping) -> dict[str, Any]:
    return known(basePath=one.base_path or _NO_BASE, restApiId=at_aws(cloud, one.api_id), stage=one.stage_name)


def _base_path_mappings(site: Site, wanted: OperationRequest) -> Iterator[Any]:
    return (_first(site.cloud, one) for one in mappings_of(site.cloud, domain_name(site.cloud, wanted)))


def _base_path_mapping(cloud: Cloud, wanted: OperationRequest) -> BasePathMapping:
    there = mappings_of(cloud, domain_name(cloud, wanted))
    found = next((one for one in there if (one.base_path or _NO_BASE) == wanted.names["base"]), None)
    if found is None:
        raise not_found("Invalid base path mapping identifier specified")
    return found


def _get_base_path_mapping(site: Site, wanted: OperationRequest) -> Any:
    return _first(site.cloud, _base_path_mapping(site.cloud, wanted))


def _create_base_path_mapping(site: Site, wanted: OperationRequest) -> Any:
    cloud, domain = site.cloud, domain_name(site.cloud, wanted)
    own = properties(input_shape("apigateway", "CreateBasePathMapping"), wanted.body)
    base = own.get("BasePath") or _NO_BASE
    if any((mapping.base_path or _NO_BASE) == base for mapping in mappings_of(cloud, domain)):
        raise conflict("Base path already exists for this domain name")
    own["RestApiId"] = _api(cloud, str(own.get("RestApiId", "")), own.get("Stage"))
    edit(site, new(_FIRST, new_id(), {"DomainName": str(domain.domain_name), **own}))
    return _get_base_path_mapping(site, wanted.naming(base=base))


def _api(cloud: Cloud, named: str, stage: str | None) -> str:
    """Return the id at AWS of the API that a mapping leads to. Raises ApiError if the API or its stage does not exist."""
    api_id = loaded_id(cloud, named)
    if api_id not in cloud.apis.by_id:
        raise bad_request(f"Invalid REST API identifier specified {named}")
    if stage and lookups.stage_named(cloud, api_id, stage) is None:
        raise bad_request(_NO_STAGE)
    return cloud.aws_id(api_id)


def _update_base_path_mapping(site: Site, wanted: OperationRequest) -> Any:
    """UpdateBasePathMapping: another path, API or stage."""
    cloud = site.cloud
    one = resource(cloud, _base_path_mapping(cloud, wanted).id)
    found = dict(one.properties)
    for patch in patches(wanted):
        if patch.op != "replace" or patch.path not in _PATCHES:
            raise invalid_patch(patch.op, patch.path, _PATCHES)
        found[_PATCHES[patch.path]] = patch.value
    found["RestApiId"] = _api(cloud, str(found.get("RestApiId", "")), found.get("Stage"))
    edit(site, rewritten(one, found))
    return _get_base_path_mapping(site, wanted.naming(base=found.get("BasePath") or _NO_BASE))


def _delete_base_path_mapping(site: Site, wanted: OperationRequest) -> None:
    edit(site, Remove(resource(site.cloud, _base_path_mapping(site.cloud, wanted).id).id))


# --- the second version -----------------------------------------------------------------------------------------------


def _second(site: Site, _wanted: OperationRequest, one: BasePathMapping) -> dict[str, Any]:
    cloud = site.cloud
    return known(
        apiMappingId=cloud.part_id(one.id),
        apiId=at_aws(cloud, one.api_id),
        apiMappingKey=one.base_path or "",
        stage=one.stage_name,
    )


def _checked(site: Site, wanted: OperationRequest, own: dict[str, Any], id_: str) -> dict[str, Any]:
    cloud, key, api_id = site.cloud, own.get("ApiMappingKey", ""), loaded_id(site.cloud, str(own.get("ApiId", "")))
    if id_ and cloud.template.resources[id_].type != _SECOND:
        raise bad_request("this mapping is of the first version: change it by its API")
    if any(one.base_path == key and one.id != id_ for one in mappings_of(cloud, domain_name(cloud, wanted))):
        raise conflict("ApiMapping key already exists for this domain name")
    if api_id not in cloud.apis.by_id:
        raise not_found("Invalid API identifier specified")
    if lookups.stage_named(cloud, api_id, str(own.get("Stage"))) is None:
        raise bad_request(_NO_STAGE)
    return {**own, "ApiId": cloud.aws_id(api_id)}


OPERATIONS = (
    *reads("BasePathMapping", _base_path_mappings, _get_base_path_mapping),
    Change(_create_base_path_mapping),
    Change(_update_base_path_mapping),
    Change(_delete_base_path_mapping),
)
NEWER = Kind(
    "ApiMapping", _SECOND, "mapping", lambda site, wanted: mappings_of(site.cloud, domain_name(site.cloud, wanted)), _second,
    lambda site, wanted: {"DomainName": str(domain_name(site.cloud, wanted).domain_name)},
    "The api mapping resource specified in the request was not found.", _checked,
).operations()  # fmt: skip
