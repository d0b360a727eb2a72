"""Custom domain names with their base path mappings, and the account."""

from __future__ import annotations

from typing import Any

from netful.engine.usage.throttles import account_limit
from netful.gateway.control.operations.faults import not_found
from netful.gateway.control.operations.operation_request import OperationRequest, page
from netful.gateway.control.operations.representation import at_aws, known
from netful.gateway.control.operations.site import Operation, Site
from netful.model.apis.api import ApiEndpointType
from netful.model.apis.domain import BasePathMapping, DomainName
from netful.model.cloud import Cloud

_NO_BASE = "(none)"


def _domain(cloud: Cloud, one: DomainName) -> dict[str, Any]:
    regional = one.endpoint_type is ApiEndpointType.REGIONAL
    certificate = cloud.template.resources[one.id].properties if one.id in cloud.template.resources else {}
    return known(
        domainName=one.domain_name,
        endpointConfiguration=known(types=[one.endpoint_type]),
        certificateArn=certificate.get("CertificateArn"),
        regionalCertificateArn=certificate.get("RegionalCertificateArn") if regional else None,
        domainNameStatus="AVAILABLE",
        mutualTlsAuthentication=known(truststoreUri=one.truststore_uri) if one.mutual_tls else None,
    )


def get_domain_names(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetDomainNames."""
    cloud = site.cloud
    return page(wanted, (_domain(cloud, one) for one in cloud.apis.domain_names.values()))


def _named(cloud: Cloud, wanted: OperationRequest) -> DomainName:
    name = wanted.names["domain"].lower()
    found = next((one for one in cloud.apis.domain_names.values() if str(one.domain_name).lower() == name), None)
    if found is None:
        raise not_found("Invalid domain name identifier specified")
    return found


def get_domain_name(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetDomainName."""
    return _domain(site.cloud, _named(site.cloud, wanted))


def _mapping(cloud: Cloud, one: BasePathMapping) -> dict[str, Any]:
    return known(
        basePath=one.base_path or _NO_BASE,
        restApiId=at_aws(cloud, one.api_id),
        stage=one.stage_name,
    )


def _mappings(cloud: Cloud, wanted: OperationRequest) -> list[BasePathMapping]:
    domain = _named(cloud, wanted)
    return [one for one in cloud.apis.base_path_mappings.values() if one.domain in (domain.id, domain.domain_name)]


def get_base_path_mappings(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetBasePathMappings."""
    return page(wanted, (_mapping(site.cloud, one) for one in _mappings(site.cloud, wanted)))


def get_base_path_mapping(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetBasePathMapping."""
    base = wanted.names["base"]
    found = next((one for one in _mappings(site.cloud, wanted) if (one.base_path or _NO_BASE) == base), None)
    if found is None:
        raise not_found("Invalid base path mapping identifier specified")
    return _mapping(site.cloud, found)


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
    Operation("GET", "/domainnames", get_domain_names),
    Operation("GET", "/domainnames/{domain}", get_domain_name),
    Operation("GET", "/domainnames/{domain}/basepathmappings", get_base_path_mappings),
    Operation("GET", "/domainnames/{domain}/basepathmappings/{base}", get_base_path_mapping),
    Operation("GET", "/account", get_account),
)
