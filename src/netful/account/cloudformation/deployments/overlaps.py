"""Resources that an update makes while those that they follow are still there: it deletes only when all else is done.

The local routes of a table are there before any route of a template.
"""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from netful.account.cloudformation.account import DeploymentError
from netful.account.cloudformation.deployments.plan import Plan
from netful.account.cloudformation.deployments.refusals import handler_message
from netful.account.ec2.writes.route_tables import is_local
from netful.model.cloud import Cloud
from netful.model.core import Resource

_ROUTE = "AWS::EC2::Route"
_BLOCKS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")
_DESTINATIONS = (*_BLOCKS, "DestinationPrefixListId")
_EXISTS = "The route identified by {} already exists."


def refuse_overlaps(plan: Plan) -> None:
    """Raise DeploymentError if a new resource of a stack needs what one that is deleted or replaced has until the end."""
    going = [plan.before[one.logical_id].resource for one in plan.changes if one.action == "Remove" or one.replaces]
    for resource in (
        plan.after[one.logical_id].resource for one in plan.changes if one.action == "Add" or one.replaces
    ):
        if resource.type == _ROUTE and (text := _local(plan.cloud, resource.properties)):
            raise DeploymentError(handler_message(text, "Ec2", "RouteAlreadyExists"), resource.id)
        for other in going:
            if resource.type == other.type and (text := _overlap(resource, other)):
                raise DeploymentError(handler_message(text, "Ec2", "InvalidRequest"), resource.id)


def _local(cloud: Cloud, own: Mapping[str, Any]) -> str:
    """Return that a route has the destination of a local route, "" if it has not, or is that route itself."""
    table, given = cloud.named(str(own.get("RouteTableId"))), (own.get(name) for name in _BLOCKS)
    block = next((str(ip_network(one, strict=False)) for one in given if isinstance(one, str)), "")
    is_route_of_its_own = table in cloud.network.route_tables and own.get("GatewayId") != "local"
    if is_route_of_its_own and is_local(cloud, table, {"": block}):
        return _EXISTS.format(block)
    return ""


def _overlap(resource: Resource, other: Resource) -> str:
    find = _FINDERS.get(resource.type)
    return next(find(resource.properties, other.properties), "") if find else ""


def _subnets(own: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    block, there = own.get("CidrBlock"), other.get("CidrBlock")
    if own.get("VpcId") != other.get("VpcId") or not isinstance(block, str) or not isinstance(there, str):
        return
    if ip_network(block, strict=False).overlaps(ip_network(there, strict=False)):
        yield f"The CIDR '{block}' conflicts with another subnet"


def _gateways(own: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    allocation = own.get("AllocationId")
    if isinstance(allocation, str) and allocation == other.get("AllocationId"):
        yield f"resource {allocation} is already associated"


def _routes(own: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    same = own.get("RouteTableId") == other.get("RouteTableId")
    for name in _DESTINATIONS if same else ():
        if isinstance(own.get(name), str) and own.get(name) == other.get(name):
            yield _EXISTS.format(own[name])


_FINDERS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[str]]] = {
    "AWS::EC2::NatGateway": _gateways,
    _ROUTE: _routes,
    "AWS::EC2::Subnet": _subnets,
}
"""By type, the reasons why a resource cannot be made beside another one, from the properties of both."""
