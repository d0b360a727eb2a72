"""Base path mappings of custom domain names, and the account."""

from typing import Any

from netful.engine.usage.throttles import account_limit
from netful.gateway.control.operations.faults import not_found
from netful.gateway.control.operations.operation_request import OperationRequest, page
from netful.gateway.control.operations.representation import at_aws, known
from netful.gateway.control.operations.site import Operation, Site
from netful.model.apis.domain import BasePathMapping, DomainName
from netful.model.cloud import Cloud

_NO_BASE = "(none)"


def domain_name(cloud: Cloud, wanted: OperationRequest) -> DomainName:
    """Return the domain name that a path names."""
    name = wanted.names["domain"].lower()
    found = next((one for one in cloud.apis.domain_names.values() if str(one.domain_name).lower() == name), None)
    if found is None:
        raise not_found("Invalid domain name identifier specified")
    return found


def _mapping(cloud: Cloud, one: BasePathMapping) -> dict[str, Any]:
    return known(basePath=one.base_path or _NO_BASE, restApiId=at_aws(cloud, one.api_id), stage=one.stage_name)


def _mappings(cloud: Cloud, wanted: OperationRequest) -> list[BasePathMapping]:
    domain = domain_name(cloud, wanted)
    return [one for one in cloud.apis.base_path_mappings.values() if one.domain in (domain.id, domain.domain_name)]


def get_base_path_mappings(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetBasePathMappings."""
    return page(wanted, (_mapping(site.cloud, one) for one in _mappings(site.cloud, wanted)))


def get_base_path_mapping(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetBasePathMapping."""
    return _mapping(site.cloud, base_path_mapping(site.cloud, wanted))


def base_path_mapping(cloud: Cloud, wanted: OperationRequest) -> BasePathMapping:
    """Return the mapping that a path names."""
    base = wanted.names["base"]
    found = next((one for one in _mappings(cloud, wanted) if (one.base_path or _NO_BASE) == base), None)
    if found is None:
        raise not_found("Invalid base path mapping identifier specified")
    return found


def get_account(site: Site, _wanted: OperationRequest) -> Any:
    """Answer GetAccount."""
    cloud = site.cloud
    limit = site.account or account_limit(cloud.region)
    roles = [one for one in cloud.template.resources.values() if one.type == "AWS::ApiGateway::Account"]
    return known(
        cloudwatchRoleArn=roles[0].properties.get("CloudWatchRoleArn") if roles else None,
        throttleSettings=known(rateLimit=limit.rate, burstLimit=limit.burst),
        features=["UsagePlans"],
        apiKeyVersion="4",
    )


OPERATIONS = (
    Operation("GET", "/domainnames/{domain}/basepathmappings", get_base_path_mappings),
    Operation("GET", "/domainnames/{domain}/basepathmappings/{base}", get_base_path_mapping),
    Operation("GET", "/account", get_account),
)
