"""Resources that an update makes while those that they follow are still there: it deletes only when all else is done."""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from netful.account.cloudformation.account import DeploymentError
from netful.account.cloudformation.deployments.plan import Plan
from netful.account.cloudformation.deployments.refusals import handler_message
from netful.model.core import Resource

_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


def refuse_overlaps(plan: Plan) -> None:
    """Raise DeploymentError if a new resource of a stack needs what one that is deleted or replaced has until the end."""
    going = [plan.before[one.logical_id].resource for one in plan.changes if one.action == "Remove" or one.replaces]
    for resource in (
        plan.after[one.logical_id].resource for one in plan.changes if one.action == "Add" or one.replaces
    ):
        for other in going:
            if resource.type == other.type and (text := _overlap(resource, other)):
                raise DeploymentError(handler_message(text, "Ec2", "InvalidRequest"), resource.id)


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
            yield f"The route identified by {own[name]} already exists."


_FINDERS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[str]]] = {
    "AWS::EC2::NatGateway": _gateways,
    "AWS::EC2::Route": _routes,
    "AWS::EC2::Subnet": _subnets,
}
"""By type, the reasons why a resource cannot be made beside another one, from the properties of both."""
