"""Custom domain names in the terms of the newer API; both versions see the same ones."""

from typing import Any

from netful.account.apigateway.domains.domain_names import check_new, delete_domain_name
from netful.account.apigateway.domains.hosts import target
from netful.account.apigateway.edits import edit, resource, rewritten
from netful.account.apigateway.shapes import input_shape, output_shape, properties, shown
from netful.account.changes import new
from netful.gateway.control.domains import domain_name
from netful.gateway.control.http.http_apis import page_of
from netful.gateway.control.operations.faults import bad_request
from netful.gateway.control.operations.operation_request import OperationRequest
from netful.gateway.control.operations.representation import known, tags
from netful.gateway.control.operations.site import Change, Operation, Site
from netful.model.apis.domain import DomainName
from netful.model.cloud import Cloud

_TYPE, _SERVICE = "AWS::ApiGatewayV2::DomainName", "apigatewayv2"
_LEFT_OUT = ("Tags", "DomainNameConfigurations")


def _shown(cloud: Cloud, one: DomainName) -> dict[str, Any]:
    written = cloud.template.resources.get(one.id)
    properties_ = written.properties if written else {}
    own = {name: value for name, value in properties_.items() if name not in _LEFT_OUT}
    host, zone = target(cloud, one)
    given = properties_.get("DomainNameConfigurations")
    first = given[0] if isinstance(given, list) and given and isinstance(given[0], dict) else {}
    arn = properties_.get("RegionalCertificateArn") or properties_.get("CertificateArn")
    configuration = known(
        apiGatewayDomainName=host,
        hostedZoneId=zone,
        endpointType=one.endpoint_type,
        certificateArn=first.get("CertificateArn") or arn,
        securityPolicy=first.get("SecurityPolicy") or "TLS_1_2",
        domainNameStatus="AVAILABLE",
    )
    return {
        **shown(output_shape(_SERVICE, "GetDomainName"), own),
        **known(domainName=one.domain_name, tags=tags(cloud, one.id)),
        "apiMappingSelectionExpression": "$request.basepath",
        "domainNameArn": f"arn:aws:apigateway:{cloud.region}::/domainnames/{one.domain_name}",
        "domainNameConfigurations": [configuration],
    }


def _get_domain_names(site: Site, wanted: OperationRequest) -> Any:
    return page_of(wanted, [_shown(site.cloud, one) for one in site.cloud.apis.domain_names.values()])


def _get_domain_name(site: Site, wanted: OperationRequest) -> Any:
    return _shown(site.cloud, domain_name(site.cloud, wanted))


def _create_domain_name(site: Site, wanted: OperationRequest) -> Any:
    own = properties(input_shape(_SERVICE, "CreateDomainName"), wanted.body)
    name = str(own.get("DomainName", "")).lower()
    check_new(site.cloud, name)
    edit(site, new(_TYPE, name, own))
    return _shown(site.cloud, site.cloud.apis.domain_names[name])


def _update_domain_name(site: Site, wanted: OperationRequest) -> Any:
    one = resource(site.cloud, domain_name(site.cloud, wanted).id)
    own = properties(input_shape(_SERVICE, "UpdateDomainName"), wanted.body)
    if one.type != _TYPE:
        raise bad_request("this domain name is of the first version: change it by its API")
    edit(site, rewritten(one, {**one.properties, **own}))
    return _get_domain_name(site, wanted)


_DOMAINS = "/v2/domainnames"
_DOMAIN = _DOMAINS + "/{domain}"
OPERATIONS = (
    Operation("GET", _DOMAINS, _get_domain_names, named="GetDomainNames"),
    Operation("GET", _DOMAIN, _get_domain_name, named="GetDomainName"),
    Change("POST", _DOMAINS, _create_domain_name, 201, named="CreateDomainName"),
    Change("PATCH", _DOMAIN, _update_domain_name, named="UpdateDomainName"),
    Change("DELETE", _DOMAIN, delete_domain_name, 204),
)
