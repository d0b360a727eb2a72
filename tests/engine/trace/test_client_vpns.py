"""Clients of a Client VPN endpoint need an authorization rule, and a route of the endpoint to leave its VPC."""

import pytest

TEMPLATE = """
Parameters: {Given: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, DependsOn: Attached, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  OfA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref A, RouteTableId: !Ref Table}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.10.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.11.0/24, AvailabilityZone: us-east-1a}}
  Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: o, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/16}]}}
  Db: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A, SecurityGroupIds: [!Ref Open]}}
  Db2: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref B, SecurityGroupIds: [!Ref Open]}}
  Vpn: {Type: AWS::EC2::ClientVpnEndpoint, Properties: {ClientCidrBlock: 172.16.0.0/22, SecurityGroupIds: [!Ref Open]}}
  Near: {Type: AWS::EC2::ClientVpnTargetNetworkAssociation, Properties: {ClientVpnEndpointId: !Ref Vpn, SubnetId: !Ref A}}
"""
DB, DB2, OUT = "Db:tcp/5432", "Db2:tcp/5432", "internet:tcp/443"
WAY_OUT = "Way: {Type: AWS::EC2::ClientVpnRoute, Properties: {ClientVpnEndpointId: !Ref Vpn, DestinationCidrBlock: 0.0.0.0/0, TargetVpcSubnetId: !Ref A}}"


def rule(block, more="AuthorizeAllGroups: true"):
    of = f"ClientVpnEndpointId: !Ref Vpn, TargetNetworkCidr: {block}, {more}"
    return f"Rule: {{Type: AWS::EC2::ClientVpnAuthorizationRule, Properties: {{{of}}}}}"


@pytest.mark.parametrize(
    ("parts", "to", "verdict", "missing"),
    [
        ((), DB, "blocked", 0),
        ((rule("10.0.10.0/24"),), DB, "reachable", 0),
        ((rule("10.0.10.0/24"),), DB2, "blocked", 0),
        ((rule("0.0.0.0/0"),), DB2, "reachable", 0),
        ((rule("!Ref Given"),), DB, "unknown", 1),
        ((rule("0.0.0.0/0"),), OUT, "blocked", 0),
        ((rule("0.0.0.0/0"), WAY_OUT), OUT, "reachable", 0),
        ((WAY_OUT,), OUT, "blocked", 0),
    ],
)
def test_clients_reach_what_rules_and_routes_name(cloud_of, ask, parts, to, verdict, missing):
    path = ask(cloud_of(TEMPLATE + "".join(f"  {part}\n" for part in parts)), "Vpn", to)
    assert (path.verdict, len(path.missing)) == (verdict, missing)


def test_a_rule_of_a_group_is_an_assumption(cloud_of, ask):
    path = ask(cloud_of(TEMPLATE + f"  {rule('10.0.0.0/16', 'AccessGroupId: engineers')}\n"), "Vpn", DB)
    assert path.verdict == "reachable"
    assert any("in the group of Rule" in text for text in path.assumptions)


def test_a_refusal_says_what_to_add(cloud_of, ask):
    path = ask(cloud_of(TEMPLATE + f"  {rule('10.0.11.0/24')}\n"), "Vpn", DB)
    hop = path.hops[path.decisive - 1]
    assert (hop.code, path.hint[:40]) == (
        "NETFUL_CLIENT_VPN_NOT_AUTHORIZED",
        "add the missing authorization rule for 1",
    )
    assert ask(cloud_of(TEMPLATE), "Vpn", OUT).hint == "add the missing authorization rule for 0.0.0.0/0 to `Vpn`"
