"""Clients with an address behind a peering or a transit gateway whose other side no source has."""

import pytest

from netful.model.core import QuestionError

PEERING = """
  Peer:
    Type: AWS::EC2::VPCPeeringConnection
    Properties: {VpcId: !Ref Vpc, PeerVpcId: vpc-0123456789abcdef0, PeerOwnerId: '222222222222'ROLE}
  Way: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 10.9.0.0/16, VpcPeeringConnectionId: !Ref Peer}}
"""
ACCEPTED = PEERING.replace("ROLE", ", PeerRoleArn: 'arn:aws:iam::222222222222:role/accept'")
GATEWAY = """
  Here: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {VpcId: !Ref Vpc, SubnetIds: [!Ref Subnet], TransitGatewayId: ID}}
  Way: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 10.0.0.0/8, TransitGatewayId: ID}}
"""
LITERAL = GATEWAY.replace("ID", "tgw-0123456789abcdef0")
LOADED = (
    GATEWAY.replace("ID", "!Ref Gateway")
    + """
  Gateway: {Type: AWS::EC2::TransitGateway, Properties: {DefaultRouteTableAssociation: disable, DefaultRouteTablePropagation: disable}}
  There: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {VpcId: vpc-0123456789abcdef0, SubnetIds: [subnet-1], TransitGatewayId: !Ref Gateway}}
  Transit: {Type: AWS::EC2::TransitGatewayRouteTable, Properties: {TransitGatewayId: !Ref Gateway}}
  One: {Type: AWS::EC2::TransitGatewayRouteTableAssociation, Properties: {TransitGatewayRouteTableId: !Ref Transit, TransitGatewayAttachmentId: !Ref Here}}
  Two: {Type: AWS::EC2::TransitGatewayRouteTableAssociation, Properties: {TransitGatewayRouteTableId: !Ref Transit, TransitGatewayAttachmentId: !Ref There}}
  Learned: {Type: AWS::EC2::TransitGatewayRouteTablePropagation, Properties: {TransitGatewayRouteTableId: !Ref Transit, TransitGatewayAttachmentId: !Ref Here}}
  Far: {Type: AWS::EC2::TransitGatewayRoute, Properties: {TransitGatewayRouteTableId: !Ref Transit, TransitGatewayAttachmentId: !Ref There, DestinationCidrBlock: 10.9.0.0/16}}
"""
)
TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Used: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.9.0.0/16}]}}
  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group]}}
"""


@pytest.mark.parametrize(
    ("connection", "gate"), [(ACCEPTED, "Peer"), (LITERAL, "tgw-0123456789abcdef0"), (LOADED, "There")]
)
def test_a_client_behind_a_connection_is_traced_from_there_and_back(cloud_of, ask, connection, gate):
    cloud = cloud_of(TEMPLATE + connection)
    path = ask(cloud, "10.9.0.5", "Host:tcp/22")
    assert (path.verdict, path.missing) == ("reachable", ())
    assert f"10.9.0.5 is behind {gate}, and its own network sends the packets there" in path.assumptions
    assert "ENI_SG_RULES_MISMATCH" in [hop.code for hop in ask(cloud, "10.9.0.5", "Host:tcp/80").hops]


def test_a_client_comes_by_the_connection_to_which_the_subnet_routes_the_answers(cloud_of, ask):
    other = LITERAL.replace("Way:", "Other: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}\n  Elsewhere:")
    other = other.replace("RouteTableId: !Ref Table", "RouteTableId: !Ref Other")
    cloud = cloud_of(TEMPLATE.replace("  Table:", f"{other.strip(chr(10))}\n  Table:", 1) + ACCEPTED)
    path = ask(cloud, "10.9.0.5", "Host:tcp/22")
    assert (path.verdict, path.missing) == ("reachable", ())
    assert "10.9.0.5 is behind Peer, and its own network sends the packets there" in path.assumptions


def test_a_peering_that_is_not_accepted_brings_nothing_in(cloud_of, ask):
    path = ask(cloud_of(TEMPLATE + PEERING.replace("ROLE", "")), "10.9.0.5", "Host:tcp/22")
    assert [hop.code for hop in path.hops if hop.verdict == "deny"] == ["BAD_STATE"]


def test_answers_that_no_route_brings_back_are_lost(cloud_of, ask):
    elsewhere = TEMPLATE + ACCEPTED.replace("RouteTableId: !Ref Table", "RouteTableId: !Ref Other")
    elsewhere += "  Other: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}\n"
    path = ask(cloud_of(elsewhere), "10.9.0.5", "Host:tcp/22")
    assert [hop.code for hop in path.return_hops if hop.verdict == "deny"] == ["NETFUL_RETURN_PATH_NO_ROUTE"]


def test_a_private_name_is_not_known_there(cloud_of, ask):
    path = ask(cloud_of(TEMPLATE + ACCEPTED), "10.9.0.5", "https://orders.internal/")
    assert (path.verdict, "the addresses of orders.internal" in path.missing) == ("unknown", True)


@pytest.mark.parametrize("address", ["10.8.0.5", "10.0.1.99"])
def test_an_address_to_which_nothing_leads_is_an_error(cloud_of, ask, address):
    with pytest.raises(QuestionError, match=f"`{address}` is the address of no interface"):
        ask(cloud_of(TEMPLATE + ACCEPTED), address, "Host:tcp/22")
