"""Custom domain names."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from netful.account.apigateway.domains.hosts import shown_target
from netful.account.apigateway.edits import edit, resource, rewritten, tag_list
from netful.account.apigateway.patching import patched
from netful.account.apigateway.shapes import input_shape, output_shape, properties, shown
from netful.account.changes import Remove, new
from netful.engine.names.api_names import mappings_of
from netful.gateway.control.domains import domain_name
from netful.gateway.control.operations.faults import bad_request
from netful.gateway.control.operations.operation_request import OperationRequest, page
from netful.gateway.control.operations.patches import patches
from netful.gateway.control.operations.representation import known, tags
from netful.gateway.control.operations.site import Change, Operation, Site
from netful.model.apis.domain import DomainName
from netful.model.cloud import Cloud

_TYPE, _PRIVATE = "AWS::ApiGateway::DomainName", "AWS::ApiGateway::DomainNameV2"
_LEFT_OUT = ("Policy", "Tags")


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


_DOMAIN = "/domainnames/{domain}"
OPERATIONS = (
    Operation("GET", "/domainnames", get_domain_names),
    Operation("GET", _DOMAIN, get_domain_name),
    Change("POST", "/domainnames", create_domain_name, 201),
    Change("PATCH", _DOMAIN, update_domain_name),
    Change("DELETE", _DOMAIN, delete_domain_name, 202),
)
