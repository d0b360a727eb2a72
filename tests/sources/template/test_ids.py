"""AWS's ids in what a template gives, and the model's own names behind them."""

from __future__ import annotations

import re

import pytest

from netful.sources import load
from tests.helpers.ids import api_id, ec2_id
from tests.helpers.texts import replaced

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Other: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref Vpc}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Routes: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Way: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Routes, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Address: {Type: AWS::EC2::EIP}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Sg]}}
  Door:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.execute-api, SubnetIds: [!Ref Subnet]}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: x}}
  Chat: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: x, ProtocolType: HTTP}}
  Orders: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders}}
  Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: TYPE, Subnets: [!Ref Subnet, !Ref Other]}}
  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Name: shop, Port: 80, Protocol: HTTP, VpcId: !Ref Vpc}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer, Port: 80, Protocol: HTTP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]}
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties: {ListenerArn: !Ref Listener, Priority: 1, Conditions: [], Actions: [{Type: forward, TargetGroupArn: !Ref Targets}]}
  Table: {Type: AWS::DynamoDB::Table}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Code: {ZipFile: x}
      Environment:
        Variables: {VPC: !Ref Vpc, SUBNETS: !Join [",", [!Ref Subnet, !Ref Other]], API: !Ref Api, TABLE: !Ref Table, TARGETS: !Ref Targets}
      VpcConfig: {SubnetIds: !Split [",", !Join [",", [!Ref Subnet, !Ref Other]]], SecurityGroupIds: [!GetAtt Vpc.DefaultSecurityGroup]}
  Said: {Type: AWS::SSM::Parameter, Properties: {Name: /app/vpc, Type: String, Value: !Ref Vpc}}
Outputs:
  Value: {Value: WRITTEN}
