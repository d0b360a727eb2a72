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


RELATIONS = """
Parameters:
  Wanted: {Type: String}
Conditions:
  WithTable: !Equals [!Ref Wanted, table]
  WithAcl: !Equals [!Ref Wanted, acl]
  WithGateway: !Equals [!Ref Wanted, gateway]
  WithAddress: !Equals [!Ref Wanted, address]
  WithRule: !Equals [!Ref Wanted, rule]
  WithPermission: !Equals [!Ref Wanted, permission]
  WithOptions: !Equals [!Ref Wanted, options]
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Options: {Type: AWS::EC2::DHCPOptions, Properties: {DomainNameServers: [10.0.0.200]}}
  OptionsOfVpc: {Type: AWS::EC2::VPCDHCPOptionsAssociation, Condition: WithOptions, Properties: {VpcId: !Ref Vpc, DhcpOptionsId: !Ref Options}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Other: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: o, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 10.0.0.0/16}]}}
  OfAll: {Type: AWS::EC2::SecurityGroupIngress, Condition: WithRule, Properties: {GroupId: !Ref Open, IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}}
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  In: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0}}
  Out: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: -1, Egress: true, RuleAction: allow, CidrBlock: 0.0.0.0/0}}
  AclOfSubnet: {Type: AWS::EC2::SubnetNetworkAclAssociation, Condition: WithAcl, Properties: {SubnetId: !Ref Subnet, NetworkAclId: !Ref Acl}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  TableOfSubnet: {Type: AWS::EC2::SubnetRouteTableAssociation, Condition: WithTable, Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  OfVpc: {Type: AWS::EC2::VPCGatewayAttachment, Condition: WithGateway, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Way: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}
  One: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Open]}}
  Near: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Open]}}
  Far: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Other, SecurityGroupIds: [!Ref Open]}}
  Address: {Type: AWS::EC2::EIP, Condition: WithAddress, Properties: {InstanceId: !Ref One}}
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  Function: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Handler: a.b, Role: !GetAtt Role.Arn, Code: {ZipFile: x}}}
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
  Call: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, PayloadFormatVersion: '2.0', IntegrationUri: !GetAtt Function.Arn}}
  Hello: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /hello, Target: !Sub 'integrations/${Call}'}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default, AutoDeploy: true}}
  Permission: {Type: AWS::Lambda::Permission, Condition: WithPermission, Properties: {FunctionName: !Ref Function, Action: lambda:InvokeFunction, Principal: apigateway.amazonaws.com}}
"""


@pytest.mark.parametrize(
    ("source", "destination", "presumed"),
    [
        ("One", "internet:tcp/443", {"WithTable", "WithAcl", "WithGateway", "WithAddress"}),
        ("One", "https://example.com/", {"WithTable", "WithAcl", "WithGateway", "WithAddress", "WithOptions"}),
        ("internet", "One:tcp/80", {"WithTable", "WithAcl", "WithGateway", "WithAddress", "WithRule"}),
        ("One", "Near:tcp/22", set()),
        ("One", "Far:tcp/22", {"WithTable", "WithAcl"}),
        ("internet", "Api GET /hello", {"WithPermission"}),
        ("Function", "internet:tcp/443", set()),
    ],
)
def test_a_path_assumes_the_conditions_of_relations_between_what_it_passes(tmp_path, source, destination, presumed):
    (tmp_path / "template.yaml").write_text(RELATIONS)
    cloud = load([tmp_path / "template.yaml"])
    found = trace(cloud, parse(cloud, source, destination))
    assert found.verdict == "reachable"
    assert {text.split("`")[1] for text in found.assumptions if text.startswith("condition ")} == presumed
