"""A middlebox sends packets on with its own address: rules see its groups, not the sender's (vpc-network §2.2)."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  Peering: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Far}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  FarA: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.9.1.0/24}}
  TableA: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  TableB: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  FarTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Far}}
  OfA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref TableA, SubnetId: !Ref A}}
  OfB: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref TableB, SubnetId: !Ref B}}
  OfFar: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref FarTable, SubnetId: !Ref FarA}}
  ToBox: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableA, DestinationCidrBlock: 10.9.0.0/16, InstanceId: !Ref Box}}
  ToFar: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableB, DestinationCidrBlock: 10.9.0.0/16, VpcPeeringConnectionId: !Ref Peering}}
  Back: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref FarTable, DestinationCidrBlock: 10.0.0.0/16, VpcPeeringConnectionId: !Ref Peering}}
  AppSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: app, VpcId: !Ref Vpc}}
  BoxSg:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: box, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 10.0.0.0/16}]}
  DbSg:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: db
      VpcId: !Ref Far
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref ADMITTED}]
  App: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref AppSg]}}
  Box: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref B, SecurityGroupIds: [!Ref BoxSg], SourceDestCheck: false}}
  Db: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref FarA, SecurityGroupIds: [!Ref DbSg]}}
"""


@pytest.mark.parametrize(
    ("admitted", "verdict", "code"), [("BoxSg", "reachable", None), ("AppSg", "blocked", "SG_REFERENCES_NOT_PRESERVED")]
)
def test_rules_see_the_groups_of_a_middlebox(cloud_of, admitted, verdict, code):
    cloud = cloud_of(TEMPLATE.replace("ADMITTED", admitted))
    path = trace(cloud, parse(cloud, "App", "Db:tcp/5432"))
    assert path.verdict == verdict
    assert next((hop.code for hop in path.hops if hop.verdict == "deny"), None) == code


EDGE = """
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Edge: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfIgw: {Type: AWS::EC2::GatewayRouteTableAssociation, Properties: {RouteTableId: !Ref Edge, GatewayId: !Ref Igw}}
  In: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Edge, DestinationCidrBlock: 10.0.1.0/24, InstanceId: !Ref Box}}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref BoxSg]}}
  WebIp: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Web}}
"""
BOX_IP = "  BoxIp: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Box}}\n"


@pytest.mark.parametrize(("more", "is_refused"), [("", True), (BOX_IP, False)])
def test_an_internet_gateway_brings_packets_only_to_appliances_with_a_public_address(cloud_of, more, is_refused):
    cloud = cloud_of(TEMPLATE.replace("ADMITTED", "BoxSg") + EDGE + more)
    path = trace(cloud, parse(cloud, "internet", "Web:tcp/443"))
    assert ("INGRESS_RTB_NO_PUBLIC_IP" in [hop.code for hop in path.hops if hop.verdict == "deny"]) is is_refused


def test_that_something_has_an_appliance_interface_attached_is_an_assumption(cloud_of):
    made = TEMPLATE.replace("ADMITTED", "BoxSg").replace("InstanceId: !Ref Box", "NetworkInterfaceId: !Ref Box")
    box = "{Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref B, GroupSet: [!Ref BoxSg], SourceDestCheck: false}}"
    lines = [f"  Box: {box}" if line.startswith("  Box: ") else line for line in made.splitlines()]
    cloud = cloud_of("\n".join(lines))
    assert any("has Box" in one for one in trace(cloud, parse(cloud, "App", "Db:tcp/5432")).assumptions)
    attached = """
  Runs: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref B, SecurityGroupIds: [!Ref BoxSg]}}
  Has: {Type: AWS::EC2::NetworkInterfaceAttachment, Properties: {NetworkInterfaceId: !Ref Box, InstanceId: !Ref Runs, DeviceIndex: 1}}
"""
    cloud = cloud_of("\n".join(lines) + attached)
    assert not any("has Box" in one for one in trace(cloud, parse(cloud, "App", "Db:tcp/5432")).assumptions)


ON_INTERNET = """
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Default: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableA, DestinationCidrBlock: 0.0.0.0/0, NetworkInterfaceId: !Ref Leg}}
  Out: {Type: AWS::EC2::Route, DependsOn: Attached, Properties: {RouteTableId: !Ref TableB, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Leg: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref B, GroupSet: [!Ref BoxSg], SourceDestCheck: false}}
"""
HAS_LEG = "  Has: {Type: AWS::EC2::NetworkInterfaceAttachment, Properties: {NetworkInterfaceId: !Ref Leg, InstanceId: !Ref Box, DeviceIndex: 1}}\n"
LEG_IP = "  LegIp: {Type: AWS::EC2::EIP, Properties: {}}\n  OfLeg: {Type: AWS::EC2::EIPAssociation, Properties: {AllocationId: !GetAtt LegIp.AllocationId, NetworkInterfaceId: !Ref Leg}}\n"


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ("", "unknown"),
        (LEG_IP, "reachable"),
        (HAS_LEG, "blocked"),
        (HAS_LEG + BOX_IP, "unknown"),
        (HAS_LEG + LEG_IP + BOX_IP, "reachable"),
    ],
)
def test_an_appliance_may_send_packets_on_by_another_interface(cloud_of, more, verdict):
    cloud = cloud_of(TEMPLATE.replace("ADMITTED", "BoxSg") + ON_INTERNET + more)
    assert trace(cloud, parse(cloud, "App", "internet:tcp/443")).verdict == verdict


