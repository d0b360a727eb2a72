"""Targets that load balancers do not reach: what is found in templates, and what is not."""

import re

import pytest

from netful.checks.registry import rule_named
from tests.helpers.facts import facts_of
from tests.helpers.texts import replaced

NETWORK = """\
Parameters: {Elsewhere: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, DependsOn: Attached, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  OfA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref A}}
  OfB: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref B}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  C: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24, AvailabilityZone: us-east-1c}}
  FrontSg:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: of the load balancer
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]
  WebSg:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: of the targets, VpcId: !Ref Vpc, SecurityGroupIngress: [ADMITTED]}
  Front: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref FrontSg], Type: application}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Front, Port: 80, Protocol: HTTP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]}
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {VpcId: !Ref Vpc, Port: 8080, Protocol: HTTP, TargetType: instance, Targets: [{Id: !Ref Web}]}
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A, SecurityGroupIds: [!Ref WebSg]}}
"""
ALB = "SecurityGroups: [!Ref FrontSg], Type: application"
NLB = {ALB: "Type: network", "Port: 80, Protocol: HTTP,": "Port: 80, Protocol: TCP,", "Protocol: HTTP, TargetType": "Protocol: TCP, TargetType"}  # fmt: skip
UDP = {ALB: "Type: network", "Port: 80, Protocol: HTTP,": "Port: 80, Protocol: UDP,", "Protocol: HTTP, TargetType": "Protocol: UDP, TargetType"}  # fmt: skip
PUBLIC = {"Scheme: internal": "Scheme: internet-facing"}
BY_GROUP = "{IpProtocol: tcp, FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !Ref FrontSg}"
BY_BLOCK = "{IpProtocol: tcp, FromPort: 8080, ToPort: 8080, CidrIp: 10.0.0.0/16}"
OF_UDP = "{IpProtocol: udp, FromPort: 8080, ToPort: 8080, CidrIp: 0.0.0.0/0}"
TO_ALL = "{IpProtocol: tcp, FromPort: 8080, ToPort: 8080, CidrIp: 0.0.0.0/0}"
OF_CLOUDFRONT = "{IpProtocol: tcp, FromPort: 8080, ToPort: 8080, SourcePrefixListId: pl-3b927c52}"
CHECKED = {"Port: 8080, Protocol": "HealthCheckPort: '9000', Port: 8080, Protocol"}
TWO = {"[{Id: !Ref Web}]": "[{Id: !Ref Web}, {Id: !Ref Closed}]"}
CLOSED = "  Closed: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref B, SecurityGroupIds: [!Ref FrontSg]}}\n"
SHUT = "  Shut: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: none, VpcId: !Ref Vpc}}\n"
FAR = """\
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  FarA: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.9.1.0/24, AvailabilityZone: us-east-1a}}
  FarSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: all, VpcId: !Ref Far, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 10.0.0.0/8}]}}
  There: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref FarA, PrivateIpAddress: 10.9.1.50, SecurityGroupIds: [!Ref FarSg]}}
"""
PEERED = """\
  Peering: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Far}}
  ToFar: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 10.9.0.0/16, VpcPeeringConnectionId: !Ref Peering}}
  FarTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Far}}
  OfFar: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref FarTable, SubnetId: !Ref FarA}}
  Back: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref FarTable, DestinationCidrBlock: 10.0.0.0/16, VpcPeeringConnectionId: !Ref Peering}}
"""
MAKER = """\
  Maker:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-1
      SubnetId: !Ref A
      UserData: {"Fn::Base64": !Sub "aws ec2 create-route --route-table-id ${FarTable} --destination-cidr-block 10.0.0.0/16"}
"""
AT_FAR = {"TargetType: instance, Targets: [{Id: !Ref Web}]": "TargetType: ip, Targets: [{Id: 10.9.1.50, AvailabilityZone: all}]"}  # fmt: skip
ACL = """\
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  In: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: 6, RuleAction: allow, CidrBlock: 0.0.0.0/0, PortRange: {From: 8080, To: 8080}}}
  OfAcl: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {NetworkAclId: !Ref Acl, SubnetId: !Ref C}}
"""
IN_C = {"SubnetId: !Ref A, SecurityGroupIds": "SubnetId: !Ref C, SecurityGroupIds", "Subnets: [!Ref A, !Ref B]": "Subnets: [!Ref A, !Ref C]"}  # fmt: skip
AS_TARGET = """\
  Outer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Type: network, Subnets: [!Ref A, !Ref B]}}
  OuterListener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Outer, Port: 80, Protocol: TCP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Alb}]}
  Alb: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {VpcId: !Ref Vpc, Port: 80, Protocol: TCP, TargetType: alb, Targets: [{Id: !Ref Front}]}}
"""


