"""API mappings: base path mappings in the terms of the newer API."""

from typing import Any

from netful.account.apigateway.edits import edit, new_id, resource, rewritten
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Remove, new
from netful.engine.names.api_names import loaded_id, mappings_of
from netful.gateway.control.domains import domain_name
from netful.gateway.control.http.http_apis import page_of
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.faults import bad_request, conflict, not_found
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.representation import at_aws, known
from netful.gateway.control.operations.site import Change, Operation, Site
from netful.model.apis.domain import BasePathMapping, DomainName
from netful.model.cloud import Cloud

_TYPE, _SERVICE = "AWS::ApiGatewayV2::ApiMapping", "apigatewayv2"


def _mapping(cloud: Cloud, one: BasePathMapping) -> dict[str, Any]:
    return known(
        apiMappingId=cloud.part_id(one.id),
        apiId=at_aws(cloud, one.api_id),
        apiMappingKey=one.base_path or "",
        stage=one.stage_name,
    )


def _mapping_named(cloud: Cloud, wanted: OperationRequest) -> BasePathMapping:
    named = wanted.names["mapping"]
    there = {one.id: one for one in mappings_of(cloud, domain_name(cloud, wanted))}
    found = lookups.part_named(cloud, there, named)
    if found is None:
        raise not_found("The api mapping resource specified in the request was not found.")
    return found


def get_api_mappings(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetApiMappings."""
    return page_of(
        wanted, (_mapping(site.cloud, one) for one in mappings_of(site.cloud, domain_name(site.cloud, wanted)))
    )


def get_api_mapping(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetApiMapping."""
    return _mapping(site.cloud, _mapping_named(site.cloud, wanted))


def create_api_mapping(site: Site, wanted: OperationRequest) -> Any:
    """CreateApiMapping."""
    domain, id_ = domain_name(site.cloud, wanted), new_id()
    own = properties(input_shape(_SERVICE, "CreateApiMapping"), wanted.body)
    found = _checked(site.cloud, domain, {**own, "DomainName": str(domain.domain_name)}, "")
    edit(site, new(_TYPE, id_, found))
    return _mapping(site.cloud, site.cloud.apis.base_path_mappings[id_])


def _checked(cloud: Cloud, domain: DomainName, own: dict[str, Any], id_: str) -> dict[str, Any]:
    """Return the properties of a mapping. Raises ControlError where its path is taken, or its API or stage does not exist."""
    key, api_id = own.get("ApiMappingKey", ""), loaded_id(cloud, str(own.get("ApiId", "")))
    if any(one.base_path == key and one.id != id_ for one in mappings_of(cloud, domain)):
        raise conflict("ApiMapping key already exists for this domain name")
    if api_id not in cloud.apis.by_id:
        raise not_found("Invalid API identifier specified")
    if lookups.stage_named(cloud, api_id, str(own.get("Stage"))) is None:
        raise bad_request("Invalid stage identifier specified")
    return {**own, "ApiId": cloud.aws_id(api_id)}


def update_api_mapping(site: Site, wanted: OperationRequest) -> Any:
    """UpdateApiMapping."""
    cloud = site.cloud
    one = resource(cloud, _mapping_named(cloud, wanted).id)
    given = properties(input_shape(_SERVICE, "UpdateApiMapping"), wanted.body)
    if one.type != _TYPE:
        raise bad_request("this mapping is of the first version: change it by its API")
    edit(site, rewritten(one, _checked(cloud, domain_name(cloud, wanted), {**one.properties, **given}, one.id)))
    return get_api_mapping(site, wanted)


def delete_api_mapping(site: Site, wanted: OperationRequest) -> None:
    """DeleteApiMapping."""
    edit(site, Remove(resource(site.cloud, _mapping_named(site.cloud, wanted).id).id))


_MAPPINGS = "/v2/domainnames/{domain}/apimappings"
_MAPPING = _MAPPINGS + "/{mapping}"
OPERATIONS = (
    Operation("GET", _MAPPINGS, get_api_mappings),
    Operation("GET", _MAPPING, get_api_mapping),
    Change("POST", _MAPPINGS, create_api_mapping, 201),
    Change("PATCH", _MAPPING, update_api_mapping),
    Change("DELETE", _MAPPING, delete_api_mapping, 204),
)
