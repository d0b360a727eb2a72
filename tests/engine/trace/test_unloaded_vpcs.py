"""Subnets and route tables of a template in a VPC that is not loaded, such as that of a parameter."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace

TEMPLATE = """
Parameters:
  Id: {Type: String, Default: vpc-0123456789abcdef0}
  Gateway: {Type: String, Default: igw-0123456789abcdef0}
Resources:
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Id, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a, MapPublicIpOnLaunch: true}}
  Private: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Id, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  Free: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Id, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1a}}
  PublicTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Id}}
  PublicRoute: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref PublicTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}
  PublicLink: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref PublicTable, SubnetId: !Ref Public}}
  Eip: {Type: AWS::EC2::EIP}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Eip.AllocationId}}
  PrivateTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Id}}
  PrivateRoute: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref PrivateTable, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}
  PrivateLink: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref PrivateTable, SubnetId: !Ref Private}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Id, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}]}}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Public, SecurityGroupIds: [!Ref Group]}}
  App: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Private, SecurityGroupIds: [!Ref Group]}}
  Else: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Free, SecurityGroupIds: [!Ref Group]}}
"""


@pytest.mark.parametrize(
    ("start", "to", "verdict", "passed"),
    [
        ("App", "internet:tcp/443", "reachable", "Nat"),
        ("Web", "internet:tcp/443", "reachable", "igw-0123456789abcdef0"),
        ("internet", "Web:tcp/80", "reachable", "igw-0123456789abcdef0"),
        ("internet", "App:tcp/80", "blocked", ""),
        ("App", "Web:tcp/80", "reachable", "PrivateTable"),
        ("App", "Web:tcp/22", "blocked", ""),
        ("App", "10.9.0.1:tcp/80", "unknown", ""),  # may be in the VPC, of which only three subnets are known
        ("Else", "internet:tcp/443", "unknown", ""),
    ],
)
def test_routes_of_the_template_decide(cloud_of, start, to, verdict, passed):
    cloud = cloud_of(TEMPLATE)
    path = trace(cloud, parse(cloud, start, to))
    assert path.verdict == verdict
    assert not passed or passed in [hop.component for hop in path.hops]
