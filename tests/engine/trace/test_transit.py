from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.destinations import api_clients
from netful.engine.flows.kinds import HopKind
from netful.engine.network.on_premises import blocks
from netful.engine.routing.transit_gateway_route_tables import select
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import QuestionError, Unknown
from netful.model.network.gateways import InternetGateway, NatGateway, VpnGateway
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.transit_gateways import (
    AttachmentKind,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    VpnConnection,
)
from netful.model.network.vpc import PrefixList, Subnet, Vpc, ZoneSource
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
from tests.helpers.paths import denials
from tests.helpers.small_clouds import acl, cloud, eni, group, main_table, net, route, rule

OFFICE = net("192.168.0.0/16")
OPEN = group("Sg", ingress=(rule(ALL_PROTOCOLS, -1),))
TO_HUB = route("0.0.0.0/0", TargetKind.TRANSIT_GATEWAY, "Tgw")


def attachment(id_, resource, kind=AttachmentKind.VPC, subnets=(), gateway="Tgw", **more):
    return TransitGatewayAttachment(id_, gateway, kind, resource, subnets, **more)


def static(block, attachment_id=None):
    return TransitGatewayRoute(f"to {block}", net(block), attachment_id, blackhole=attachment_id is None)


def hub(*routes, associations=("a-vpc", "a-far", "a-vpn"), propagations=("a-vpc", "a-far", "a-vpn")):
    return TransitGatewayRouteTable("Hub", "Tgw", routes, associations, propagations)


def network(table, *more):
    return cloud(
        OPEN,
        replace(OPEN, id="FarSg", vpc_id="Far"),
        main_table(TO_HUB),
        Vpc("Far", (net("10.9.0.0/16"),)),
        Subnet("FarA", "Far", net("10.9.1.0/24"), availability_zone="us-east-1a"),
        RouteTable("FarMain", "Far", (TO_HUB,), main=True),
        TransitGateway("Tgw"),
        attachment("a-vpc", "Vpc", subnets=("A",)),
        attachment("a-far", "Far", subnets=("FarA",)),
        attachment("a-vpn", "Vpn", AttachmentKind.VPN),
        VpnConnection("Vpn", transit_gateway_id="Tgw", routes=(OFFICE,)),
        table,
        eni("eni-here", "A", address="10.0.1.10"),
        eni("eni-zone-b", "B", address="10.0.2.10"),
        eni("eni-there", "FarA", ("FarSg",), "10.9.1.10"),
        *more,
    )


def path(made, from_="here", to="there:tcp/443"):
    return trace(made, parse(made, from_, to))


def test_vpcs_reach_one_another_by_what_is_learned():
    assert path(network(hub())).verdict == "reachable"


def test_an_attachment_whose_association_is_not_known_may_have_a_table():
    unsure = hub(associations=("a-far", Unknown("no value", ("Parameter",))))
    found = path(network(unsure))
    assert (found.verdict, found.missing) == ("unknown", ("Parameter",))


LATER = Unknown("no value", ("Parameter",))


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (attachment("a-vpc", LATER), "unknown"),
        (attachment("a-vpc", "Vpc", gateway=LATER), "unknown"),
        (attachment("a-vpc", LATER, gateway="Other"), "blocked"),
        (attachment("a-vpc", "Other", gateway=LATER), "blocked"),
        (attachment("a-vpc", LATER, AttachmentKind.PEERING), "blocked"),
    ],
)
def test_an_attachment_with_an_unknown_end_may_be_the_vpc_s(made, verdict):
    found = path(network(hub(), made))
    assert (found.verdict, found.missing) == (verdict, ("Parameter",) * (verdict == "unknown"))


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (hub(associations=("a-far",)), ["TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"]),
        (hub(propagations=("a-vpc",)), ["TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"]),
        (hub(static("10.9.0.0/16")), ["TGW_RTB_BAD_STATE_ROUTE"]),
        (hub(propagations=("a-far",)), ["TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"]),
    ],
)
def test_refusals(table, expected):
    assert denials(path(network(table))) == expected


def test_only_zones_with_a_subnet_of_the_attachment_are_served():
    assert denials(path(network(hub()), "zone-b")) == ["TGW_ROUTE_AZ_RESTRICTION"]
    assert denials(path(network(hub()), "there", "zone-b:tcp/22")) == ["TGW_ROUTE_AZ_RESTRICTION"]


