"""Custom domain names, and the hosts that AWS gives them. Both versions of API Gateway's API see the same ones."""

from collections.abc import Mapping
from typing import Any

from netful.account.apigateway.edits import edit, resource, rewritten, tag_list
from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.lookups import domain_name
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site, page_of, reads
from netful.account.apigateway.operations.patches import patches
from netful.account.apigateway.operations.representation import known, tags
from netful.account.apigateway.patching import patched
from netful.account.apigateway.shapes import input_shape, properties, shown
from netful.account.changes import Remove, new, removal
from netful.account.wire.json_texts import decoded
from netful.engine.names.api_names import mappings_of
from netful.model.apis.api import ApiEndpointType
from netful.model.apis.domain import DomainName
from netful.model.cloud import Cloud
from netful.model.names.arns import aws_arn
from netful.model.names.generated.custom_domains import distribution_host, regional_host
from netful.model.names.generated.private_domains import managed_arn
from netful.service_models.scalars import text

_OF_DISTRIBUTIONS = "Z2FDTNDATAQYW2"
_ZONES = {
    "ap-northeast-1": "Z1YSHQZHG15GKL",
    "ap-northeast-2": "Z20JF4UZKIW1U8",
    "ap-south-1": "Z3VO1THU9YC4UR",
    "ap-southeast-1": "ZL327KTPIQFUL",
    "ap-southeast-2": "Z2RPCDW04V8134",
    "ca-central-1": "Z19DQILCV0OWEC",
    "eu-central-1": "Z1U9ULNL0V5AJ3",
    "eu-north-1": "Z3UWIKFBOOGXPP",
    "eu-west-1": "ZLY8HYME6SFDD",
    "eu-west-2": "ZJ5UAJN8Y3Z2Q",
    "eu-west-3": "Z3KY65QIEKYHQQ",
    "sa-east-1": "ZCMLWB8V5SYIT",
    "us-east-1": "Z1UJRXOUMOOFQ8",
    "us-east-2": "ZOJJZC49E0EPZ",
    "us-west-1": "Z2MUQ32089INYE",
    "us-west-2": "Z2OJLYMUO9EFXC",
}
"""The hosted zones of API Gateway's hosts, by region."""

_FIRST, _SECOND = "AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName"
_PRIVATE = "AWS::ApiGateway::DomainNameV2"


def target(cloud: Cloud, one: DomainName) -> tuple[str, str | None]:
    """Return the host that a domain name points to, and its hosted zone, if that is known."""
    edge = one.endpoint_type is ApiEndpointType.EDGE
    host = distribution_host(one.id) if edge else regional_host(one.id, cloud.region)
    return host, _OF_DISTRIBUTIONS if edge else _ZONES.get(cloud.region)


def shown_target(cloud: Cloud, one: DomainName) -> dict[str, Any]:
    """Return the members of a domain name of the first version that say where it points to."""
    if one.endpoint_type is ApiEndpointType.PRIVATE:
        return {}
    host, zone = target(cloud, one)
    prefix = "distribution" if one.endpoint_type is ApiEndpointType.EDGE else "regional"
    return known(**{f"{prefix}DomainName": host, f"{prefix}HostedZoneId": zone})


def _written(cloud: Cloud, one: DomainName, *left_out: str) -> dict[str, Any]:
    """Return the properties of a domain name without some of them."""
    resource = cloud.template.resources.get(one.id)
    properties = resource.properties if resource else {}
    return {name: value for name, value in properties.items() if name not in left_out}


def _check_new(cloud: Cloud, own: Mapping[str, Any]) -> str:
    """Return the name in a request. Raises ApiError for a text that cannot be one, or for one that exists."""
    name = str(own.get("DomainName", "")).lower()
    if "." not in name:
        raise bad_request("Invalid domain name provided")
    if any(str(one.domain_name).lower() == name for one in cloud.apis.domain_names.values()):
        raise bad_request("The domain name you provided already exists.")
    return name


def _delete_domain_name(site: Site, wanted: OperationRequest) -> None:
    """DeleteDomainName, with its mappings."""
    one = domain_name(site.cloud, wanted)
    edit(site, Remove(resource(site.cloud, one.id).id), *removal(mappings_of(site.cloud, one)))


# --- the first version ------------------------------------------------------------------------------------------------


