from dataclasses import replace

import pytest

from netful.engine.routing.route_tables import select
from netful.engine.routing.subnet_kinds import subnet_kind
from netful.model.core import Unknown
from netful.model.network.route_tables import Route
from netful.model.network.vpc import IPV6_ONLY, PrefixList
from tests.helpers.small_clouds import TargetKind, cloud, main_table, net, route

PL = PrefixList("pl-s3", "com.amazonaws.us-east-1.s3", (net("198.18.128.0/24"),))
NAT, IGW, PCX, ENI = (
    TargetKind.NAT_GATEWAY,
    TargetKind.INTERNET_GATEWAY,
    TargetKind.PEERING,
    TargetKind.NETWORK_INTERFACE,
)


@pytest.mark.parametrize(
    ("routes", "destination", "target"),
    [
        ([], "192.0.2.1", None),
        ([], "10.0.9.9", "local"),
        ([route("0.0.0.0/0", NAT, "nat")], "192.0.2.1", "nat"),
        ([route("0.0.0.0/0", NAT, "nat")], "10.0.9.9", "local"),
        ([route("0.0.0.0/0", NAT, "nat"), route("192.0.2.0/24", PCX, "pcx")], "192.0.2.1", "pcx"),
        ([route("0.0.0.0/0", NAT, "nat"), route("pl-s3", TargetKind.VPC_ENDPOINT, "s3")], "198.18.128.10", "s3"),
        ([route("198.18.128.0/24", NAT, "nat"), route("pl-s3", TargetKind.VPC_ENDPOINT, "s3")], "198.18.128.10", "nat"),
        ([route("0.0.0.0/0", NAT, "nat"), route("192.0.2.0/24", PCX, "pcx", blackhole=True)], "192.0.2.1", "pcx"),
        ([route("10.1.0.0/16", PCX, "vgw", propagated=True), route("10.1.0.0/16", PCX, "pcx")], "10.1.0.1", "pcx"),
        ([route("10.0.9.0/24", PCX, "vgw", propagated=True)], "10.0.9.9", "local"),
        ([route("10.0.9.0/24", ENI, "firewall")], "10.0.9.9", "firewall"),
        ([route("10.0.0.0/16", ENI, "firewall")], "10.0.9.9", "firewall"),
        ([route("::/0", IGW, "igw")], "192.0.2.1", None),
    ],
)
def test_selection(routes, destination, target):
    given = cloud(main_table(*routes), PL)
    entry = select(given, given.network.vpcs["Vpc"], given.network.route_tables["Main"], net(f"{destination}/32")).entry
    got = entry and (entry.route.target_id if entry.route else "local")
    assert got == target


@pytest.mark.parametrize(
    ("more", "target", "rivals"),
    [
        ([route("pl-other", PCX, "pcx-2")], "pcx-1", ("pcx-2",)),
        ([route("pl-other", PCX, "pcx-0")], "pcx-0", ("pcx-1",)),
        ([route("pl-other", PCX, "pcx-1")], "pcx-1", ()),
        ([route("pl-other", PCX, "pcx-0"), route("198.18.128.0/24", NAT, "nat")], "nat", ()),
        ([], "pcx-1", ()),
    ],
)
def test_equal_routes_by_prefix_lists(more, target, rivals):
    routes = (route("pl-s3", PCX, "pcx-1"), *more)
    given = cloud(main_table(*routes), PL, replace(PL, id="pl-other"))
    found = select(given, given.network.vpcs["Vpc"], given.network.route_tables["Main"], net("198.18.128.10/32"))
    assert (found.entry.route.target_id, found.rivals) == (target, rivals)


