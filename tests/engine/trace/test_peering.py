from dataclasses import replace

import pytest

from netful.engine.names.resolution import resolve
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.names.hosted_zones import HostedZone, RecordSet
from netful.model.network.gateways import NatGateway, VpcPeeringConnection
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.transit_gateways import AttachmentKind, TransitGateway, TransitGatewayAttachment
from netful.model.network.vpc import Subnet, Vpc
from tests.helpers.small_clouds import cloud, eni, group, main_table, net, route, rule

TO_FAR = route("10.9.0.0/16", TargetKind.PEERING, "Pcx")
ANYTHING = rule(ALL_PROTOCOLS, -1)
BACK = route("10.0.0.0/16", TargetKind.PEERING, "Pcx")


TO_DB = rule(6, 5432, peer="FarSg")


def network(
    *more, here=(TO_FAR,), there=(BACK,), admits="10.0.0.0/16", egress=(ANYTHING,), region="us-east-1", **connection
):
    return cloud(
        group("Sg", egress=egress, ingress=(ANYTHING,)),
        group("FarSg", ingress=(rule(6, 5432, peer=admits),), vpc_id="Far"),
        main_table(*here),
        Vpc("Far", (net("10.9.0.0/16"),), enable_dns_hostnames=True, region=region),
        Subnet("FarA", "Far", net("10.9.1.0/24"), availability_zone="us-east-1a"),
        RouteTable("FarMain", "Far", there, main=True),
        VpcPeeringConnection("Pcx", "Vpc", "Far", **connection),
        eni("eni-here", "A", address="10.0.1.10"),
        eni("eni-db", "FarA", ("FarSg",), "10.9.1.10"),
        *more,
    )


def codes(made, from_="here", to="db:tcp/5432"):
    found = trace(made, parse(made, from_, to))
    return [hop.code for hop in (*found.hops, *found.return_hops) if hop.verdict == "deny"]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (network(), []),
        (network(active=False), ["BAD_STATE", "BAD_STATE"]),
        (network(there=()), ["NETFUL_RETURN_PATH_NO_ROUTE"]),
        (network(admits="Sg"), []),
        (network(admits="Sg", region="eu-west-1"), ["SG_REFERENCES_NOT_PRESERVED"]),
        (network(egress=(TO_DB,)), []),
        (network(egress=(TO_DB,), region="eu-west-1"), ["ENI_SG_RULES_MISMATCH"]),
    ],
)
def test_a_peering(made, expected):
    assert codes(made) == expected


def test_a_rule_on_a_group_beyond_a_peering_admits_its_members_by_name():
    record = RecordSet("R", "db.corp.example", "A", ("10.9.1.10",))
    made = network(HostedZone("Z", "corp.example", ("Vpc",), (record,)), egress=(TO_DB,))
    assert codes(made, to="internet:db.corp.example:tcp/5432") == []


def test_a_peering_that_is_not_active():
    made = network(active=False)
    found = trace(made, parse(made, "here", "db:tcp/5432"))
    assert [hop.rule for hop in found.hops if hop.code == "BAD_STATE"] == ["the connection is not active"]


def test_a_peering_leads_no_further_than_its_vpc():
    made = network(here=(route("0.0.0.0/0", TargetKind.PEERING, "Pcx"),))
    assert codes(made, to="8.8.8.8:tcp/443") == ["PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"]


def test_what_a_nat_gateway_sends_comes_back_without_a_route():
    nat = NatGateway("Nat", "B", "Vpc", public=False)
    made = network(nat, here=(TO_FAR,), there=())
    tables = {
        **made.network.route_tables,
        "A": RouteTable("A", "Vpc", (route("10.9.0.0/16", TargetKind.NAT_GATEWAY, "Nat"),), ("A",)),
    }
    assert codes(made.having(route_tables=tables)) == []


@pytest.mark.parametrize(
    ("allowed", "active", "address"),
    [(True, True, "10.9.1.20"), (False, True, "203.0.113.9"), (True, False, "203.0.113.9")],
)
def test_public_names_give_private_addresses_where_the_peering_says_so(allowed, active, address):
    web = replace(eni("eni-web", "FarA", address="10.9.1.20"), public_ip=net("203.0.113.9/32").network_address)
    made = network(web, peer_vpc_dns_resolution=allowed, active=active)
    elsewhere = replace(made.network.vpc_peering_connections["Pcx"], id="Other", peer_vpc_id="Third", active=True)
    made = made.having(vpc_peering_connections={"Other": elsewhere, **made.network.vpc_peering_connections})
    found = resolve(made, "Vpc", "ec2-203-0-113-9.compute-1.amazonaws.com")
    assert [str(each) for each in found.addresses] == [address]


@pytest.mark.parametrize(
    ("gateway", "near", "far", "address", "assumed"),
    [
        (True, True, True, "10.9.1.20", 0),
        (None, True, None, "10.9.1.20", 2),
        (False, True, True, "203.0.113.9", 0),
        (True, False, None, "203.0.113.9", 0),
        (True, True, False, "203.0.113.9", 0),
    ],
)
def test_public_names_give_private_addresses_where_the_transit_gateway_says_so(gateway, near, far, address, assumed):
    web = replace(eni("eni-web", "FarA", address="10.9.1.20"), public_ip=net("203.0.113.9/32").network_address)
    made = network(
        web,
        TransitGateway("Tgw", dns_support=gateway),
        TransitGatewayAttachment("Near", "Tgw", AttachmentKind.VPC, "Vpc", dns_support=near),
        TransitGatewayAttachment("FarEnd", "Tgw", AttachmentKind.VPC, "Far", dns_support=far),
    ).having(vpc_peering_connections={})
    found = resolve(made, "Vpc", "ec2-203-0-113-9.compute-1.amazonaws.com")
    assert ([str(each) for each in found.addresses], len(found.assumptions)) == ([address], assumed)


OVERLAPPING = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: %s}}
  More: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Far, CidrBlock: %s}}
  Pcx: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Far}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.9.1.0/24}}
  To: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 10.9.0.0/16, VpcPeeringConnectionId: !Ref Pcx}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref A}}
  Here: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref A}}
  There: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref B}}
"""


@pytest.mark.parametrize(("further", "overlap"), [("10.8.0.0/16", False), ("10.0.4.0/24", True)])
def test_vpcs_with_overlapping_blocks_are_not_peered(cloud_of, further, overlap):
    made = cloud_of(OVERLAPPING % ("10.9.0.0/16", further))
    found = trace(made, parse(made, "Here", "There:tcp/80"))
    assert any(hop.code == "BAD_STATE" and "overlap" in hop.rule for hop in found.hops) == overlap
