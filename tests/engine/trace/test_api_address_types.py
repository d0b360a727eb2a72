"""IPv6 addresses of APIs: dual-stack APIs and domains have some, which netful does not know (newer-aws §4.4)."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.texts import replaced

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Block: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Out6: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationIpv6CidrBlock: "::/0", GatewayId: !Ref Igw}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true,
    Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 1, 64]]}}
  Placed: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: all, VpcId: !Ref Vpc,
    SecurityGroupEgress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}, {IpProtocol: "-1", CidrIpv6: "::/0"}]}}
  Both: {Type: AWS::EC2::Instance, Properties: {ImageId: a, SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group], Ipv6AddressCount: 1}}
  Four: {Type: AWS::EC2::Instance, Properties: {ImageId: a, SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group]}}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a, EndpointConfiguration: {Types: [REGIONAL], IpAddressType: REST}}}
  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET,
    AuthorizationType: NONE, Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}}}
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}}
  Web: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: w, ProtocolType: HTTP, IpAddressType: HTTP}}
  Default: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Web, StageName: $default, AutoDeploy: true}}
  Proxy: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Web, IntegrationType: HTTP_PROXY, IntegrationMethod: GET,
    IntegrationUri: "https://example.com", PayloadFormatVersion: "1.0"}}
  Route: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Web, RouteKey: GET /, Target: !Sub "integrations/${Proxy}"}}
  Domain: {Type: AWS::ApiGatewayV2::DomainName, Properties: {DomainName: api.example.com,
    DomainNameConfigurations: [{CertificateArn: a, IpAddressType: NAME}]}}
  Mapping: {Type: AWS::ApiGatewayV2::ApiMapping, Properties: {ApiId: !Ref Api, DomainName: !Ref Domain, Stage: live}}
"""
REST, HTTP, NAMED = "Api GET /live/", "Web GET /", "https://api.example.com/"


@pytest.fixture
def asked(cloud_of):
    def asked_(source, destination, **types):
        given = {"REST": "ipv4", "HTTP": "ipv4", "NAME": "ipv4", **types}
        cloud = cloud_of(replaced(TEMPLATE, {f": {name}}}": f": {kind}}}" for name, kind in given.items()}))
        path = trace(cloud, parse(cloud, source, destination))
        return path.verdict, any("by IPv4" in one for one in path.assumptions)

    return asked_


@pytest.mark.parametrize(("name", "destination"), [("REST", REST), ("HTTP", HTTP), ("NAME", NAMED)])
@pytest.mark.parametrize(
    ("source", "four", "both"),
    [
        ("internet6", ("blocked", False), ("unknown", False)),
        ("internet", ("reachable", False), ("reachable", False)),
        ("Both", ("reachable", False), ("reachable", True)),
        ("Four", ("reachable", False), ("reachable", False)),
    ],
)
def test_only_dual_stack_apis_are_reached_by_ipv6(asked, name, destination, source, four, both):
    assert asked(source, destination) == four
    assert asked(source, destination, **{name: "dualstack"}) == both


def test_a_domain_has_addresses_of_its_own(asked):
    assert asked("internet6", NAMED, REST="dualstack") == ("blocked", False)