@pytest.mark.parametrize(
    ("routes", "kind"),
    [
        ([], "isolated"),
        ([route("0.0.0.0/0", IGW, "igw")], "public"),
        ([route("0.0.0.0/0", NAT, "nat")], "private-nat"),
        ([route("0.0.0.0/0", IGW, "igw", blackhole=True)], "isolated"),
        ([Route("r", IGW, "igw", destination_cidr_block=Unknown("no value", ("Block",)))], "unknown"),
        ([Route("r", NAT, Unknown("no value", ("Nat",)), destination_cidr_block=net("0.0.0.0/0"))], "private-nat"),
        ([Route("r", PCX, Unknown("no value", ("Peer",)), destination_cidr_block=net("0.0.0.0/0"))], "isolated"),
        ([Route("r", IGW, Unknown("no value", ("Gateway",)), destination_cidr_block=net("0.0.0.0/0"))], "unknown"),
    ],
)
def test_subnet_kind(routes, kind):
    assert subnet_kind(cloud(main_table(*routes)), "A") == kind


EIGW = TargetKind.EGRESS_ONLY_INTERNET_GATEWAY


@pytest.mark.parametrize(
    ("four", "six", "kinds"),
    [
        ((NAT, "nat"), (EIGW, "eigw"), ("private-nat", "private-nat", "private-nat")),
        ((NAT, "nat"), (IGW, "igw"), ("private-nat", "public", "public")),
        (None, (IGW, "igw"), ("isolated", "public", "public")),
        (None, (EIGW, "eigw"), ("isolated", "private-nat", "private-nat")),
        ((IGW, "igw"), None, ("public", "isolated", "public")),
    ],
)
def test_a_subnet_with_both_ip_versions_is_of_the_more_open_kind(four, six, kinds):
    ways = (("0.0.0.0/0", four), ("::/0", six))
    given = cloud(main_table(*(route(block, *way) for block, way in ways if way)))
    subnet = replace(given.network.subnets["A"], ipv6_cidr_block=net("2001:db8::/64"))
    given = replace(given, network=replace(given.network, subnets={"A": subnet}))
    assert tuple(subnet_kind(given, "A", version) for version in (4, 6, None)) == kinds


def test_an_ipv6_only_subnet_goes_out_by_nat64():
    given = cloud(main_table(route("64:ff9b::/96", NAT, "nat")))
    subnet = replace(given.network.subnets["A"], cidr_block=IPV6_ONLY, ipv6_cidr_block=net("2001:db8::/64"))
    given = replace(given, network=replace(given.network, subnets={"A": subnet}))
    assert subnet_kind(given, "A") == "private-nat"


def test_a_subnet_behind_an_endpoint_that_is_not_loaded_is_of_an_unknown_kind():
    assert subnet_kind(cloud(main_table(route("0.0.0.0/0", TargetKind.VPC_ENDPOINT, "vpce-1"))), "A") == "unknown"


GUARDED = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  App: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Guard: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Policy: {Type: AWS::NetworkFirewall::FirewallPolicy, Properties: {FirewallPolicyName: p, FirewallPolicy: {StatelessDefaultActions: ["aws:pass"], StatelessFragmentDefaultActions: ["aws:pass"]}}}
  Firewall: {Type: AWS::NetworkFirewall::Firewall, Properties: {FirewallName: f, FirewallPolicyArn: !Ref Policy, VpcId: !Ref Vpc, SubnetMappings: [{SubnetId: !Ref Guard}]}}
  AppTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  GuardTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfApp: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref App, RouteTableId: !Ref AppTable}}
  OfGuard: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Guard, RouteTableId: !Ref GuardTable}}
  ToGuard: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref AppTable, DestinationCidrBlock: 0.0.0.0/0, VpcEndpointId: !Select [1, !Split [":", !Select [0, !GetAtt Firewall.EndpointIds]]]}}
"""
ONWARD = "  Onward: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref GuardTable, DestinationCidrBlock: 0.0.0.0/0, %s}}\n"
TO_ITSELF = 'VpcEndpointId: !Select [1, !Split [":", !Select [0, !GetAtt Firewall.EndpointIds]]]'


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ("", "isolated"),
        (ONWARD % "GatewayId: !Ref Gateway", "public"),
        (ONWARD % "NatGatewayId: nat-0a1b2c3d", "private-nat"),
        (ONWARD % TO_ITSELF, "isolated"),
    ],
)
def test_a_subnet_behind_a_firewall_is_of_the_kind_of_the_firewalls(cloud_of, more, kind):
    assert subnet_kind(cloud_of(GUARDED + more), "App") == kind
