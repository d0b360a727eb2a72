"""What needs a public subnet (NF758)."""

import pytest

from netful.checks.facts.cloud_facts import Facts
from netful.checks.registry import rule_named

NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: VPC, InternetGatewayId: !Ref Igw}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfB: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref B}}
  Way: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, TARGET}}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref B, ConnectivityType: KIND, AllocationId: eipalloc-1}}
  Lb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: network, Scheme: SCHEME, Subnets: [!Ref B]}}
"""
BY_GATEWAY = "GatewayId: !Ref Igw"


@pytest.mark.parametrize(
    ("target", "kind", "scheme", "expected"),
    [
        (BY_GATEWAY, "public", "internet-facing", set()),
        ("NatGatewayId: !Ref Nat", "public", "internet-facing", {"Nat", "Lb"}),
        ("NatGatewayId: !Ref Nat", "private", "internal", set()),
        ("NatGatewayId: !Ref Nat", "!ImportValue kind", "!ImportValue scheme", set()),
        ("NatGatewayId: nat-0123", "private", "internet-facing", {"Lb"}),
        ("TransitGatewayId: tgw-0123", "public", "internet-facing", set()),
        ("GatewayId: !ImportValue gateway", "public", "internet-facing", set()),
    ],
)
def test_public_resources_need_a_way_to_the_internet_gateway(cloud_of, target, kind, scheme, expected):
    values = {"VPC": "!Ref Vpc", "TARGET": target, "KIND": kind, "SCHEME": scheme}
    assert _found(cloud_of, **values) == expected


def test_a_way_to_some_clients_is_enough(cloud_of):
    values = {"VPC": "!Ref Vpc", "TARGET": BY_GATEWAY, "KIND": "public", "SCHEME": "internet-facing"}
    assert _found(cloud_of, **values, **{"0.0.0.0/0": "203.0.113.0/24"}) == set()


def test_without_an_internet_gateway_aws_refuses_them(cloud_of):
    values = {"VPC": "vpc-0123", "TARGET": "NatGatewayId: nat-0123", "KIND": "public", "SCHEME": "internet-facing"}
    assert _found(cloud_of, **values) == set()


def _found(cloud_of, **values):
    text = NETWORK
    for name, value in values.items():
        text = text.replace(f" {name},", f" {value},").replace(f" {name}}}", f" {value}}}")
    return {one.resource for one in rule_named("NF758").find(Facts(cloud_of(text)))}
