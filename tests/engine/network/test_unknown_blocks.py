"""Ways by firewalls and by the tables of gateways where blocks, or a part of a firewall, are not known (vpc-network §1.11)."""

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


STRICT = """
      FirewallPolicyName: p
      FirewallPolicy:
        StatelessDefaultActions: ["aws:forward_to_sfe"]
        StatelessFragmentDefaultActions: ["aws:drop"]
        StatelessRuleGroupReferences: [{ResourceArn: !Ref Plain, Priority: 4}, {ResourceArn: !Ref Plain, Priority: 5}]
        StatefulEngineOptions: {RuleOrder: STRICT_ORDER}
        StatefulDefaultActions: ["aws:drop_strict"]
        StatefulRuleGroupReferences: [{ResourceArn: !Ref Shut, Priority: 7}, {ResourceArn: !Ref Web443, Priority: 8}]
  Plain:
    Type: AWS::NetworkFirewall::RuleGroup
    Properties:
      Type: STATELESS
      RuleGroup: {RulesSource: {StatelessRulesAndCustomActions: {StatelessRules: [
        {Priority: 1, RuleDefinition: {Actions: ["aws:drop"], MatchAttributes: {DestinationPorts: [{FromPort: 22, ToPort: 22}], Protocols: [6]}}}]}}}
  Shut:
    Type: AWS::NetworkFirewall::RuleGroup
    Properties:
      Type: STATEFUL
      RuleGroup: {RulesSource: {StatefulRules: [
        {Action: DROP, Header: {Protocol: TCP, Source: ANY, SourcePort: ANY, Direction: FORWARD, Destination: ANY, DestinationPort: "25"}, RuleOptions: [{Keyword: sid, Settings: ["1"]}]}]}}
  Web443:
    Type: AWS::NetworkFirewall::RuleGroup
    Properties:
      Type: STATEFUL
      RuleGroup: {RulesSource: {StatefulRules: [
        {Action: PASS, Header: {Protocol: TCP, Source: ANY, SourcePort: ANY, Direction: FORWARD, Destination: ANY, DestinationPort: "443"}, RuleOptions: [{Keyword: sid, Settings: ["2"]}]}]}}
"""
WEB, MAIL = ("Inner", "internet:tcp/443"), ("Inner", "internet:tcp/25")


@pytest.mark.parametrize(
    ("known", "unknown", "verdicts"),
    [
        ("", "", ("reachable", "blocked")),
        ("{RuleOrder: STRICT_ORDER}", "!Ref Else", ("unknown", "unknown")),
        ("RuleOrder: STRICT_ORDER", "RuleOrder: !Ref Else", ("unknown", "unknown")),
        ('StatefulDefaultActions: ["aws:drop_strict"]', "StatefulDefaultActions: !Ref Else", ("unknown", "unknown")),
        ("{ResourceArn: !Ref Web443, Priority: 8}", "!Ref Else", ("unknown", "unknown")),
        ("Priority: 8", "Priority: !Ref Else", ("unknown", "unknown")),
        ("Action: PASS", "Action: !Ref Else", ("unknown", "blocked")),
        ("Action: DROP", "Action: !Ref Else", ("unknown", "unknown")),
        ('Protocol: TCP, Source: ANY, SourcePort: ANY, Direction: FORWARD, Destination: ANY, DestinationPort: "443"', "Protocol: !Ref Else", ("unknown", "blocked")),
        ('RuleOptions: [{Keyword: sid, Settings: ["2"]}]', "RuleOptions: !Ref Else", ("unknown", "blocked")),
        ("{FromPort: 22, ToPort: 22}", "!Ref Else", ("unknown", "unknown")),
        ("FromPort: 22", "FromPort: !Ref Else", ("reachable", "blocked")),
        ("ToPort: 22", "ToPort: !Ref Else", ("unknown", "unknown")),
        ("Priority: 5", "Priority: !Ref Else", ("unknown", "unknown")),
    ],
)  # fmt: skip
def test_a_firewall_of_which_something_is_not_known(write, known, unknown, verdicts):
    policy = next(line for line in TEMPLATE.splitlines() if "FirewallPolicyName" in line)
    text = TEMPLATE.replace(policy, f"    Properties:{STRICT.replace(known, unknown, 1) if known else STRICT}")
    text = text.replace("Inward", "Public").replace(
        "Other: {Type: String}", "Other: {Type: String}, Else: {Type: String}"
    )
    cloud = load([write(text)], parameters=KNOWN)
    assert tuple(trace(cloud, parse(cloud, *question)).verdict for question in (WEB, MAIL)) == verdicts