def _first(cloud: Cloud, one: DomainName) -> dict[str, Any]:
    members = shown("apigateway", "DomainName", _written(cloud, one, "Policy"))
    return {
        **members,
        **known(
            domainName=one.domain_name,
            domainNameArn=_arn(cloud, one),
            domainNameId=cloud.aws_id(one.id) if one.endpoint_type is ApiEndpointType.PRIVATE else None,
            domainNameStatus="AVAILABLE",
            endpointConfiguration={**members.get("endpointConfiguration", {}), "types": [one.endpoint_type]},
            securityPolicy=members.get("securityPolicy", "TLS_1_2"),
            policy=text(one.policy) if isinstance(one.policy, Mapping) else None,
            tags=tags(cloud, one.id),
        ),
        **shown_target(cloud, one),
    }


def _arn(cloud: Cloud, one: DomainName) -> str:
    if one.endpoint_type is ApiEndpointType.PRIVATE:
        return managed_arn(cloud.account_id, cloud.region, str(one.domain_name), cloud.aws_id(one.id))
    return aws_arn("apigateway", cloud.region, "", f"/domainnames/{one.domain_name}")


def _get_domain_name(site: Site, wanted: OperationRequest) -> Any:
    return _first(site.cloud, domain_name(site.cloud, wanted))


def _create_domain_name(site: Site, wanted: OperationRequest) -> Any:
    own = properties(input_shape("apigateway", "CreateDomainName"), wanted.body)
    name = _check_new(site.cloud, own)
    private = own.get("EndpointConfiguration", {}).get("Types") == ["PRIVATE"]
    edit(site, new(_PRIVATE if private else _FIRST, name, tag_list(_checked(own))))
    return _first(site.cloud, site.cloud.apis.domain_names[name])


def _checked(own: dict[str, Any]) -> dict[str, Any]:
    """Return properties with the policy as a document."""
    policy = own.get("Policy")
    if not isinstance(policy, str):
        return own
    refusal = bad_request("Invalid policy document. Please check the policy syntax.")
    return {**own, "Policy": decoded(policy, refusal)}


def _update_domain_name(site: Site, wanted: OperationRequest) -> Any:
    one = resource(site.cloud, domain_name(site.cloud, wanted).id)
    found = patched(input_shape("apigateway", "CreateDomainName"), one.properties, patches(wanted))
    edit(site, rewritten(one, _checked(found)))
    return _get_domain_name(site, wanted)


# --- the second version -----------------------------------------------------------------------------------------------


def _second(cloud: Cloud, one: DomainName) -> dict[str, Any]:
    written = _written(cloud, one)
    host, zone = target(cloud, one)
    given = written.pop("DomainNameConfigurations", None)
    first = given[0] if isinstance(given, list) and given and isinstance(given[0], dict) else {}
    arn = written.get("RegionalCertificateArn") or written.get("CertificateArn")
    configuration = known(
        apiGatewayDomainName=host,
        hostedZoneId=zone,
        endpointType=one.endpoint_type,
        certificateArn=first.get("CertificateArn") or arn,
        securityPolicy=first.get("SecurityPolicy") or "TLS_1_2",
        domainNameStatus="AVAILABLE",
    )
    return {
        **shown("apigatewayv2", "DomainName", written),
        **known(domainName=one.domain_name, tags=tags(cloud, one.id)),
        "apiMappingSelectionExpression": "$request.basepath",
        "domainNameArn": _arn(cloud, one),
        "domainNameConfigurations": [configuration],
    }


def _get_second(site: Site, wanted: OperationRequest) -> Any:
    return _second(site.cloud, domain_name(site.cloud, wanted))


def _create_second(site: Site, wanted: OperationRequest) -> Any:
    own = properties(input_shape("apigatewayv2", "CreateDomainName"), wanted.body)
    name = _check_new(site.cloud, own)
    edit(site, new(_SECOND, name, own))
    return _second(site.cloud, site.cloud.apis.domain_names[name])


def _update_second(site: Site, wanted: OperationRequest) -> Any:
    one = resource(site.cloud, domain_name(site.cloud, wanted).id)
    own = properties(input_shape("apigatewayv2", "UpdateDomainName"), wanted.body)
    if one.type != _SECOND:
        raise bad_request("this domain name is of the first version: change it by its API")
    edit(site, rewritten(one, {**one.properties, **own}))
    return _get_second(site, wanted)


OPERATIONS = (
    *reads(
        "DomainName",
        lambda site, _wanted: (_first(site.cloud, one) for one in site.cloud.apis.domain_names.values()), _get_domain_name,
    ),
    Change(_create_domain_name),
    Change(_update_domain_name),
    Change(_delete_domain_name),
)  # fmt: skip
NEWER = (
    *reads(
        "DomainName",
        lambda site, _wanted: (_second(site.cloud, one) for one in site.cloud.apis.domain_names.values()), _get_second, page_of,
    ),
    Change(_create_second, named="CreateDomainName"),
    Change(_update_second, named="UpdateDomainName"),
    Change(_delete_domain_name),
)  # fmt: skip
