"""Conditions of AWS's resources on their clients: stated, as they are not judged."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}}
  Vm: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A, SecurityGroupIds: [!Ref Group]}}
  Doh:
    Type: AWS::Route53Resolver::ResolverEndpoint
    Properties: {Direction: INBOUND, SecurityGroupIds: [!Ref Group], Protocols: [DoH], IpAddresses: [{SubnetId: !Ref A, Ip: 10.0.1.10}, {SubnetId: !Ref A, Ip: 10.0.1.11}]}
  Both:
    Type: AWS::Route53Resolver::ResolverEndpoint
    Properties: {Direction: INBOUND, SecurityGroupIds: [!Ref Group], Protocols: [DoH, Do53], IpAddresses: [{SubnetId: !Ref A, Ip: 10.0.1.20}, {SubnetId: !Ref A, Ip: 10.0.1.21}]}
  Gateway: {Type: AWS::VpcLattice::ResourceGateway, Properties: {Name: g, VpcIdentifier: !Ref Vpc, SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Group]}}
  Shared: {Type: AWS::VpcLattice::ResourceConfiguration, Properties: {Name: s, ResourceConfigurationType: SINGLE, ResourceGatewayId: !Ref Gateway, PortRanges: ["443", "5432-5440"]}}
  Point: {Type: AWS::S3::AccessPoint, Properties: {Bucket: b, Name: private, VpcConfiguration: {VpcId: !Ref Vpc}}}
  Open: {Type: AWS::S3::AccessPoint, Properties: {Bucket: b, Name: open}}
  Verified: {Type: AWS::EC2::VerifiedAccessEndpoint, Properties: {ApplicationDomain: App.example.com, AttachmentType: vpc, EndpointType: load-balancer, VerifiedAccessGroupId: g}}
"""
POINT = "https://{}-123456789012.s3-accesspoint.us-east-1.amazonaws.com/"


@pytest.mark.parametrize(
    ("start", "to", "assumed"),
    [
        ("Vm", "Doh:udp/53", "`Doh` answers at port 53"),
        ("Vm", "10.0.1.11:udp/53", "`Doh` answers at port 53"),
        ("Vm", "Doh:tcp/443", ""),
        ("Vm", "Both:udp/53", ""),
        ("Shared", "Vm:tcp/22", "`Shared` forwards 22: its `PortRanges` are 443, 5432-5440"),
        ("Shared", "Vm:tcp/5433", ""),
        ("internet", POINT.format("private"), "the client is in `Vpc`"),
        ("internet", POINT.format("open"), ""),
        ("internet", "https://app.example.com/", "`Verified` admits the client"),
        ("internet", "https://other.example.com/", ""),
    ],
)
def test_conditions_on_clients_are_stated(cloud_of, start, to, assumed):
    cloud = cloud_of(TEMPLATE)
    path = trace(cloud, parse(cloud, start, to))
    beginnings = ("`Doh`", "`Both`", "`Shared`", "the client", "`Verified`")
    found = [one for one in path.assumptions if one.startswith(beginnings)]
    assert path.verdict == "reachable"
    assert [one.startswith(assumed) for one in found] == ([True] if assumed else [])
