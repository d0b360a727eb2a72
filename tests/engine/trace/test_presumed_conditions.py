"""Paths by resources whose conditions are not known: the path assumes that they hold."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load

TEMPLATE = """
Parameters:
  Private: {Type: String}
Conditions:
  ByEndpoint: !Equals [!Ref Private, 'yes']
  ByNat: !Not [!Condition ByEndpoint]
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: o, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 10.0.0.0/16}]}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfSubnet: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}
  Ssm: {Type: AWS::EC2::VPCEndpoint, Condition: ByEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.ssm, SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Open], PrivateDnsEnabled: true}}
  Way: {Type: AWS::EC2::Route, Condition: ByNat, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: nat-0123456789abcdef0}}
  One: {Type: AWS::EC2::Instance, Condition: ByNat, Properties: {ImageId: ami-1, SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Open]}}
  Two: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Open]}}
"""


@pytest.mark.parametrize(
    ("source", "destination", "presumed"),
    [
        ("Two", "aws:ssm", ["ByEndpoint"]),
        ("Two", "aws:sqs", ["ByNat"]),
        ("One", "aws:sqs", []),
        ("Two", "One:tcp/80", []),
        ("One", "aws:ssm", ["ByEndpoint"]),
    ],
)
def test_a_path_assumes_the_conditions_of_what_it_passes(tmp_path, source, destination, presumed):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    cloud = load([tmp_path / "template.yaml"])
    assumptions = trace(cloud, parse(cloud, source, destination)).assumptions
    assert [text for text in assumptions if text.startswith("condition ")] == [
        f"condition `{name}` holds, although parameter `Private` has no value" for name in presumed
    ]
    given = load([tmp_path / "template.yaml"], parameters={"Private": "yes"})
    assert not any(text.startswith("condition ") for text in trace(given, parse(given, "Two", "aws:ssm")).assumptions)