GWLB = {
    "Scheme: internal, ": "", ALB: "Type: gateway", "Port: 80, Protocol: HTTP, Def": "Def", "Port: 8080, Protocol: HTTP": "Port: 6081, Protocol: GENEVE",
}  # fmt: skip
OF_TUNNEL = OF_UDP.replace("8080", "6081")


def found(folder, admitted, changes, more=""):
    text = replaced(NETWORK, {"ADMITTED": admitted} | changes) + more
    problems = rule_named("NF734").findings(facts_of(folder, text))
    return [(one.resource, one.severity.value, one.certainty.value) for one in problems]


@pytest.mark.parametrize(
    ("admitted", "changes", "more", "expected"),
    [
        (BY_GROUP, {}, "", []),
        ("", {}, "", [("WebSg", "high", "proven")]),
        (OF_UDP, {}, "", [("WebSg", "high", "proven")]),
        (BY_GROUP, CHECKED, "", [("WebSg", "high", "proven")]),
        (f"{BY_GROUP}, {BY_BLOCK.replace('8080', '9000')}", CHECKED, "", []),
        (BY_GROUP, NLB | {"Port: 8080, Protocol": "HealthCheckPort: !Ref Elsewhere, Port: 8080, Protocol"}, "", []),
        (BY_GROUP, NLB, "", [("WebSg", "high", "proven")]),
        (BY_BLOCK, NLB, "", []),
        (BY_BLOCK, NLB | PUBLIC, "", [("WebSg", "high", "likely")]),
        (TO_ALL, NLB | PUBLIC, "", []),
        (f"{BY_BLOCK}, {OF_CLOUDFRONT}", NLB | PUBLIC, "", []),
        (BY_BLOCK, NLB | PUBLIC | {"Port: 8080, Protocol": "TargetGroupAttributes: [{Key: preserve_client_ip.enabled, Value: 'false'}], Port: 8080, Protocol"}, "", []),
        (OF_UDP, UDP, "", [("WebSg", "high", "proven")]),
        (f"{OF_UDP}, {BY_BLOCK}", UDP, "", []),
        (f"{OF_TUNNEL}, {TO_ALL.replace('8080', '80')}", GWLB, "", []),
        (TO_ALL.replace("8080", "80"), GWLB, "", [("WebSg", "high", "proven")]),
        (OF_TUNNEL, GWLB, "", [("WebSg", "high", "proven")]),
        (BY_GROUP, TWO, CLOSED, []),
        (BY_GROUP, TWO, CLOSED.replace("FrontSg", "Shut") + SHUT, [("Shut", "medium", "proven")]),
        (BY_GROUP, AT_FAR, FAR, [("Igw", "high", "proven")]),
        (BY_GROUP, AT_FAR, FAR + PEERED, []),
        (BY_GROUP, AT_FAR, FAR + PEERED.replace("10.0.0.0/16", "10.1.0.0/16"), [("FarTable", "high", "proven")]),
        (BY_GROUP, AT_FAR, FAR + PEERED.replace("10.0.0.0/16", "10.1.0.0/16") + MAKER, [("FarTable", "high", "unknown")]),
        (BY_GROUP, AT_FAR | {"10.9.1.50": "10.0.1.77"}, "", []),
        (BY_GROUP, IN_C, "", []),
        (BY_GROUP, IN_C, ACL, [("Acl", "high", "proven")]),
        (BY_GROUP, {"SubnetId: !Ref A, SecurityGroupIds": "SubnetId: !Ref C, SecurityGroupIds"}, "", [("Front", "high", "proven")]),
        (BY_GROUP, {"SecurityGroupIds: [!Ref WebSg]": "SecurityGroupIds: [!Ref Elsewhere]"}, "", []),
        ("", {"TargetGroupArn: !Ref Group": "TargetGroupArn: !Ref Elsewhere"}, "", []),
        (BY_GROUP, {}, AS_TARGET, []),
        (BY_GROUP, {'{IpProtocol: "-1", CidrIp: 0.0.0.0/0}': '{IpProtocol: "-1", CidrIp: 192.0.2.0/24}'}, AS_TARGET, [("FrontSg", "high", "proven")]),
        ("", {}, AS_TARGET, [("WebSg", "high", "proven")]),
    ],
)  # fmt: skip
def test_a_target_that_no_node_reaches_is_found(tmp_path, admitted, changes, more, expected):
    assert found(tmp_path, admitted, changes, more) == expected