@pytest.mark.parametrize(
    ("box", "verdict"), [(BOX_IP, "unknown"), ("", "blocked")], ids=["with a public address", "without one"]
)
def test_an_appliance_takes_packets_by_an_interface_whose_subnet_leads_back_to_it(cloud_of, box, verdict):
    inside = ON_INTERNET.replace(
        "Leg: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref B",
        "Leg: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref A",
    )
    cloud = cloud_of(TEMPLATE.replace("ADMITTED", "BoxSg") + inside + HAS_LEG + box)
    assert trace(cloud, parse(cloud, "App", "internet:tcp/443")).verdict == verdict


@pytest.mark.parametrize(
    ("old", "new", "target", "verdict"),
    [
        ("SubnetId: !Ref B", "SubnetId: !Ref A", "internet:tcp/443", "unknown"),
        ("0.0.0.0/0, GatewayId", "9.9.9.9/32, GatewayId", "internet:tcp/443", "unknown"),
        ("SourceDestCheck: false", "SourceDestCheck: true", "internet:tcp/443", "blocked"),
        ("0.0.0.0/0, NetworkInterfaceId", "10.9.0.0/16, NetworkInterfaceId", "Db:tcp/5432", "reachable"),
        ("0.0.0.0/0, NetworkInterfaceId", "10.9.0.0/16, NetworkInterfaceId", "Db:tcp/80", "blocked"),
    ],
    ids=["leads back to it", "has no route", "is checked", "has a route", "is refused at the end"],
)
def test_an_appliance_that_is_not_known_may_send_packets_on_by_another_interface(cloud_of, old, new, target, verdict):
    own = ON_INTERNET.replace(old, new)
    lines = TEMPLATE.replace("ADMITTED", "BoxSg").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("  ToBox")) + own
    cloud = cloud_of(text)
    assert trace(cloud, parse(cloud, "App", target)).verdict == verdict


BETWEEN = """
  TableC: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  C: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24}}
  OfC: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref TableC, SubnetId: !Ref C}}
  Thither: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableA, DestinationCidrBlock: 10.0.3.0/24, InstanceId: !Ref Box}}
  Inner: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref C, SecurityGroupIds: [!Ref InnerSg]}}
  InnerSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: i, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, ADMITTED}]}}
"""
HITHER = "  Hither: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableC, DestinationCidrBlock: 10.0.1.0/24, InstanceId: !Ref Box}}\n"


@pytest.mark.parametrize(
    ("admitted", "back", "verdict", "assumed"),
    [
        ("CidrIp: 10.0.1.0/24", HITHER, "reachable", "keeps the addresses"),
        ("CidrIp: 10.0.1.0/24", "", "blocked", "with its own address"),
        ("CidrIp: 10.0.2.0/24", "", "reachable", "with its own address"),
        ("SourceSecurityGroupId: !Ref AppSg", HITHER, "blocked", "with its own address"),
    ],
    ids=["a firewall between subnets", "answers go past it", "it translates", "groups are lost"],
)
def test_a_middlebox_that_both_directions_pass_may_keep_addresses(cloud_of, admitted, back, verdict, assumed):
    cloud = cloud_of((TEMPLATE + BETWEEN.replace("ADMITTED", admitted)).replace("ADMITTED", "BoxSg") + back)
    path = trace(cloud, parse(cloud, "App", "Inner:tcp/5432"))
    assert path.verdict == verdict
    assert any(assumed in one for one in path.assumptions)


IN_BETWEEN = """
  BackOut: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableA, DestinationCidrBlock: 0.0.0.0/0, InstanceId: !Ref Box}}
  BoxOut: {Type: AWS::EC2::Route, DependsOn: Attached, Properties: {RouteTableId: !Ref TableB, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
"""


def test_a_middlebox_behind_an_internet_gateway_may_keep_the_clients_that_a_rule_admits(cloud_of):
    group = "{GroupDescription: w, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 198.51.100.0/24}]}"
    open_box = TEMPLATE.replace("ADMITTED", "BoxSg").replace("CidrIp: 10.0.0.0/16", "CidrIp: 0.0.0.0/0")
    edge = EDGE.replace("SecurityGroupIds: [!Ref BoxSg]", "SecurityGroupIds: [!Ref WebSg]")
    web = f"  WebSg: {{Type: AWS::EC2::SecurityGroup, Properties: {group}}}\n"
    cloud = cloud_of(open_box + edge + BOX_IP + IN_BETWEEN + web)
    path = trace(cloud, parse(cloud, "internet", "Web:tcp/22"))
    assert (path.verdict, path.seen_as) == ("reachable", "198.51.100.0/24")
    assert any("keeps the addresses" in one for one in path.assumptions)
    assert any("only 198.51.100.0/24" in one for one in path.assumptions)
