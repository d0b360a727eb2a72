from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from netful.engine.flows.kinds import HopKind
from netful.engine.network.route_targets.connections import no_connection
from netful.model.allocation import allocate
from netful.model.core import DEFAULT, Unknown
from netful.model.functions.function import Code, Function
from netful.model.network.gateways import EgressOnlyInternetGateway, InternetGateway
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.vpc import Subnet, Vpc
from tests.helpers.paths import denials, path
from tests.helpers.small_clouds import acl, cloud, eni, entry, group, main_table, net, route, rule

BLOCK = net("2001:db8::/64")
OUT = route("::/0", TargetKind.INTERNET_GATEWAY, "Igw")
OPEN_ACL = acl(
    "Default", ingress=(entry(101, True, block="::/0"),), egress=(entry(101, True, block="::/0"),), default=True
)
ADMITS_WEB = group("Sg", ingress=(rule(6, 443, peer="::/0"),), egress=(rule(ALL_PROTOCOLS, -1, peer="::/0"),))


PRIVATE_BLOCK = net("fd20:0:1::/64")


def dual_stack(*things, assign=True, group_=ADMITS_WEB, routes=(OUT,), block=BLOCK):
    made = cloud(
        group_,
        OPEN_ACL,
        main_table(*routes),
        InternetGateway("Igw", "Vpc"),
        eni("eni-web", address="10.0.1.10"),
        *things,
    )
    subnet = replace(made.network.subnets["A"], ipv6_cidr_block=block, assign_ipv6_address_on_creation=assign)
    return made.having(
        vpcs={
            **made.network.vpcs,
            "Vpc": replace(made.network.vpcs["Vpc"], ipv6_cidr_blocks=(net("2001:db8::/56"), PRIVATE_BLOCK)),
        },
        subnets={**made.network.subnets, "A": subnet},
        egress_only_internet_gateways={"Eigw": EgressOnlyInternetGateway("Eigw", "Vpc")},
    )


def test_ipv6_needs_no_translation():
    assert path(dual_stack(), "web", "internet6:tcp/443").verdict == "reachable"
    assert path(dual_stack(), "internet6", "web:tcp/443").verdict == "reachable"


@pytest.mark.parametrize(
    ("kind", "target"),
    [(TargetKind.INTERNET_GATEWAY, "Igw"), (TargetKind.EGRESS_ONLY_INTERNET_GATEWAY, "Eigw")],
)
def test_no_gateway_carries_private_addresses(kind, target):
    made = dual_stack(routes=(route("::/0", kind, target),), block=PRIVATE_BLOCK)
    assert denials(path(made, "web", "internet6:tcp/443")) == ["NETFUL_PRIVATE_ADDRESS"]
    assert denials(path(made, "internet6", "web:tcp/443"))[0] == "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"


@pytest.mark.parametrize(
    ("client", "to_address", "codes"),
    [
        ("2001:4860:4860::8888", False, []),
        ("2001:4860:4860::8888", True, []),
        ("internet", True, []),
        ("81.2.69.1", True, ["NETFUL_NO_IPV6_ADDRESS"]),
    ],
)
def test_a_client_with_an_ipv6_address(client, to_address, codes):
    made = allocate(dual_stack())
    to = f"[{made.network.network_interfaces['eni-web'].ipv6_address}]" if to_address else "web"
    assert denials(path(made, client, f"{to}:tcp/443")) == codes


def test_a_client_with_ipv6_alone_reaches_no_ipv4_address():
    public = eni("eni-web", address="10.0.1.10", public_ip=IPv4Address("203.0.113.7"))
    assert denials(path(dual_stack(public), "internet6", "203.0.113.7:tcp/443"))[0] == "NETFUL_NO_IPV4_ADDRESS"


def test_a_range_of_ipv6_names_the_interfaces_in_it():
    assert path(allocate(dual_stack()), str(BLOCK), "internet6:tcp/443").verdict == "reachable"
    assert path(allocate(dual_stack(routes=())), str(BLOCK), "internet6:tcp/443").verdict == "blocked"


LATER = Unknown("no value", ("Parameter",))


@pytest.mark.parametrize("client", ["internet6", "internet"])
@pytest.mark.parametrize(
    ("attached", "verdict"), [(None, "deny"), ("Far", "deny"), (LATER, "unknown"), ("Vpc", "allow")]
)
def test_without_an_internet_gateway_nothing_comes_in(client, attached, verdict):
    public = eni("eni-web", address="10.0.1.10", public_ip=IPv4Address("203.0.113.7"))
    open_ = group("Sg", ingress=(rule(6, 443), rule(6, 443, peer="::/0")))
    made = dual_stack(public, group_=open_).having(internet_gateways={"Igw": InternetGateway("Igw", attached)})
    found = path(made, client, "web:tcp/443")
    assert next(hop.verdict for hop in found.hops if hop.kind == HopKind.IGW) == verdict


