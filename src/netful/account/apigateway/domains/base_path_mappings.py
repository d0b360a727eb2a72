"""Base path mappings: the API and stage of a path of a custom domain name."""

from dataclasses import replace
from typing import Any

from netful.account.apigateway.edits import edit, new_id, resource, rewritten
from netful.account.apigateway.shapes import input_shape, properties
from netful.account.changes import Remove, new
from netful.engine.names.api_names import loaded_id, mappings_of
from netful.gateway.control.domains import base_path_mapping, domain_name, get_base_path_mapping
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.faults import bad_request, conflict, invalid_patch
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.patches import patches
from netful.gateway.control.operations.site import Change, Site
from netful.model.cloud import Cloud

_TYPE = "AWS::ApiGateway::BasePathMapping"
_PATCHES = {"/basePath": "BasePath", "/restapiId": "RestApiId", "/stage": "Stage"}
_NO_BASE = "(none)"


def create_base_path_mapping(site: Site, wanted: OperationRequest) -> Any:
    """CreateBasePathMapping."""
    cloud, domain = site.cloud, domain_name(site.cloud, wanted)
    own = properties(input_shape("apigateway", "CreateBasePathMapping"), wanted.body)
    base = own.get("BasePath") or _NO_BASE
    if any((mapping.base_path or _NO_BASE) == base for mapping in mappings_of(cloud, domain)):
        raise conflict("Base path already exists for this domain name")
    own["RestApiId"] = _api(cloud, str(own.get("RestApiId", "")), own.get("Stage"))
    edit(site, new(_TYPE, new_id(), {"DomainName": str(domain.domain_name), **own}))
    return get_base_path_mapping(site, replace(wanted, names={**wanted.names, "base": base}))


def _api(cloud: Cloud, named: str, stage: str | None) -> str:
    """Return the id at AWS of the API that a mapping leads to. Raises ControlError if the API or its stage does not exist."""
    api_id = loaded_id(cloud, named)
    if api_id not in cloud.apis.by_id:
        raise bad_request(f"Invalid REST API identifier specified {named}")
    if stage and lookups.stage_named(cloud, api_id, stage) is None:
        raise bad_request("Invalid stage identifier specified")
    return cloud.aws_id(api_id)


def update_base_path_mapping(site: Site, wanted: OperationRequest) -> Any:
    """UpdateBasePathMapping: another path, API or stage."""
    cloud = site.cloud
    one = resource(cloud, base_path_mapping(cloud, wanted).id)
    found = dict(one.properties)
    for patch in patches(wanted):
        if patch.op != "replace" or patch.path not in _PATCHES:
            raise invalid_patch(patch.op, patch.path, _PATCHES)
        found[_PATCHES[patch.path]] = patch.value
    found["RestApiId"] = _api(cloud, str(found.get("RestApiId", "")), found.get("Stage"))
    edit(site, rewritten(one, found))
    base = found.get("BasePath") or _NO_BASE
    return get_base_path_mapping(site, replace(wanted, names={**wanted.names, "base": base}))


def delete_base_path_mapping(site: Site, wanted: OperationRequest) -> None:
    """DeleteBasePathMapping."""
    edit(site, Remove(resource(site.cloud, base_path_mapping(site.cloud, wanted).id).id))


_MAPPINGS = "/domainnames/{domain}/basepathmappings"
_MAPPING = _MAPPINGS + "/{base}"
OPERATIONS = (
    Change("POST", _MAPPINGS, create_base_path_mapping, 201),
    Change("PATCH", _MAPPING, update_base_path_mapping),
    Change("DELETE", _MAPPING, delete_base_path_mapping, 202),
)
