"""Lambda's checks before a function is created: settings, layers, variables; in a VPC its subnets, groups, role, addresses.

The order and the texts are AWS's (lambda §1.8, §1.11 R2). An unknown value is not an error here; another part reports
it.
"""

import json
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from netful.checks.facts.permissions import grants, interface_remedy
from netful.functions.environments import limits
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Origin, StackError, Unknown, known_in
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
_LARGEST_ENVIRONMENT = 4096
_RESERVED = frozenset({
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
})  # fmt: skip
_NO_VARIABLES = (
    "Lambda was unable to configure your environment variables because the environment variables you have provided "
)
_MOST_LAYERS = 5
_NO_PERMISSION = "The provided execution role does not have permissions to call {} on EC2"


class Rejection(Frozen):
    """The reason why a function is not created, and Lambda's StateReasonCode for it."""

    problem: StackError
    reason_code: str


def rejection(cloud: Cloud, function: Function) -> Rejection | None:
    """Return the first reason why a function would not be created; None if it would be."""
    found = next(_own_rejections(function), None)
    return found or (next(_vpc_rejections(cloud, function), None) if function.in_vpc else None)


def environment_fault(variables: Mapping[str, str]) -> str:
    """Return Lambda's error text for reserved names and for too many variables, "" if there are none (lambda §3.4, §5.5)."""
    reserved = ", ".join(name for name in variables if name in _RESERVED)
    if reserved:
        return (
            f"{_NO_VARIABLES}contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {reserved}"
        )
    measured = json.dumps(variables, separators=(",", ":"))
    if len(measured) > _LARGEST_ENVIRONMENT:
        return f"{_NO_VARIABLES}exceeded the 4KB limit. String measured: {measured}"
    return ""


def _own_rejections(function: Function) -> Iterator[Rejection]:
    if len(function.layers) > _MOST_LAYERS:
        yield _rejected(function, f"Cannot reference more than {_MOST_LAYERS} layers.", _INVALID)
    known = {name: value for name, value in function.environment.items() if isinstance(value, str)}
    fault = environment_fault(known) or limits.fault(function)
    if fault:
        yield _rejected(function, fault, _INVALID)


def _vpc_rejections(cloud: Cloud, function: Function) -> Iterator[Rejection]:
    for subnet_id in _known(function.subnet_ids):
        if subnet_id not in cloud.network.subnets:
            yield _rejected(
                function, _NO_SUBNET.format(subnet_id), "InvalidSubnet", hint="add the template that it is in with -t"
            )
    for group_id in _known(function.security_group_ids):
        if group_id not in cloud.network.security_groups:
            yield _rejected(
                function,
                _NO_GROUP.format(group_id),
                "InvalidSecurityGroup",
                hint="add the template that it is in with -t",
            )
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


def _known(values: tuple[Maybe[str], ...] | Unknown) -> list[str]:
    return [] if isinstance(values, Unknown) else [value for value in values if isinstance(value, str)]
