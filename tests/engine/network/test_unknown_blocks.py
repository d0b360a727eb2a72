"""VPCs whose blocks are not known: the ways of their packets by firewalls and by the tables of gateways (vpc-network §1.11)."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load

TEMPLATE = """
Parameters: {Vpcs: {Type: String}, Public: {Type: String}, Private: {Type: String}, Other: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Vpcs}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Inspected: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !Ref Other, AvailabilityZone: us-east-1a}}
  PublicSubnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !Ref Public, AvailabilityZone: us-east-1a}}
  PrivateSubnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !Ref Private, AvailabilityZone: us-east-1a}}
  OutTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  PublicTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  PrivateTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Edge: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfInspected: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Inspected, RouteTableId: !Ref OutTable}}
  OfPublic: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref PublicSubnet, RouteTableId: !Ref PublicTable}}
  OfPrivate: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref PrivateSubnet, RouteTableId: !Ref PrivateTable}}
  OfIgw: {Type: AWS::EC2::GatewayRouteTableAssociation, Properties: {GatewayId: !Ref Igw, RouteTableId: !Ref Edge}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref OutTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  ToFirewall: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref PublicTable, DestinationCidrBlock: 0.0.0.0/0, VpcEndpointId: &door !Select [1, !Split [":", !Select [0, !GetAtt Firewall.EndpointIds]]]}}
  ToNat: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref PrivateTable, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}
  In: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Edge, DestinationCidrBlock: !Ref Inward, VpcEndpointId: *door}}
  Firewall: {Type: AWS::NetworkFirewall::Firewall, Properties: {FirewallName: f, FirewallPolicyArn: !Ref Policy, VpcId: !Ref Vpc, SubnetMappings: [{SubnetId: !Ref Inspected}]}}
  Policy:
    Type: AWS::NetworkFirewall::FirewallPolicy
    Properties: {FirewallPolicyName: p, FirewallPolicy: {StatelessDefaultActions: ["aws:ACTION"], StatelessFragmentDefaultActions: ["aws:pass"]}}
  NatIp: {Type: AWS::EC2::EIP}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref PublicSubnet, AllocationId: !GetAtt NatIp.AllocationId}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}}
  Inner: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref PrivateSubnet, SecurityGroupIds: [!Ref Group]}}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref PublicSubnet, SecurityGroupIds: [!Ref Group]}}
  WebIp: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Web}}
"""
KNOWN = {"Vpcs": "10.0.0.0/16", "Other": "10.0.0.0/24", "Public": "10.0.1.0/24", "Private": "10.0.2.0/24"}
PASS, STATEFUL = "pass", "forward_to_sfe"
QUESTIONS = (("Inner", "internet:tcp/443"), ("Web", "internet:tcp/443"), ("internet", "Web:tcp/443"))


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
@pytest.mark.parametrize(
    ("action", "inward", "given", "verdict"),
    [
        (PASS, "Public", {}, "reachable"),
        (PASS, "Anything", {}, "reachable"),
        (STATEFUL, "Public", {}, "reachable"),
        (STATEFUL, "Anything", {}, "unknown"),
        (STATEFUL, "Public", KNOWN, "reachable"),
        (STATEFUL, "Private", KNOWN, "blocked"),
        (STATEFUL, "Anything", KNOWN, "unknown"),
    ],
)
def test_a_firewall_at_the_edge(write, question, action, inward, given, verdict):
    more = ", Anything: {Type: String}" if inward == "Anything" else ""
    text = (
        TEMPLATE.replace("Inward", inward)
        .replace("ACTION", action)
        .replace("Other: {Type: String}", f"Other: {{Type: String}}{more}")
    )
    cloud = load([write(text)], parameters=given)
    path = trace(cloud, parse(cloud, *question))
    assert path.verdict == verdict
    assert verdict != "unknown" or "Anything" in path.missing
