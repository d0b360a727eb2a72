"""Capacity providers of Lambda Managed Instances, as templates, plans and described accounts write them (newer-aws §8.1)."""

import json

import pytest

from netful.engine.overview.inventory import inventory
from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.terraform_plans import network, refers

TEMPLATE = """
Parameters: {Shared: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, MapPublicIpOnLaunch: true}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Instances:
    Type: AWS::Lambda::CapacityProvider
    Properties: {CapacityProviderName: ours, VpcConfig: {SubnetIds: [!Ref A, !Ref B], SecurityGroupIds: [!Ref Sg]}}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Code: {ZipFile: x}
      Timeout: TIMEOUT
      CapacityProviderConfig: {LambdaManagedInstancesCapacityProviderConfig: {CapacityProviderArn: ARN}}
  Classic: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: x}, VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Sg]}}}
"""


def template(arn="!GetAtt Instances.Arn", timeout=3):
    return TEMPLATE.replace("ARN", arn).replace("TIMEOUT", str(timeout))


@pytest.mark.parametrize(
    "arn", ["!GetAtt Instances.Arn", "!Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:capacity-provider:ours'"]
)
def test_a_template(cloud_of, arn):
    made = cloud_of(template(arn))
    function = made.compute.functions["Fn"]
    assert (function.capacity_provider, function.subnet_ids, function.security_group_ids) == (
        "Instances",
        ("A", "B"),
        ("Sg",),
    )
    enis = {eni.subnet_id: eni for eni in made.network.interfaces_of("Fn")}
    assert {subnet: eni.public_ip is not None for subnet, eni in enis.items()} == {"A": True, "B": False}
    (classic,) = made.network.interfaces_of("Classic")
    assert (classic.public_ip, classic.id != enis["A"].id) == (None, True)
    assert made.template.unread == ()
    shown = {(eni["owner"], *eni["functions"]) for eni in inventory(made)["enis"]}
    assert shown == {("instance", "Fn"), ("lambda", "Classic")}


def test_a_provider_elsewhere_is_unknown(cloud_of):
    function = cloud_of(template("!Ref Shared")).compute.functions["Fn"]
    assert isinstance(function.subnet_ids, Unknown)
    other = cloud_of(template("arn:aws:lambda:us-east-1:123456789012:capacity-provider:theirs")).compute.functions["Fn"]
    assert isinstance(other.subnet_ids, Unknown)
    assert other.in_vpc


@pytest.mark.parametrize(("timeout", "warned"), [(900, False), (901, True), (5400, True)])
def test_a_long_timeout_is_accepted_with_a_warning(cloud_of, timeout, warned):
    made = cloud_of(template(timeout=timeout))
    assert made.compute.functions["Fn"].timeout == timeout
    assert any("`Timeout` of `Fn`" in warning for warning in made.template.warnings) is warned


def test_a_plan(tmp_path):
    plan = network()
    plan.add(
        "aws_lambda_capacity_provider.i", {"vpc_config": [{"subnet_ids": refers("aws_subnet.private.id")}]}, name="ours",
        vpc_config=[{"security_group_ids": ["sg-1"]}],
    )  # fmt: skip
    arn = refers("aws_lambda_capacity_provider.i.arn")
    plan.add(
        "aws_lambda_function.f",
        {
            "capacity_provider_config": [
                {"lambda_managed_instances_capacity_provider_config": [{"capacity_provider_arn": arn}]}
            ]
        },
        function_name="f",
        capacity_provider_config=[{"lambda_managed_instances_capacity_provider_config": [{}]}],
    )
    function = load([plan.write(tmp_path)]).compute.functions["aws_lambda_function.f"]
    assert function.capacity_provider == "aws_lambda_capacity_provider.i"
    assert function.security_group_ids == ("sg-1",)


def test_a_described_account(tmp_path):
    arn = "arn:aws:lambda:us-east-1:123456789012:capacity-provider:ours"
    config = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": arn}}
    answers = {
        "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]},
        "subnets": {
            "Subnets": [
                {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "MapPublicIpOnLaunch": True}
            ]
        },
        "providers": {
            "CapacityProviders": [
                {"CapacityProviderArn": arn, "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}
            ]
        },
        "functions": {"Functions": [{"FunctionName": "fn", "CapacityProviderConfig": config}]},
    }
    for name, answer in answers.items():
        file = tmp_path / "us-east-1" / f"{name}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(answer))
    made = load([tmp_path])
    assert made.compute.functions["fn"].subnet_ids == ("subnet-1",)
    (eni,) = made.network.interfaces_of("fn")
    assert eni.public_ip is not None