@pytest.mark.parametrize(
    ("sources", "client", "assumed"),
    [
        ({}, "here", 0),
        ({"A": ZoneSource.NONE}, "here", 0),
        ({"A": ZoneSource.NONE}, "zone-b", 1),
        ({"A": ZoneSource.NONE, "B": ZoneSource.NONE}, "zone-b", 2),
        ({"A": ZoneSource.ID, "B": ZoneSource.ID}, "zone-b", 0),
        ({"A": ZoneSource.ID}, "zone-b", 1),
    ],
)
def test_zones_that_no_source_names_are_assumptions(sources, client, assumed):
    made = network(hub())
    subnets = {id_: replace(made.network.subnets[id_], zone_source=source) for id_, source in sources.items()}
    found = path(made.having(subnets={**made.network.subnets, **subnets}), client)
    assert found.verdict == ("reachable" if client == "here" else "blocked")
    assert len(found.assumptions) == assumed + len(path(made, client).assumptions)


@pytest.mark.parametrize(
    ("supported", "routes", "led"),
    [(False, (), False), (True, (), True), (False, (static("2001:db8:9::/56", "a-far"),), True)],
)
def test_a_table_learns_ipv6_blocks_by_the_attachment_s_option(supported, routes, led):
    made = network(hub(*routes))
    far, by = made.network.vpcs["Far"], made.network.transit_gateway_attachments["a-far"]
    six = made.having(
        vpcs={**made.network.vpcs, "Far": replace(far, ipv6_cidr_blocks=(net("2001:db8:9::/56"),))},
        transit_gateway_attachments={
            **made.network.transit_gateway_attachments,
            "a-far": replace(by, ipv6_support=supported),
        },
    )
    table = six.network.transit_gateway_route_tables["Hub"]
    assert (select(six, table, net("2001:db8:9::1/128")).entry is not None) is led
    assert select(six, table, net("10.9.1.1/32")).entry is not None


@pytest.mark.parametrize(
    ("appliance", "subnets", "shut", "expected"),
    [
        (True, ("FarA", "FarB"), (), "reachable"),
        (True, ("FarA", "FarB"), ("FarB",), "unknown"),
        (True, ("FarB", "FarA"), ("FarB",), "unknown"),
        (True, ("FarA", "FarB"), ("FarA", "FarB"), "blocked"),
        (True, ("FarA",), ("FarB",), "reachable"),
        (False, ("FarA", "FarB"), ("FarB",), "reachable"),
    ],
)
def test_appliance_mode_brings_flows_in_by_any_zone(appliance, subnets, shut, expected):
    made = network(
        hub(),
        Subnet("FarB", "Far", net("10.9.2.0/24"), availability_zone="us-east-1b"),
        Subnet("FarC", "Far", net("10.9.3.0/24"), availability_zone="us-east-1a"),
        eni("eni-further", "FarC", ("FarSg",), "10.9.3.10"),
        replace(acl("Shut", ingress=(), egress=(), subnet_ids=shut), vpc_id="Far"),
        attachment("a-far", "Far", subnets=subnets, appliance_mode=appliance),
    )
    assert path(made, to="further:tcp/443").verdict == expected


def test_a_default_route_in_a_circle_ends():
    made = network(hub(static("0.0.0.0/0", "a-far")))
    assert "TGW_RTB_CANNOT_ROUTE" in denials(path(made, to="8.8.8.8:tcp/443"))


@pytest.mark.parametrize(
    ("to_hub", "expected", "why"),
    [
        ((), "blocked", ["NETFUL_RETURN_PATH_NO_ROUTE"]),
        ((route("10.9.0.0/16", TargetKind.TRANSIT_GATEWAY, "Tgw"),), "unknown", []),
    ],
)
def test_answers_to_another_vpc_follow_a_regional_nat_gateway_s_own_table(to_hub, expected, why):
    made = network(
        hub(static("0.0.0.0/0", "a-vpc")),
        main_table(route("0.0.0.0/0", TargetKind.NAT_GATEWAY, "Nat")),
        InternetGateway("Igw", "Vpc"),
        NatGateway("Nat", None, "Vpc", regional=True, public_ip=IPv4Address("203.0.113.9")),
        RouteTable(
            "Nat.routes", "Vpc", (route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "Igw"), *to_hub), gateway_ids=("Nat",)
        ),
    )
    assert path(made, to="8.8.8.8:tcp/443").verdict == "reachable"
    found = path(made, "there", "8.8.8.8:tcp/443")
    assert (found.verdict, denials(found)) == (expected, why)
    assert path(made, to="there:tcp/443").verdict == ("unknown" if to_hub else "blocked")


