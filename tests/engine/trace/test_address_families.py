"""Address families: hosts with IPv6 only, with IPv4 only and with both, and NAT64 between them (newer-aws §10.1)."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

import pytest

from netful.engine.flows.kinds import HopKind
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import Unknown
from netful.model.network.gateways import EgressOnlyInternetGateway, ElasticIp, InternetGateway, NatGateway
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.vpc import IPV6_ONLY, Subnet, Vpc
from tests.helpers.small_clouds import REGION, acl, cloud, endpoint, eni, entry, group, main_table, net, route, rule

NO_4, NO_6 = "NETFUL_NO_IPV4_ADDRESS", "NETFUL_NO_IPV6_ADDRESS"
TO_NAT = route("64:ff9b::/96", TargetKind.NAT_GATEWAY, "Nat")
OUT_6 = route("::/0", TargetKind.EGRESS_ONLY_INTERNET_GATEWAY, "Eigw")


def network(*more, dns64=False, routes=(TO_NAT, OUT_6), nat=None):
    """`six` is in an IPv6-only subnet, `four` in an IPv4-only one, `both` in a dual-stack one; a NAT gateway is in Public."""
    everything = (rule(ALL_PROTOCOLS, -1), rule(ALL_PROTOCOLS, -1, peer="::/0"))
    open_acl = (entry(100, True), entry(101, True, block="::/0"))
    return cloud(
        Vpc("Vpc", (net("10.0.0.0/16"),), (net("2001:db8:1::/56"),), enable_dns_hostnames=True, region=REGION),
        Subnet("Six", "Vpc", IPV6_ONLY, net("2001:db8:1::/64"), f"{REGION}a", enable_dns64=dns64),
        Subnet("Four", "Vpc", net("10.0.4.0/24"), availability_zone=f"{REGION}a"),
        Subnet("Both", "Vpc", net("10.0.5.0/24"), net("2001:db8:1:1::/64"), f"{REGION}a", False, True),
        Subnet("Public", "Vpc", net("10.0.6.0/24"), availability_zone=f"{REGION}a"),
        group("Sg", ingress=everything, egress=everything),
        acl("Default", open_acl, open_acl, default=True),
        InternetGateway("Igw", "Vpc"),
        EgressOnlyInternetGateway("Eigw", "Vpc"),
        nat or NatGateway("Nat", "Public", "Vpc", allocation_ids=("Eip",)),
        ElasticIp("Eip", IPv4Address("203.0.113.9")),
        main_table(*routes),
        RouteTable("Out", "Vpc", (route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "Igw"),), subnet_ids=("Public",)),
        eni("eni-six", "Six"),
        eni("eni-four", "Four"),
        eni("eni-both", "Both"),
        *more,
    )


def asked(made, source, destination):
    return trace(made, parse(made, source, destination))


def codes(path):
    return [str(hop.code) for hop in (*path.hops, *path.return_hops) if hop.verdict == "deny"]


@pytest.mark.parametrize(
    ("source", "destination", "denied"),
    [
        ("six", "four:tcp/80", [NO_4]),
        ("six", "both:tcp/80", []),
        ("six", "aws:ssm", [NO_4]),
        ("six", "internet:tcp/443", [NO_4, "NO_ROUTE_TO_DESTINATION"]),
        ("six", "internet6:tcp/443", []),
        ("six", "10.0.4.4:tcp/80", [NO_4]),
        ("four", "six:tcp/80", [NO_6]),
        ("four", "both:tcp/80", []),
        ("four", "aws:ssm", []),
        ("both", "six:tcp/80", []),
        ("both", "four:tcp/80", []),
    ],
)
def test_ends_need_a_family_in_common(source, destination, denied):
    path = asked(network(endpoint(subnets=("Four",))), source, destination)
    assert codes(path) == denied
    assert path.symptom.kind == ("unreachable" if denied else "none")


@pytest.mark.parametrize(
    ("kind", "subnet", "six", "four"),
    [
        ("", "Six", True, False),
        ("ipv6", "Both", True, False),
        ("dualstack", "Both", True, True),
        ("", "Both", False, True),
    ],
)
def test_an_endpoint_has_the_addresses_of_its_type(kind, subnet, six, four):
    made = network(endpoint(subnets=(subnet,), ip_address_type=kind))
    assert [asked(made, source, "aws:ssm").verdict == "reachable" for source in ("six", "four")] == [six, four]


def test_nat64_leads_names_with_ipv4_alone_through_the_nat_gateway():
    path = asked(network(dns64=True), "six", "https://example.com/")
    assert (path.verdict, path.seen_as) == ("reachable", "203.0.113.9")
    assert path.to_json()["seen_as"] == "203.0.113.9"
    assert "64:ff9b::" in path.hops[0].rule
    assert [hop.kind for hop in path.hops if hop.kind in {HopKind.NAT, HopKind.IGW}] == [HopKind.NAT, HopKind.IGW]


def test_nat64_leads_to_hosts_of_the_vpc_with_ipv4_alone():
    path = asked(network(dns64=True), "six", "four:tcp/80")
    assert (path.verdict, path.seen_as) == ("reachable", "10.0.6.4")


@pytest.mark.parametrize(("routes", "code"), [((OUT_6,), "NETFUL_NAT64_WITHOUT_NAT"), ((), "NO_ROUTE_TO_DESTINATION")])
def test_nat64_needs_a_route_to_the_nat_gateway(routes, code):
    assert code in codes(asked(network(dns64=True, routes=routes), "six", "internet:tcp/443"))


@pytest.mark.parametrize(
    ("destination", "verdict"),
    [("https://example.com/", "reachable"), ("four:tcp/80", "unknown"), ("internet6:tcp/443", "reachable")],
)
def test_a_regional_nat_gateway_leads_to_the_internet_and_elsewhere_by_its_own_table(destination, verdict):
    regional = NatGateway("Nat", None, "Vpc", allocation_ids=("Eip",), regional=True)
    assert asked(network(dns64=True, nat=regional), "six", destination).verdict == verdict


def test_a_nat_gateway_takes_no_other_ipv6():
    made = network(routes=(route("::/0", TargetKind.NAT_GATEWAY, "Nat"),))
    assert codes(asked(made, "six", "internet6:tcp/443"))[:1] == ["NETFUL_NAT_IPV6"]


def test_acls_of_the_clients_subnet_judge_the_address_of_nat64():
    closed = (entry(90, False, block="64:ff9b::/96"), entry(100, True), entry(101, True, block="::/0"))
    made = network(acl("OfSix", (entry(101, True, block="::/0"),), closed, subnet_ids=("Six",)), dns64=True)
    assert codes(asked(made, "six", "internet:tcp/443")) == ["SUBNET_ACL_RESTRICTION"]


def test_names_with_ipv6_addresses_are_left_as_they_are():
    made = network(endpoint(subnets=("Both",), ip_address_type="dualstack"), dns64=True)
    path = asked(made, "six", "aws:ssm")
    assert path.verdict == "reachable"
    assert not any("64:ff9b" in hop.rule for hop in path.hops)


def test_an_unknown_block_makes_the_answer_unknown():
    made = network()
    subnet = replace(made.network.subnets["Six"], ipv6_cidr_block=Unknown("from a pool", ("Six.Ipv6CidrBlock",)))
    bare = made.having(
        subnets={**made.network.subnets, "Six": subnet},
        network_interfaces={
            **made.network.network_interfaces,
            "eni-six": replace(made.network.network_interfaces["eni-six"], ipv6_address=None),
        },
    )
    path = asked(bare, "both", "six:tcp/80")
    assert (path.verdict, path.missing) == ("unknown", ("Six.Ipv6CidrBlock",))


def test_a_host_of_an_ipv6_only_subnet_has_an_ipv6_address_alone():
    own = network().network.network_interfaces["eni-six"]
    assert (own.private_ip_address, own.ipv6_address) == (None, IPv6Address("2001:db8:1::4"))


@pytest.mark.parametrize(("source", "destination", "noted"), [
    ("internet", "eni-six:tcp/22", True),
    ("internet", "eni-both:tcp/22", True),
    ("internet", "eni-four:tcp/22", False),
    ("internet6", "eni-six:tcp/22", False),
    ("eni-both", "eni-six:tcp/22", False),
])  # fmt: skip
def test_clients_on_the_internet_use_ipv4_unless_the_question_says_otherwise(source, destination, noted):
    assumptions = asked(network(), source, destination).assumptions
    assert any("`internet6`" in text for text in assumptions) is noted


def test_a_path_between_hosts_with_both_families_says_which_it_uses():
    far = eni("eni-far", "Both", address="10.0.5.77")
    made = network(replace(far, ipv6_address=IPv6Address("2001:db8:1:1::77")))
    path = trace(made, parse(made, "both", "far:tcp/443"))
    assert path.assumptions == ("clients use the IPv4 address of `far`: `2001:db8:1:1::77` asks for IPv6",)
    assert trace(made, parse(made, "six", "far:tcp/443")).assumptions == ()