"""


def cloud_with(cloud_of, written="none", kind="application"):
    return cloud_of(replaced(TEMPLATE, {"WRITTEN": written, "Type: TYPE": f"Type: {kind}"}))


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("!Ref Vpc", r"vpc-[0-9a-f]{17}"),
        ("!GetAtt Vpc.VpcId", r"vpc-[0-9a-f]{17}"),
        ("!GetAtt Subnet.VpcId", r"vpc-[0-9a-f]{17}"),
        ("!GetAtt Sg.GroupId", r"sg-[0-9a-f]{17}"),
        ("!GetAtt Vpc.DefaultNetworkAcl", r"acl-[0-9a-f]{17}"),
        ("!GetAtt Address.AllocationId", r"eipalloc-[0-9a-f]{17}"),
        ("!Ref Way", r"rtb-[0-9a-f]{17}\|0\.0\.0\.0/0"),
        ("!Ref Attached", r"IGW\|vpc-[0-9a-f]{17}"),
        ("!Ref Web", r"i-[0-9a-f]{17}"),
        ("!Ref Door", r"vpce-[0-9a-f]{17}"),
        ("!Select [0, !GetAtt Door.DnsEntries]", r"\w+:vpce-[0-9a-f]{17}-[0-9a-f]{8}\.execute-api\.us-east-1\.vpce\.amazonaws\.com"),
        ("!Ref Api", r"[a-z0-9]{10}"),
        ("!Ref Chat", r"[a-z0-9]{10}"),
        ("!GetAtt Chat.ApiEndpoint", r"https://[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com"),
        ("!Ref Orders", r"[a-z0-9]{6}"),
        ("!GetAtt Api.RootResourceId", r"[a-z0-9]{6}"),
        ("!Ref Balancer", r"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/Balancer/[0-9a-f]{16}"),
        ("!GetAtt Balancer.LoadBalancerFullName", r"app/Balancer/[0-9a-f]{16}"),
        ("!Ref Targets", r"arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/shop/[0-9a-f]{16}"),
        ("!Ref Listener", r"arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/Balancer/[0-9a-f]{16}/[0-9a-f]{16}"),
        ("!Ref Rule", r"arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/Balancer(/[0-9a-f]{16}){3}"),
        ("!Ref Table", r"[\w-]+-Table-[A-Za-z0-9]{12}"),
        ("!GetAtt Fn.Arn", r"arn:aws:lambda:us-east-1:123456789012:function:[\w-]+-Fn-[A-Za-z0-9]{12}"),
    ],
)  # fmt: skip
def test_a_value_has_the_form_of_aws(cloud_of, written, form):
    (output,) = cloud_with(cloud_of, written).template.outputs
    assert re.fullmatch(form, output.value)


def test_a_network_load_balancer_has_its_own_form(cloud_of):
    (output,) = cloud_with(cloud_of, "!Ref Listener", "network").template.outputs
    assert ":listener/net/Balancer/" in output.value


def test_free_text_keeps_the_ids_that_code_and_parameters_get(cloud_of):
    cloud = cloud_with(cloud_of)
    subnets = f"{ec2_id('subnet', 'Subnet')},{ec2_id('subnet', 'Other')}"
    given = cloud.compute.functions["Fn"].environment
    assert (given["VPC"], given["SUBNETS"], given["API"]) == (ec2_id("vpc", "Vpc"), subnets, api_id("Api"))
    assert given["TARGETS"] == cloud.aws_id("Targets")
    assert given["TABLE"] == cloud.template.resources["Table"].properties["TableName"]
    assert cloud.compute.ssm_parameters["Said"].value == ec2_id("vpc", "Vpc")


def test_the_model_keeps_its_own_names(cloud_of):
    cloud = cloud_with(cloud_of)
    assert cloud.network.subnets["Subnet"].vpc_id == "Vpc"
    assert cloud.network.vpc_endpoints["Door"].subnet_ids == ("Subnet",)
    function = cloud.compute.functions["Fn"]
    assert (function.subnet_ids, function.security_group_ids) == (("Subnet", "Other"), ("Vpc.default",))
    assert cloud.balancing.listeners["Listener"].load_balancer_id == "Balancer"
    assert cloud.balancing.listener_rules["Rule"].actions[0].target_group_ids == ("Targets",)


@pytest.mark.parametrize(
    "named",
    ["AWS id", "physical name", "ARN", "ARN of a version", "stack and logical id", "logical id"],
)
def test_a_function_or_a_resource_is_found_by_each_of_its_names(cloud_of, named):
    cloud = cloud_with(cloud_of)
    name, stack = cloud.compute.functions["Fn"].function_name, cloud.template.resources["Fn"].stack
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    given = {
        "AWS id": (cloud.aws_id("Vpc"), "Vpc"),
        "physical name": (name, "Fn"),
        "ARN": (arn, "Fn"),
        "ARN of a version": (f"{arn}:7", "Fn"),
        "stack and logical id": (f"{stack}/Fn", "Fn"),
        "logical id": ("Fn", "Fn"),
    }
    text, found = given[named]
    assert cloud.named(text) == found


def test_an_endpoint_and_a_load_balancer_named_by_their_parts_are_the_same_things(cloud_of):
    full_name = (
        "arn:aws:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:loadbalancer/${Balancer.LoadBalancerFullName}"
    )
    cloud = cloud_with(cloud_of, f'!Sub "{full_name}"')
    assert cloud.named(cloud.template.outputs[0].value) == "Balancer"


def test_things_of_one_name_in_two_stacks_have_different_ids(write):
    text = replaced(TEMPLATE, {"WRITTEN": "!Ref Vpc", "Type: TYPE": "Type: application"})
    cloud = load([write(text, "a.yaml"), write(text, "b.yaml")])
    first, second = (output.value for output in cloud.template.outputs)
    assert (cloud.named(first), cloud.named(second)) == ("Vpc", "b/Vpc")
    names = [cloud.compute.functions[id_].function_name for id_ in ("Fn", "b/Fn")]
    assert [name.partition("-Fn-")[0] for name in names] == ["a", "b"]
    assert cloud.network.subnets["b/Subnet"].vpc_id == "b/Vpc"


def test_a_stack_alone_has_the_name_of_its_folder_or_the_one_that_is_given(write):
    text = replaced(TEMPLATE, {"WRITTEN": "!Ref AWS::StackName", "Type: TYPE": "Type: application"})
    file = write(text, "shop/network.yaml")
    named = [load([file]), load([file], stack_name="live")]
    assert [cloud.template.outputs[0].value for cloud in named] == ["shop", "live"]
    assert [cloud.compute.functions["Fn"].function_name.partition("-Fn-")[0] for cloud in named] == ["shop", "live"]