def test_the_longest_prefix_then_static_routes_win():
    made = network(hub(static("10.9.0.0/16", "a-vpn"), static("10.9.1.0/24", "a-far")))
    table = made.network.transit_gateway_route_tables["Hub"]
    assert select(made, table, net("10.9.1.10/32")).entry.attachment_id == "a-far"
    assert select(made, table, net("10.9.2.10/32")).entry.attachment_id == "a-vpn"


@pytest.mark.parametrize(
    ("block", "static_to", "rivals"),
    [
        ("10.9.0.0/16", None, ("a-twin",)),
        ("10.9.0.0/20", None, ("a-twin",)),
        ("10.8.0.0/16", None, ()),
        ("10.9.0.0/16", "a-far", ()),
    ],
)
def test_of_vpcs_with_overlapping_blocks_a_table_learns_the_first(block, static_to, rivals):
    routes = (static("10.9.0.0/16", static_to),) if static_to else ()
    reaching = ("a-vpc", "a-far", "a-twin")
    twin = (Vpc("Twin", (net(block),)), attachment("a-twin", "Twin"))
    made = network(hub(*routes, associations=reaching, propagations=reaching), *twin)
    found = select(made, made.network.transit_gateway_route_tables["Hub"], net("10.9.1.10/32"))
    assert ({*found.rivals} | {found.entry.attachment_id}) == {"a-far", *rivals}


def test_unknown_blocks_make_the_answer_unknown_only_where_nothing_else_takes_the_packet():
    made = network(hub(replace(static("10.0.0.0/8"), destination_cidr_block=Unknown("no value", ("Block",)))))
    assert path(made).verdict == "reachable"
    assert path(made, to="172.16.0.1:tcp/443").missing == ("Block",)


def test_gateways_that_are_peered():
    made = network(
        hub(static("10.9.0.0/16", "p@here"), associations=("a-vpc", "p@here"), propagations=("a-vpc",)),
        TransitGateway("Other"),
        attachment("a-far", "Far", subnets=("FarA",), gateway="Other"),
        attachment("p@here", "Other", AttachmentKind.PEERING, peer_attachment_id="p@there"),
        attachment("p@there", "Tgw", AttachmentKind.PEERING, peer_attachment_id="p@here", gateway="Other"),
        TransitGatewayRouteTable(
            "OtherHub", "Other", (static("10.0.0.0/16", "p@there"),), ("a-far", "p@there"), ("a-far",)
        ),
        RouteTable("FarMain", "Far", (route("0.0.0.0/0", TargetKind.TRANSIT_GATEWAY, "Other"),), main=True),
    )
    assert path(made).verdict == "reachable"
    assert [hop.component for hop in path(made).hops if hop.kind == "tgw"] == ["Tgw", "Other"]


@pytest.mark.parametrize("question", [("here", "on-premises:tcp/22"), ("on-premises", "here:tcp/22"),
                                      ("192.168.7.7", "here:icmp"), ("here", "192.168.7.7:udp/53")])  # fmt: skip
def test_on_premises_by_a_transit_gateway(question):
    assert path(network(hub()), *question).verdict == "reachable"


BY_DIRECT_CONNECT = VpnGateway("Vgw", "Vpc", direct_connect=True)
TO_OFFICE = main_table(route(str(OFFICE), TargetKind.VPN_GATEWAY, "Vgw"))


@pytest.mark.parametrize(("more", "assumes"), [([], ["192.168.7.7 is on-premises"]), ([TO_OFFICE], [])])
def test_a_private_address_that_no_vpc_has_is_on_premises(more, assumes):
    made = cloud(OPEN, eni("eni-here", address="10.0.1.10"), BY_DIRECT_CONNECT, *more)
    found = path(made, "192.168.7.7", "here:tcp/22")
    assert (found.hops[0].component, [*found.assumptions]) == ("Vgw", assumes)
    assert "on-premises" in api_clients(Facts(made))