def test_an_interface_without_an_address():
    assert denials(path(dual_stack(assign=False), "web", "internet6:tcp/443")) == ["NETFUL_NO_IPV6_ADDRESS"]
    assert denials(path(dual_stack(assign=False), "internet6", "web:tcp/443"))[0] == "NETFUL_NO_IPV6_ADDRESS"


def test_ipv4_rules_do_not_admit_ipv6():
    only_four = group("Sg", ingress=(rule(6, 443),))
    assert denials(path(dual_stack(group_=only_four), "internet6", "web:tcp/443"))[0] == "ENI_SG_RULES_MISMATCH"


def test_an_ipv4_default_route_does_not_take_ipv6():
    four = route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "Igw")
    assert denials(path(dual_stack(routes=(four,)), "web", "internet6:tcp/443")) == ["NO_ROUTE_TO_DESTINATION"]


def test_an_egress_only_gateway_lets_nothing_new_in():
    made = dual_stack(routes=(route("::/0", TargetKind.EGRESS_ONLY_INTERNET_GATEWAY, "Eigw"),))
    assert path(made, "web", "internet6:tcp/443").verdict == "reachable"
    inward = path(made, "internet6", "web:tcp/443")
    assert denials(inward) == ["NETFUL_RETURN_PATH_NO_ROUTE"]
    assert inward.hint == no_connection("Eigw", DEFAULT).remedy


@pytest.mark.parametrize("destination", ["internet:tcp/443", "aws:sqs", "https://example.com/"])
def test_an_egress_only_gateway_carries_no_ipv4(destination):
    made = dual_stack(routes=(route("0.0.0.0/0", TargetKind.EGRESS_ONLY_INTERNET_GATEWAY, "Eigw"),))
    assert "NETFUL_EIGW_IPV4" in denials(path(made, "web", destination))


def test_private_addresses_do_not_exist_on_the_internet():
    assert denials(path(dual_stack(), "web", "[fd12::1]:tcp/443")) == ["NETFUL_PRIVATE_ADDRESS"]


@pytest.mark.parametrize(
    ("own", "far", "found"),
    [
        (("Igw",), ("Igw",), []),
        (("Eigw",), ("Igw",), []),
        (("Igw",), ("Eigw",), ["BAD_STATE_ATTACHMENT"]),
        (("Igw",), (), ["BAD_STATE_ATTACHMENT"]),
    ],
)
def test_another_vpc_by_the_internet_gateways_of_both(own, far, found):
    made = dual_stack(
        Vpc("Far", (net("10.9.0.0/16"),), (net("2001:db8:9::/56"),)),
        Subnet("FarA", "Far", net("10.9.1.0/24"), net("2001:db8:9::/64"), assign_ipv6_address_on_creation=True),
        acl("FarAcl", *[(entry(100, True), entry(101, True, block="::/0"))] * 2, subnet_ids=("FarA",)),
        replace(ADMITS_WEB, id="FarSg", vpc_id="Far"),
        eni("eni-far", "FarA", ("FarSg",), "10.9.1.10"),
        RouteTable("FarMain", "Far", (route("::/0", TargetKind.INTERNET_GATEWAY, "FarIgw"),), main=True),
        routes=(OUT if "Igw" in own else route("::/0", TargetKind.EGRESS_ONLY_INTERNET_GATEWAY, "Eigw"),),
    )

    def gateways(of, name):
        places = (("", "Vpc", own), ("Far", "Far", far))
        return {f"{begin}{name}": of(f"{begin}{name}", vpc) for begin, vpc, names in places if name in names}

    made = made.having(
        internet_gateways=gateways(InternetGateway, "Igw"),
        egress_only_internet_gateways=gateways(EgressOnlyInternetGateway, "Eigw"),
    )
    made = allocate(made)
    address = made.network.network_interfaces["eni-far"].ipv6_address
    assert [code for code in denials(path(made, "web", f"[{address}]:tcp/443")) if "RETURN" not in code] == found


@pytest.mark.parametrize(("allowed", "verdict"), [(True, "reachable"), (False, "blocked")])
def test_a_function_has_ipv6_only_where_it_was_allowed(allowed, verdict):
    function = Function(
        "Fn", "fn", Code(), subnet_ids=("A",), security_group_ids=("Sg",), ipv6_allowed_for_dual_stack=allowed
    )
    assert path(dual_stack(function), "Fn", "internet6:tcp/443").verdict == verdict


def test_functions_of_one_subnet_and_group_share_an_interface_only_if_both_or_neither_may_use_ipv6():
    both = [
        Function(name, name, Code(), subnet_ids=("A",), security_group_ids=("Sg",), ipv6_allowed_for_dual_stack=allowed)
        for name, allowed in (("With", True), ("Without", False), ("Neither", False))
    ]
    made = dual_stack(*both)
    assert path(made, "With", "internet6:tcp/443").verdict == "reachable"
    assert path(made, "Without", "internet6:tcp/443").verdict == "blocked"
    assert made.network.interfaces_of("Without") == made.network.interfaces_of("Neither")
