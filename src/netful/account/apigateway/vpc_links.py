"""VPC links of both versions: to network load balancers, and into the subnets of a VPC."""

from collections.abc import Iterable
from typing import Any

from netful.account.apigateway.edits import named
from netful.account.apigateway.kinds import Kind
from netful.account.apigateway.operations.faults import bad_request
from netful.account.apigateway.operations.operation import OperationRequest, Site
from netful.account.apigateway.operations.representation import iso_time, known, tags
from netful.account.apigateway.shapes import shown
from netful.model.cloud import Cloud
from netful.model.core import Resource, known_parts

_FIRST, _SECOND = "AWS::ApiGateway::VpcLink", "AWS::ApiGatewayV2::VpcLink"


def _unused(site: Site, link: Resource) -> Iterable[Resource]:
    for api in site.cloud.apis.by_id.values():
        used = [one for one in api.routes if one.integration and one.integration.connection_id == link.id]
        if used:
            places = ", ".join(f"{one.http_method}:{one.path}" for one in used)
            raise bad_request(
                f"Cannot delete vpc link. Vpc link '{site.cloud.aws_id(link.id)}', is referenced in [{places}] in format of [Method:Resource]."
            )
    return ()


def _first(site: Site, _wanted: OperationRequest, one: Resource) -> dict[str, Any]:
    members, cloud = shown("apigateway", "VpcLink", one.properties), site.cloud
    return {**members, "id": cloud.aws_id(one.id), "status": "AVAILABLE", **known(tags=tags(cloud, one.id))}


def _checked_first(_site: Site, _wanted: OperationRequest, own: dict[str, Any], id_: str) -> dict[str, Any]:
    if not id_ and not (own.get("Name") and own.get("TargetArns")):
        raise bad_request("VpcLink name and target ARNs must be non-empty")
    return own


def _second(site: Site, _wanted: OperationRequest, one: Resource) -> dict[str, Any]:
    cloud, link = site.cloud, site.cloud.apis.vpc_links[one.id]
    return {
        **shown("apigatewayv2", "VpcLink", one.properties),
        "vpcLinkId": cloud.aws_id(one.id),
        "vpcLinkStatus": "AVAILABLE",
        "vpcLinkVersion": "V2",
        "createdDate": iso_time(site.made(one.id)),
        "subnetIds": [cloud.aws_id(one) for one in known_parts(link.subnet_ids)],
        "securityGroupIds": [cloud.aws_id(one) for one in known_parts(link.security_group_ids)],
        **known(tags=tags(cloud, one.id)),
    }


def _checked_second(site: Site, _wanted: OperationRequest, own: dict[str, Any], id_: str) -> dict[str, Any]:
    """Return properties with the names in the cloud of subnets and groups, which no update changes."""
    if id_:
        return own
    own["SubnetIds"] = _all_in(site.cloud, own, "SubnetIds", "subnets")
    own["SecurityGroupIds"] = _all_in(site.cloud, own, "SecurityGroupIds", "security_groups")
    if not own.get("Name") or not own["SubnetIds"]:
        raise bad_request("VpcLink name and subnet IDs must be non-empty")
    return own


def _all_in(cloud: Cloud, own: dict[str, Any], name: str, part: str) -> list[str]:
    """Return the names in the cloud of what a property lists. Raises ApiError for one that does not exist."""
    found = [named(cloud, one) for one in own.get(name, ())]
    missing = [one for one in found if one not in cloud.part(part)]
    if missing:
        raise bad_request(f"Invalid {name} specified: {missing[0]} does not exist")
    return found


OPERATIONS = Kind(
    "VpcLink", _FIRST, "link", lambda site, _wanted: site.cloud.template.of_type(_FIRST), _first,
    missing="Invalid Vpc Link identifier specified", check=_checked_first, along=_unused,
).operations()  # fmt: skip
NEWER = Kind(
    "VpcLink", _SECOND, "link", lambda site, _wanted: site.cloud.template.of_type(_SECOND), _second,
    missing="Unable to find VpcLink by ID {}", check=_checked_second, along=_unused,
).operations()  # fmt: skip
