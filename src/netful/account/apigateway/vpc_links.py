"""VPC links of both versions: to network load balancers, and into the subnets of a VPC."""

from typing import Any

from netful.account.apigateway.edits import edit, named, new_id, of_type, resource, rewritten, tag_list
from netful.account.apigateway.patching import patched
from netful.account.apigateway.shapes import input_shape, output_shape, properties, shown
from netful.account.changes import Remove, new, updated
from netful.gateway.control.http.http_apis import page_of
from netful.gateway.control.operations.faults import bad_request, not_found
from netful.gateway.control.operations.operation_request import OperationRequest, page
from netful.gateway.control.operations.patches import patches
from netful.gateway.control.operations.representation import iso_time, known, tags
from netful.gateway.control.operations.site import Change, Operation, Site
from netful.model.cloud import Cloud
from netful.model.core.resource import Resource

_FIRST, _SECOND = "AWS::ApiGateway::VpcLink", "AWS::ApiGatewayV2::VpcLink"


def _named(cloud: Cloud, wanted: OperationRequest, kind: str) -> Resource:
    one = cloud.template.resources.get(named(cloud, wanted.names["link"]))
    if one is None or one.type != kind:
        text = "Invalid Vpc Link identifier specified" if kind == _FIRST else "Unable to find VpcLink by ID {}"
        raise not_found(text.format(wanted.names["link"]))
    return one


def _check_unused(cloud: Cloud, link: Resource) -> None:
    for api in cloud.apis.by_id.values():
        used = [one for one in api.routes if one.integration and one.integration.connection_id == link.id]
        if used:
            places = ", ".join(f"{one.http_method}:{one.path}" for one in used)
            raise bad_request(
                f"Cannot delete vpc link. Vpc link '{cloud.aws_id(link.id)}', is referenced in [{places}] in format of [Method:Resource]."
            )


# --- the first version ------------------------------------------------------------------------------------------------


def _first(cloud: Cloud, one: Resource) -> dict[str, Any]:
    own = {name: value for name, value in one.properties.items() if name != "Tags"}
    members = shown(output_shape("apigateway", "GetVpcLink"), own)
    return {**members, "id": cloud.aws_id(one.id), "status": "AVAILABLE", **known(tags=tags(cloud, one.id))}


def get_vpc_links(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetVpcLinks."""
    return page(wanted, (_first(site.cloud, one) for one in of_type(site.cloud, _FIRST)))


def get_vpc_link(site: Site, wanted: OperationRequest) -> Any:
    """Answer GetVpcLink."""
    return _first(site.cloud, _named(site.cloud, wanted, _FIRST))


def create_vpc_link(site: Site, wanted: OperationRequest) -> Any:
    """CreateVpcLink: to a network load balancer."""
    own = properties(input_shape("apigateway", "CreateVpcLink"), wanted.body)
    if not own.get("Name") or not own.get("TargetArns"):
        raise bad_request("VpcLink name and target ARNs must be non-empty")
    id_ = new_id()
    edit(site, new(_FIRST, id_, tag_list(own)))
    return _first(site.cloud, resource(site.cloud, id_))


def update_vpc_link(site: Site, wanted: OperationRequest) -> Any:
    """UpdateVpcLink."""
    one = _named(site.cloud, wanted, _FIRST)
    edit(site, rewritten(one, patched(input_shape("apigateway", "CreateVpcLink"), one.properties, patches(wanted))))
    return get_vpc_link(site, wanted)


def delete_vpc_link(site: Site, wanted: OperationRequest) -> None:
    """DeleteVpcLink."""
    _delete(site, _named(site.cloud, wanted, _FIRST))


def _delete(site: Site, one: Resource) -> None:
    _check_unused(site.cloud, one)
    edit(site, Remove(one.id))


# --- the second version -----------------------------------------------------------------------------------------------


def _second(site: Site, one: Resource) -> dict[str, Any]:
    cloud = site.cloud
    own = {name: value for name, value in one.properties.items() if name != "Tags"}
    members = shown(output_shape("apigatewayv2", "GetVpcLink"), own)
    link = cloud.apis.vpc_links[one.id]
    return {
        **members,
        "vpcLinkId": cloud.aws_id(one.id),
        "vpcLinkStatus": "AVAILABLE",
        "vpcLinkVersion": "V2",
        "createdDate": iso_time(site.made(one.id)),
        "subnetIds": [cloud.aws_id(str(one)) for one in link.subnet_ids],
        "securityGroupIds": [cloud.aws_id(str(one)) for one in link.security_group_ids],
        **known(tags=tags(cloud, one.id)),
    }


def _get_vpc_links(site: Site, wanted: OperationRequest) -> Any:
    return page_of(wanted, [_second(site, one) for one in of_type(site.cloud, _SECOND)])


def _get_vpc_link(site: Site, wanted: OperationRequest) -> Any:
    return _second(site, _named(site.cloud, wanted, _SECOND))


def _create_vpc_link(site: Site, wanted: OperationRequest) -> Any:
    own = properties(input_shape("apigatewayv2", "CreateVpcLink"), wanted.body)
    own["SubnetIds"] = _all_in(site.cloud, own, "SubnetIds", "subnets")
    own["SecurityGroupIds"] = _all_in(site.cloud, own, "SecurityGroupIds", "security_groups")
    if not own.get("Name") or not own["SubnetIds"]:
        raise bad_request("VpcLink name and subnet IDs must be non-empty")
    id_ = new_id()
    edit(site, new(_SECOND, id_, own))
    return _second(site, resource(site.cloud, id_))


def _all_in(cloud: Cloud, own: dict[str, Any], name: str, part: str) -> list[str]:
    """Return the names in the cloud of what a property lists. Raises ControlError for one that does not exist."""
    found = [named(cloud, one) for one in own.get(name, ())]
    missing = [one for one in found if one not in cloud.part(part)]
    if missing:
        raise bad_request(f"Invalid {name} specified: {missing[0]} does not exist")
    return found


def _update_vpc_link(site: Site, wanted: OperationRequest) -> Any:
    own = properties(input_shape("apigatewayv2", "UpdateVpcLink"), wanted.body)
    edit(site, updated(_named(site.cloud, wanted, _SECOND), **own))
    return _get_vpc_link(site, wanted)


def _delete_vpc_link(site: Site, wanted: OperationRequest) -> Any:
    _delete(site, _named(site.cloud, wanted, _SECOND))
    return {}


_LINKS, _LINK = "/vpclinks", "/vpclinks/{link}"
OPERATIONS = (
    Operation("GET", _LINKS, get_vpc_links),
    Operation("GET", _LINK, get_vpc_link),
    Change("POST", _LINKS, create_vpc_link, 202),
    Change("PATCH", _LINK, update_vpc_link),
    Change("DELETE", _LINK, delete_vpc_link, 202),
    Operation("GET", "/v2" + _LINKS, _get_vpc_links, named="GetVpcLinks"),
    Operation("GET", "/v2" + _LINK, _get_vpc_link, named="GetVpcLink"),
    Change("POST", "/v2" + _LINKS, _create_vpc_link, 201, named="CreateVpcLink"),
    Change("PATCH", "/v2" + _LINK, _update_vpc_link, named="UpdateVpcLink"),
    Change("DELETE", "/v2" + _LINK, _delete_vpc_link, 202, named="DeleteVpcLink"),
)