WITH_GROUPS = {**NLB, ALB: "SecurityGroups: [!Ref FrontSg], Type: network"}
SIX = {
    "CidrBlock: 10.0.1.0/24,": "CidrBlock: 10.0.1.0/24, Ipv6CidrBlock: '2001:db8:0:100::/64', AssignIpv6AddressOnCreation: true,",
    "CidrBlock: 10.0.2.0/24,": "CidrBlock: 10.0.2.0/24, Ipv6CidrBlock: '2001:db8:0:101::/64', AssignIpv6AddressOnCreation: true,",
    "Type: network": "Type: network, IpAddressType: dualstack", "TargetType: instance": "TargetType: instance, IpAddressType: ipv6",
}  # fmt: skip
BLOCK = "  Six: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}\n"


@pytest.mark.parametrize(
    ("changes", "more", "source"),
    [
        ({}, "", "`FrontSg`"),
        (WITH_GROUPS, "", "`FrontSg`"),
        (NLB, "", "10.0.1.0/24, 10.0.2.0/24"),
        (NLB | SIX, BLOCK, "2001:db8:0:100::/64, 2001:db8:0:101::/64"),
    ],
)
def test_the_hint_names_the_source_to_admit(tmp_path, changes, more, source):
    text = replaced(NETWORK, {"ADMITTED": ""} | changes) + more
    (problem,) = rule_named("NF734").find(facts_of(tmp_path, text))
    assert source in problem.hint


CALLER = """\
  CallerSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: of the function, VpcId: !Ref Vpc}}
  Caller:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      Environment: {Variables: {URL: !Sub "http://${Front.DNSName}/"}}
      VpcConfig: {SubnetIds: [!Ref A, !Ref B], SecurityGroupIds: [!Ref CallerSg]}
"""


UNKNOWN_SIX = {old: re.sub(r"'2001:[^']+'", "!Ref Elsewhere", new) for old, new in SIX.items()}
FAR_SIX = {"Targets: [{Id: !Ref Web}]": "Targets: [{Id: '2001:db8:9::9'}]", "TargetType: instance": "TargetType: ip, IpAddressType: ipv6"}  # fmt: skip


@pytest.mark.parametrize(
    ("admitted", "changes", "resource"),
    [
        ("", NLB | SIX, "WebSg"),
        ("", NLB | UNKNOWN_SIX, "WebSg"),
        ("", {"CidrBlock: 10.0.1.0/24": "CidrBlock: !Ref Elsewhere"}, "WebSg"),
        ("", NLB | {"CidrBlock: 10.0.1.0/24": "CidrBlock: !Ref Elsewhere"}, "WebSg"),
        (TO_ALL, NLB | SIX | FAR_SIX, "Table"),
    ],
)
def test_a_target_of_any_address_is_a_fault_of_the_load_balancer_alone(tmp_path, admitted, changes, resource):
    text = replaced(NETWORK, {"ADMITTED": admitted} | changes) + BLOCK + CALLER
    facts = facts_of(tmp_path, text)
    found = {name: [one.resource for one in rule_named(name).findings(facts)] for name in ("NF734", "NF716")}
    assert found == {"NF734": [resource], "NF716": []}


@pytest.mark.parametrize(("addressed", "expected"), [(True, []), (False, ["Group"])])
def test_a_target_needs_an_address_of_the_family_of_its_group(tmp_path, addressed, expected):
    only_group = {key: value for key, value in SIX.items() if addressed or not key.startswith("CidrBlock")}
    text = replaced(NETWORK, {"ADMITTED": TO_ALL.replace("CidrIp: 0.0.0.0/0", "CidrIpv6: '::/0'")} | NLB | only_group)
    problems = rule_named("NF734").findings(facts_of(tmp_path, text + BLOCK))
    assert [one.resource for one in problems] == expected


@pytest.mark.parametrize("admitted", [TO_ALL, TO_ALL.replace("CidrIp: 0.0.0.0/0", "CidrIpv6: '::/0'")])
def test_the_path_to_an_ipv6_address_that_is_not_known_is_unknown(tmp_path, admitted):
    text = replaced(NETWORK, {"ADMITTED": admitted} | NLB | UNKNOWN_SIX) + BLOCK + CALLER
    assert facts_of(tmp_path, text).path("Caller", "Front:tcp/80").verdict == "unknown"


@pytest.mark.parametrize(
    ("admitted", "changes", "server"),
    [
        ("", {}, []),
        ("", {'{IpProtocol: "-1", CidrIp: 0.0.0.0/0}': ""}, ["FrontSg"]),
        (BY_BLOCK.replace("10.0.0.0/16", "10.9.0.0/16"), NLB, ["WebSg"]),
    ],
)
def test_a_fault_behind_a_load_balancer_is_not_one_of_its_callers(tmp_path, admitted, changes, server):
    """A network load balancer shows the address of the function, so the target judges the function's packets."""
    text = replaced(NETWORK, {"ADMITTED": admitted} | changes) + CALLER
    problems = rule_named("NF716").findings(facts_of(tmp_path, text))
    assert [one.resource for one in problems] == server
