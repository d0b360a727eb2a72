"""Custom domain names with their base path mappings, and the account's role for logs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from netful.account.apigateway.domain_hosts import shown_target
from netful.account.apigateway.edits import edit, new_id, of_type, resource, rewritten, tag_list
from netful.account.apigateway.patching import patched
from netful.account.apigateway.shapes import input_shape, output_shape, properties, shown
from netful.account.changes import Remove, new
from netful.engine.names.api_names import loaded_id, mappings_of
from netful.gateway.control.domains import base_path_mapping, domain_name, get_account, get_base_path_mapping
from netful.gateway.control.operations import lookups
from netful.gateway.control.operations.faults import bad_request, conflict, invalid_patch, not_found
from netful.gateway.control.operations.operation_request import OperationRequest, page
from netful.gateway.control.operations.patches import patches
from netful.gateway.control.operations.representation import known, tags
from netful.gateway.control.operations.site import Change, Operation, Site
from netful.model.apis.domain import DomainName
from netful.model.cloud import Cloud

_TYPE, _PRIVATE = "AWS::ApiGateway::DomainName", "AWS::ApiGateway::DomainNameV2"
_MAPPING, _ACCOUNT = "AWS::ApiGateway::BasePathMapping", "AWS::ApiGateway::Account"
_MAPPING_PATCHES = {"/basePath": "BasePath", "/restapiId": "RestApiId", "/stage": "Stage"}
_ROLE = "/cloudwatchRoleArn"
_LEFT_OUT = ("Policy", "Tags")
_NO_BASE = "(none)"


def _shown(cloud: Cloud, one: DomainName) -> dict[str, Any]:
    """Return a domain name as GetDomainName has it."""
    written = cloud.template.resources.get(one.id)
    own = {name: value for name, value in written.properties.items() if name not in _LEFT_OUT} if written else {}
    members = shown(output_shape("apigateway", "GetDomainName"), own)
    return {
        **members,
        **known(
            domainName=one.domain_name,
            domainNameArn=f"arn:aws:apigateway:{cloud.region}::/domainnames/{one.domain_name}",
            domainNameStatus="AVAILABLE",
            endpointConfiguration={**members.get("endpointConfiguration", {}), "types": [one.endpoint_type]},
            securityPolicy=members.get("securityPolicy", "TLS_1_2"),
            policy=json.dumps(one.policy) if isinstance(one.policy, Mapping) else None,
            tags=tags(cloud, one.id),
        ),
        **shown_target(cloud, one),
    }


def get_domain_names(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetDomainNames."""
    return page(wanted, (_shown(site.cloud, one) for one in site.cloud.apis.domain_names.values()))


