"""What keeps a function in a VPC from being created, in AWS's words."""

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from netful.functions.environments.admission import rejection
from netful.model.allocation import allocate
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.functions.function import Code, Function, Role
from netful.model.network.security_groups import SecurityGroup
from netful.model.network.vpc import Subnet, Vpc

ENI_ACTIONS = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"]


def cloud(*, subnets=("S",), groups=("G",), functions=1, block="10.0.0.0/24", actions=(), managed=()):
    allowed = [{"Effect": "Allow", "Action": [*actions], "Resource": "*"}] if actions else []
    made = {
        f"F{n}": Function(
            f"F{n}",
            f"f{n}",
            Code(),
            subnet_ids=subnets,
            security_group_ids=(*groups, *([f"G{n}"] if n else [])),
            role="R",
        )
        for n in range(functions)
    }
    every_group = {"G", *(f"G{n}" for n in range(1, functions))}
    return allocate(
        Cloud.of(
            vpcs={"V": Vpc("V", (IPv4Network("10.0.0.0/16"),))},
            subnets={"S": Subnet("S", "V", IPv4Network(block), "us-east-1a")},
            security_groups={group: SecurityGroup(group, "V") for group in every_group},
            functions=made,
            roles={"R": Role("R", "r", tuple(allowed), tuple(managed))},
        )
    )


def rejected(one, function="F0"):
    return rejection(one, one.compute.functions[function])


def test_a_function_that_may():
    assert rejected(cloud(actions=ENI_ACTIONS)) is None


def test_awss_own_policy_is_enough():
    policy = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
    assert rejected(cloud(managed=[policy])) is None


@pytest.mark.parametrize("lacking", ENI_ACTIONS)
def test_a_role_that_lacks_an_action(lacking):
    found = rejected(cloud(actions=[action for action in ENI_ACTIONS if action != lacking]))
    name = lacking.removeprefix("ec2:")
    assert found.problem.why == f"The provided execution role does not have permissions to call {name} on EC2"
    assert found.reason_code == "InsufficientRolePermissions"


def test_a_role_with_a_policy_of_unknown_text_is_not_judged():
    assert rejected(cloud(managed=["arn:aws:iam::123456789012:policy/ours"])) is None


@pytest.mark.parametrize(
    ("where", "code", "text"),
    [
        ({"subnets": ("subnet-1",)}, "InvalidSubnet", "The subnet ID 'subnet-1' does not exist"),
        ({"groups": ("sg-1",)}, "InvalidSecurityGroup", "The security group 'sg-1' does not exist"),
    ],
)
def test_what_does_not_exist(where, code, text):
    found = rejected(cloud(actions=ENI_ACTIONS, **where))
    assert (found.reason_code, text in found.problem.why) == (code, True)


def test_on_managed_instances_the_function_needs_no_permissions_on_interfaces():
    made = cloud(actions=["s3:GetObject"])
    there = replace(made.compute.functions["F0"], capacity_provider="Instances")
    assert rejection(made, there) is None


def test_what_is_unknown_is_no_fault():
    assert rejected(cloud(actions=ENI_ACTIONS, subnets=(Unknown("a parameter"),))) is None


def test_a_subnet_without_a_free_address():
    full = cloud(actions=ENI_ACTIONS, functions=12, block="10.0.0.0/28")  # 11 addresses, 12 sets of groups
    codes = [found.reason_code if (found := rejected(full, f"F{n}")) else None for n in range(12)]
    assert codes == [None] * 11 + ["SubnetOutOfIPAddresses"]


OUTSIDE = Function("F", "f", Code(), runtime="python3.13", handler="a.b")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, None),
        ({"memory_size": 64}, "'memorySize'"),
        ({"memory_size": 20_480}, "'memorySize'"),
        ({"memory_size": 20_480, "capacity_provider": "Instances"}, None),
        ({"timeout": 0}, "'timeout'"),
        ({"timeout": 5_401}, "'timeout'"),
        ({"ephemeral_storage": 511}, "'ephemeralStorage.size'"),
        ({"ephemeral_storage": 20_000}, "'ephemeralStorage.size'"),
        ({"function_name": "has space"}, "'functionName'"),
        ({"function_name": "a" * 65}, "'functionName'"),
        ({"id": "Nested/F", "function_name": "Nested/F"}, None),
        ({"handler": ""}, "Runtime and Handler are mandatory"),
        ({"handler": "", "package_type": "Image"}, None),
        ({"handler": Unknown("a parameter")}, None),
        ({"handler": "a b.c"}, "'handler'"),
        ({"subnet_ids": ("S",)}, "must coexist"),
        ({"security_group_ids": ("G",)}, "must coexist"),
        ({"security_group_ids": Unknown("a parameter")}, None),
    ],
)
def test_settings_outside_of_lambdas_limits(changes, text):
    found = rejection(Cloud.of(), replace(OUTSIDE, **changes))
    assert (found is None) if text is None else (text in found.problem.why)
