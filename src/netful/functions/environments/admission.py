"""Lambda's checks before a function is created: settings, layers, variables; in a VPC its subnets, groups, role, addresses.

The order and the texts are AWS's (lambda §1.8, §1.11 R2). An unknown value is not an error here; another part reports
it.
"""

from collections.abc import Iterator
from ipaddress import IPv4Network

from netful.checks.facts import function_limits
from netful.checks.facts.permissions import grants, interface_remedy
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Origin, StackError, Unknown, known_in
from netful.model.functions.function import Function

_INVALID = "InvalidConfiguration"
NO_ADDRESS = "SubnetOutOfIPAddresses"
"""The only reason after the API's answer: Lambda makes interfaces in the background (lambda §1.11 R2)."""
_ACTIONS = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")
_NO_SUBNET = (
    "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. "
    "EC2 Error Message: The subnet ID '{}' does not exist"
)
_NO_GROUP = (
    "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. "
    "EC2 Error Message: The security group '{}' does not exist"
)
_NO_PERMISSION = "The provided execution role does not have permissions to call {} on EC2"


class Rejection(Frozen):
    """The reason why a function is not created, and Lambda's StateReasonCode for it."""

    problem: StackError
    reason_code: str


def rejection(cloud: Cloud, function: Function) -> Rejection | None:
    """Return the first reason why a function would not be created; None if it would be."""
    found = function_limits.fault(function)
    own = _rejected(function, found, _INVALID) if found else None
    return own or (next(_vpc_rejections(cloud, function), None) if function.in_vpc else None)


def _vpc_rejections(cloud: Cloud, function: Function) -> Iterator[Rejection]:
    network = cloud.network
    for ids, there, why, code in (
        (function.subnet_ids, network.subnets, _NO_SUBNET, "InvalidSubnet"),
        (function.security_group_ids, network.security_groups, _NO_GROUP, "InvalidSecurityGroup"),
    ):
        for id_ in () if isinstance(ids, Unknown) else ids:
            if isinstance(id_, str) and id_ not in there:
                yield _rejected(function, why.format(id_), code, hint="add the template that it is in with -t")
    yield from _role_rejections(cloud, function)
    for eni in cloud.network.interfaces_of(function.id):
        subnet = known_in(cloud.network.subnets, eni.subnet_id)
        if subnet and isinstance(subnet.cidr_block, IPv4Network) and eni.private_ip_address is None:
            why = f"`{subnet.id}` ({subnet.cidr_block}) has no available IP addresses"
            hint = "give it a larger block, or spread the functions over more subnets"
            yield _rejected(function, why, NO_ADDRESS, hint, subnet.origin)


def _role_rejections(cloud: Cloud, function: Function) -> Iterator[Rejection]:
    role = cloud.access.role_of(function)
    if role is None or function.capacity_provider is not None:
        return  # the provider's operator role makes the interfaces
    region = cloud.region_of(function.id)
    for action in (f"ec2:{name}" for name in _ACTIONS):
        if grants(role, action, region) == "deny":
            why, hint = _NO_PERMISSION.format(action.removeprefix("ec2:")), interface_remedy(role, action, region)
            yield _rejected(function, why, "InsufficientRolePermissions", hint, role.origin)


def _rejected(
    function: Function, why: str, reason_code: str, hint: str = "", origin: Origin | None = None
) -> Rejection:
    what = f"`{function.id}` is not created"
    return Rejection(StackError(what, origin=origin or function.origin, why=why, hint=hint), reason_code)
