"""Private zones and records of which the name or the type is not known: no name is surely missing."""

import pytest

from netful.engine.names.resolution import resolve
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace

TEMPLATE = """
Parameters: {P: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: SEEN, EnableDnsSupport: true}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}}
  App: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group]}}
  Db: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group], PrivateIpAddress: 10.0.0.50}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: ZONE, VPCs: [{VPCId: !Ref Vpc, VPCRegion: us-east-1}]}}
  Record: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: NAME, Type: TYPE, TTL: "60", ResourceRecords: [10.0.0.50]}}
"""
KNOWN = {"ZONE": "corp.internal", "NAME": "db.corp.internal", "TYPE": "A", "SEEN": "true"}


@pytest.mark.parametrize(
    ("changed", "host", "verdict", "assumed"),
    [
        ({}, "db.corp.internal", "reachable", False),
        ({}, "other.corp.internal", "blocked", False),
        ({"TYPE": "!Ref P"}, "db.corp.internal", "unknown", False),
        ({"NAME": "!Ref P"}, "db.corp.internal", "unknown", False),
        ({"ZONE": "!Ref P", "NAME": '!Sub "db.${P}"'}, "db.corp.internal", "unknown", False),
        ({"ZONE": "!Ref P", "NAME": '!Sub "db.${P}"'}, "www.example.com", "blocked", True),
        ({"{VPCId: !Ref Vpc": "{VPCId: !Ref P"}, "db.corp.internal", "unknown", False),
        ({"{VPCId: !Ref Vpc": "{VPCId: !Ref P"}, "www.example.com", "blocked", False),
        ({"ZONE": "!Ref P", "SEEN": "false"}, "db.corp.internal", "blocked", False),
    ],
)
def test_what_a_zone_may_answer(cloud_of, changed, host, verdict, assumed):
    text = TEMPLATE
    for name, value in {**KNOWN, **changed}.items():
        text = text.replace(name, value)
    cloud = cloud_of(text)
    path = trace(cloud, parse(cloud, "App", f"{host}:tcp/80"))
    assert path.verdict == verdict
    assert ("P" in path.missing) is (verdict == "unknown")
    assert any("not in the private zone Zone" in one for one in path.assumptions) is assumed


FORWARDING = """
Parameters: {P: {Type: String}}
Resources:
  Own: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16, EnableDnsHostnames: true}}
  OwnSubnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Own, CidrBlock: 10.1.0.0/24}}
  OwnGroup: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Own}}
  App: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref OwnSubnet, SecurityGroupIds: [!Ref OwnGroup]}}
  Hub: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.2.0.0/16, EnableDnsHostnames: SEEN}}
  HubSubnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Hub, CidrBlock: 10.2.0.0/24}}
  HubGroup: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Hub, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: hub.internal, VPCs: [{VPCId: !Ref Hub, VPCRegion: us-east-1}]}}
  Record: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: db.hub.internal, Type: A, TTL: "60", ResourceRecords: [10.2.0.50]}}
  Inbound: {Type: AWS::Route53Resolver::ResolverEndpoint, Properties: {Direction: INBOUND, SecurityGroupIds: [!Ref HubGroup], IpAddresses: [{SubnetId: !Ref HubSubnet, Ip: 10.2.0.10}]}}
  Outbound: {Type: AWS::Route53Resolver::ResolverEndpoint, Properties: {Direction: OUTBOUND, SecurityGroupIds: [!Ref OwnGroup], IpAddresses: [{SubnetId: !Ref OwnSubnet}]}}
  Rule: {Type: AWS::Route53Resolver::ResolverRule, Properties: {RuleType: FORWARD, DomainName: hub.internal, ResolverEndpointId: !Ref Outbound, TargetIps: [{Ip: 10.2.0.10, Port: "53"}]}}
  Ruled: {Type: AWS::Route53Resolver::ResolverRuleAssociation, Properties: {ResolverRuleId: !Ref Rule, VPCId: !Ref Own}}
"""


@pytest.mark.parametrize(("seen", "status"), [("true", "NOERROR"), ("false", "NXDOMAIN"), ("!Ref P", "UNKNOWN")])
def test_a_vpc_to_which_a_name_is_forwarded_may_have_dns_host_names(cloud_of, seen, status):
    assert resolve(cloud_of(FORWARDING.replace("SEEN", seen)), "Own", "db.hub.internal").status == status