def get_domain_name(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetDomainName."""
    return _shown(site.cloud, domain_name(site.cloud, wanted))


def create_domain_name(site: Site, wanted: OperationRequest) -> Any:
    """CreateDomainName."""
    own = properties(input_shape("apigateway", "CreateDomainName"), wanted.body)
    name = str(own.get("DomainName", "")).lower()
    check_new(site.cloud, name)
    private = own.get("EndpointConfiguration", {}).get("Types") == ["PRIVATE"]
    edit(site, new(_PRIVATE if private else _TYPE, name, tag_list(_checked(own))))
    return _shown(site.cloud, site.cloud.apis.domain_names[name])


def check_new(cloud: Cloud, name: str) -> None:
    """Raise ControlError for a text that cannot be a domain name, or for a domain name that exists."""
    if "." not in name:
        raise bad_request("Invalid domain name provided")
    if any(str(one.domain_name).lower() == name for one in cloud.apis.domain_names.values()):
        raise bad_request("The domain name you provided already exists.")


def _checked(own: dict[str, Any]) -> dict[str, Any]:
    """Return properties with the policy as a document."""
    policy = own.get("Policy")
    if not isinstance(policy, str):
        return own
    try:
        return {**own, "Policy": msgspec.json.decode(policy)}
    except msgspec.DecodeError:
        raise bad_request("Invalid policy document. Please check the policy syntax.") from None


def update_domain_name(site: Site, wanted: OperationRequest) -> Any:
    """UpdateDomainName."""
    one = resource(site.cloud, domain_name(site.cloud, wanted).id)
    found = patched(input_shape("apigateway", "CreateDomainName"), one.properties, patches(wanted))
    edit(site, rewritten(one, _checked(found)))
    return get_domain_name(site, wanted)


def delete_domain_name(site: Site, wanted: OperationRequest) -> None:
    """DeleteDomainName, with its mappings."""
    one = domain_name(site.cloud, wanted)
    edit(
        site, Remove(resource(site.cloud, one.id).id), *(Remove(mapping.id) for mapping in mappings_of(site.cloud, one))
    )


# --- mappings ---------------------------------------------------------------------------------------------------------


def create_base_path_mapping(site: Site, wanted: OperationRequest) -> Any:
    """CreateBasePathMapping."""
    cloud, domain = site.cloud, domain_name(site.cloud, wanted)
    own = properties(input_shape("apigateway", "CreateBasePathMapping"), wanted.body)
    base = own.get("BasePath") or _NO_BASE
    if any((mapping.base_path or _NO_BASE) == base for mapping in mappings_of(cloud, domain)):
        raise conflict("Base path already exists for this domain name")
    own["RestApiId"] = _api(cloud, str(own.get("RestApiId", "")), own.get("Stage"))
    edit(site, new(_MAPPING, new_id(), {"DomainName": str(domain.domain_name), **own}))
    return get_base_path_mapping(site, replace(wanted, names={**wanted.names, "base": base}))


def _api(cloud: Cloud, named: str, stage: str | None) -> str:
    """Return the id of the API that a mapping leads to. Raises ControlError if the API or its stage does not exist."""
    api_id = loaded_id(cloud, named)
    if api_id not in cloud.apis.by_id:
        raise bad_request(f"Invalid REST API identifier specified {named}")
    if stage and lookups.stage_named(cloud, api_id, stage) is None:
        raise bad_request("Invalid stage identifier specified")
    return api_id


def update_base_path_mapping(site: Site, wanted: OperationRequest) -> Any:
    """UpdateBasePathMapping: another path, API or stage."""
    cloud = site.cloud
    one = resource(cloud, base_path_mapping(cloud, wanted).id)
    found = dict(one.properties)
    for patch in patches(wanted):
        if patch.op != "replace" or patch.path not in _MAPPING_PATCHES:
            raise invalid_patch(patch.op, patch.path, _MAPPING_PATCHES)
        found[_MAPPING_PATCHES[patch.path]] = patch.value
    found["RestApiId"] = _api(cloud, str(found.get("RestApiId", "")), found.get("Stage"))
    edit(site, rewritten(one, found))
    base = found.get("BasePath") or _NO_BASE
    return get_base_path_mapping(site, replace(wanted, names={**wanted.names, "base": base}))


def delete_base_path_mapping(site: Site, wanted: OperationRequest) -> None:
    """DeleteBasePathMapping."""
    edit(site, Remove(resource(site.cloud, base_path_mapping(site.cloud, wanted).id).id))


# --- account ----------------------------------------------------------------------------------------------------------


def update_account(site: Site, wanted: OperationRequest) -> Any:
    """UpdateAccount: the role for logs."""
    one = next(of_type(site.cloud, _ACCOUNT), None)
    for patch in patches(wanted):
        if patch.path != _ROLE or patch.op not in ("replace", "remove"):
            raise invalid_patch(patch.op, patch.path, (_ROLE,))
        own = {"CloudWatchRoleArn": patch.value} if patch.op == "replace" and patch.value else {}
        edit(site, rewritten(one, own) if one else new(_ACCOUNT, "ApiGatewayAccount", own))
        one = next(of_type(site.cloud, _ACCOUNT))
    return get_account(site, wanted)


# --- private domains --------------------------------------------------------------------------------------------------

_ASSOCIATION = "AWS::ApiGateway::DomainNameAccessAssociation"
_ASSOCIATIONS = "/domainnameaccessassociations"


def _association_arn(cloud: Cloud, id_: str) -> str:
    return f"arn:aws:apigateway:{cloud.region}:{cloud.account_id}:/domainnameaccessassociations/{id_}"


def _association(cloud: Cloud, id_: str) -> dict[str, Any]:
    own = resource(cloud, id_).properties
    members = shown(output_shape("apigateway", "CreateDomainNameAccessAssociation"), own)
    return {**members, **known(domainNameAccessAssociationArn=_association_arn(cloud, id_), tags=tags(cloud, id_))}


def create_domain_name_access_association(site: Site, wanted: OperationRequest) -> Any:
    """CreateDomainNameAccessAssociation: let an endpoint reach a private domain name."""
    own = properties(input_shape("apigateway", "CreateDomainNameAccessAssociation"), wanted.body)
    id_ = new_id()
    edit(site, new(_ASSOCIATION, id_, tag_list(own)))
    return _association(site.cloud, id_)


def get_domain_name_access_associations(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetDomainNameAccessAssociations."""
    return page(wanted, (_association(site.cloud, one.id) for one in of_type(site.cloud, _ASSOCIATION)))


def delete_domain_name_access_association(site: Site, wanted: OperationRequest) -> None:
    """DeleteDomainNameAccessAssociation."""
    arn = wanted.names["arn"]
    one = next((one for one in of_type(site.cloud, _ASSOCIATION) if _association_arn(site.cloud, one.id) == arn), None)
    if one is None:
        raise not_found("Invalid domain name access association identifier specified")
    edit(site, Remove(one.id))


_DOMAIN = "/domainnames/{domain}"
_BASE = _DOMAIN + "/basepathmappings/{base}"
OPERATIONS = (
    Operation("GET", "/domainnames", get_domain_names),
    Operation("GET", _DOMAIN, get_domain_name),
    Change("POST", "/domainnames", create_domain_name, 201),
    Change("PATCH", _DOMAIN, update_domain_name),
    Change("DELETE", _DOMAIN, delete_domain_name, 202),
    Change("POST", _DOMAIN + "/basepathmappings", create_base_path_mapping, 201),
    Change("PATCH", _BASE, update_base_path_mapping),
    Change("DELETE", _BASE, delete_base_path_mapping, 202),
    Change("PATCH", "/account", update_account),
    Operation("GET", _ASSOCIATIONS, get_domain_name_access_associations),
    Change("POST", _ASSOCIATIONS, create_domain_name_access_association, 201),
    Change("DELETE", _ASSOCIATIONS + "/{arn}", delete_domain_name_access_association, 202),
)