@pytest.mark.parametrize(("source", "gateways"), [("10.0.1.99", [BY_DIRECT_CONNECT]), ("192.168.7.7", [])])
def test_a_private_address_is_no_source_in_a_vpc_or_without_a_way(source, gateways):
    made = cloud(OPEN, eni("eni-here", address="10.0.1.10"), *gateways)
    with pytest.raises(QuestionError):
        path(made, source, "here:tcp/22")


def test_on_premises_needs_the_way_back_through_the_gateway():
    assert denials(path(network(hub(propagations=("a-vpn",))), "here", "on-premises:tcp/22")) == [
        "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"
    ]


BY_BGP = VpnConnection("Vpn", vpn_gateway_id="Vgw")


def by_vpn_gateway(gateway, *connections):
    """The ways from an instance to on-premises and from there, by a gateway to which the main table has a route."""
    routes = main_table(route("192.168.0.0/16", TargetKind.VPN_GATEWAY, "Vgw"))
    made = cloud(OPEN, routes, gateway, eni("eni-here", address="10.0.1.10"), *connections)
    return path(made, "here", "192.168.7.7:tcp/22"), path(made, "192.168.7.7", "here:tcp/22")


@pytest.mark.parametrize(
    ("gateway", "connections"),
    [
        (VpnGateway("Vgw", "Vpc"), [BY_BGP]),
        (VpnGateway("Vgw", "Vpc"), [replace(BY_BGP, static_routes_only=True, routes=(OFFICE,))]),
        (VpnGateway("Vgw", "Vpc", direct_connect=True), []),
    ],
)
def test_on_premises_by_a_virtual_private_gateway(gateway, connections):
    assert [way.verdict for way in by_vpn_gateway(gateway, *connections)] == ["reachable", "reachable"]


def test_a_virtual_private_gateway_of_which_no_connection_is_known():
    for way in by_vpn_gateway(VpnGateway("Vgw", "Vpc")):
        assert (way.verdict, way.missing) == ("unknown", ("a VPN connection or Direct Connect of Vgw",))


def test_a_virtual_private_gateway_without_a_static_route_to_the_destination():
    elsewhere = replace(BY_BGP, static_routes_only=True, routes=(net("172.16.0.0/12"),))
    for way in by_vpn_gateway(VpnGateway("Vgw", "Vpc"), elsewhere):
        assert denials(way) == ["NETFUL_VPN_WITHOUT_ROUTE"]


def test_a_virtual_private_gateway_that_is_detached():
    assert denials(by_vpn_gateway(VpnGateway("Vgw"), BY_BGP)[0]) == ["BAD_STATE_ATTACHMENT"]


def test_on_premises_without_a_connection():
    made = cloud(OPEN, eni("eni-here", address="10.0.1.10"))
    assert denials(path(made, "on-premises", "here:tcp/22")) == ["NETFUL_NOT_CONNECTED_ON_PREMISES"]
    assert path(made, "here", "on-premises:tcp/22").missing == ("the address of on-premises",)


def from_on_premises(to):
    public = eni("eni-here", address="10.0.1.10", public_ip=IPv4Address("203.0.113.9"))
    routes = main_table(
        route("192.168.0.0/16", TargetKind.VPN_GATEWAY, "Vgw"), route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "Igw")
    )
    narrow = group("Sg", ingress=(rule(peer="192.168.0.0/16"),))
    made = cloud(narrow, routes, VpnGateway("Vgw", "Vpc"), BY_BGP, InternetGateway("Igw", "Vpc"), public)
    return path(made, "192.168.7.7", to)


def test_on_premises_reaches_public_addresses_by_the_internet_with_an_address_that_is_not_known():
    assert from_on_premises("10.0.1.10:tcp/443").verdict == "reachable"
    found = from_on_premises("203.0.113.9:tcp/443")
    assert (found.verdict, found.hops[0].kind) == ("unknown", "igw")


def test_on_premises_reaches_no_address_that_nothing_is_known_to_have():
    assert denials(from_on_premises("10.0.1.99:tcp/443")) == ["NO_POSSIBLE_DESTINATION"]
    assert from_on_premises("172.16.0.1:tcp/443").verdict == "unknown"


def test_a_gateway_endpoint_or_vpn_gateway_serves_its_own_vpc_only():
    lists = PrefixList("pl-s3", "com.amazonaws.us-east-1.s3", (net("198.18.0.0/24"),))
    onward = RouteTable(
        "FarMain",
        "Far",
        (TO_HUB, route("pl-s3", TargetKind.VPC_ENDPOINT, "S3"), route("192.168.0.0/16", TargetKind.VPN_GATEWAY, "Vgw")),
        main=True,
    )
    endpoint = VpcEndpoint("S3", "Far", "com.amazonaws.us-east-1.s3", "s3", EndpointType.GATEWAY)
    made = network(
        hub(static("0.0.0.0/0", "a-far"), propagations=("a-vpc",)),
        onward,
        lists,
        endpoint,
        VpnGateway("Vgw", "Far"),
        BY_BGP,
    )
    assert denials(path(made, to="198.18.0.9:tcp/443")) == ["GATEWAY_REJECTS_SPOOFED_TRAFFIC"]
    assert denials(path(made, to="192.168.0.9:tcp/443")) == ["VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS"]
    for destination in ("198.18.0.9:tcp/443", "192.168.0.9:tcp/443"):
        assert path(made, from_="there", to=destination).verdict == "reachable"


def test_blocks_that_direct_connect_announces_are_not_known():
    direct = attachment("a-dx", "DxGateway", AttachmentKind.DIRECT_CONNECT)
    learned = hub(propagations=("a-vpc", "a-far", "a-dx"))
    assert path(network(learned, direct), to="172.16.1.1:tcp/443").verdict == "unknown"
    routed = network(hub(static("172.16.0.0/12", "a-dx"), propagations=("a-vpc", "a-far")), direct)
    assert path(routed, to="172.16.1.1:tcp/443").hops[-1].kind == HopKind.OUTSIDE
    assert blocks(routed) == (OFFICE, net("172.16.0.0/12"))


@pytest.mark.parametrize(
    ("destination", "verdict", "assumed"),
    [
        ("172.16.1.1:tcp/443", "unknown", False),  # an announced block may have it
        ("192.0.2.1:tcp/443", "reachable", True),
        ("there:tcp/443", "reachable", True),
    ],
)
def test_a_default_route_beside_blocks_that_are_not_known(destination, verdict, assumed):
    direct = attachment("a-dx", "DxGateway", AttachmentKind.DIRECT_CONNECT)
    table = hub(static("0.0.0.0/0", "a-vpn"), propagations=("a-vpc", "a-far", "a-dx"))
    found = path(network(table, direct), to=destination)
    named = any("no more specific route" in text for text in found.assumptions)
    assert (found.verdict, named) == (verdict, assumed)


def test_blocks_of_pools_are_what_is_missing_between_vpcs(cloud_of):
    vpc = "Type: AWS::EC2::VPC, Properties: {Ipv4IpamPoolId: ipam-pool-1, Ipv4NetmaskLength: 16}"
    parts = (
        f"""
  Vpc{n}: {{{vpc}}}
  Sn{n}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc{n}, CidrBlock: !Select [0, !Cidr [!GetAtt Vpc{n}.CidrBlock, 2, 8]]}}}}
  Sg{n}: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: g, VpcId: !Ref Vpc{n}, SecurityGroupIngress: [{{IpProtocol: "-1", CidrIp: 10.0.0.0/9}}]}}}}
  Vm{n}: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref Sn{n}, SecurityGroupIds: [!Ref Sg{n}]}}}}
  Att{n}: {{Type: AWS::EC2::TransitGatewayAttachment, Properties: {{TransitGatewayId: !Ref Tgw, VpcId: !Ref Vpc{n}, SubnetIds: [!Ref Sn{n}]}}}}
  Table{n}: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc{n}}}}}
  Out{n}: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Table{n}, DestinationCidrBlock: 10.0.0.0/8, TransitGatewayId: !Ref Tgw}}}}
  Link{n}: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{RouteTableId: !Ref Table{n}, SubnetId: !Ref Sn{n}}}}}"""
        for n in (1, 2)
    )
    cloud = cloud_of("Resources:\n  Tgw: {Type: AWS::EC2::TransitGateway}" + "".join(parts))
    path = trace(cloud, parse(cloud, "Vm1", "Vm2:tcp/22"))
    assert path.verdict == "unknown"
    assert {*path.missing} == {"Vpc1.CidrBlock", "Vpc2.CidrBlock"}
    assert "--param Vpc2.CidrBlock=" in path.hint
    assert "load the stack" not in path.hint
