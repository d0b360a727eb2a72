from dataclasses import replace

import pytest

from netful.model.functions.function import Code, Function
from netful.model.network.gateways import EgressOnlyInternetGateway, InternetGateway
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.route_tables import TargetKind
from tests.helpers.paths import denials, path
from tests.helpers.small_clouds import acl, cloud, eni, entry, group, main_table, net, route, rule

BLOCK = net("2001:db8::/64")
OUT = route("::/0", TargetKind.INTERNET_GATEWAY, "Igw")
OPEN_ACL = acl(
    "Default", ingress=(entry(101, True, block="::/0"),), egress=(entry(101, True, block="::/0"),), default=True
)
ADMITS_WEB = group("Sg", ingress=(rule(6, 443, peer="::/0"),), egress=(rule(ALL_PROTOCOLS, -1, peer="::/0"),))


def dual_stack(*things, assign=True, group_=ADMITS_WEB, routes=(OUT,)):
    made = cloud(
        group_,
        OPEN_ACL,
        main_table(*routes),
        InternetGateway("Igw", "Vpc"),
        eni("eni-web", address="10.0.1.10"),
        *things,
    )
    subnet = replace(made.network.subnets["A"], ipv6_cidr_block=BLOCK, assign_ipv6_address_on_creation=assign)
    return made.having(
        vpcs={"Vpc": replace(made.network.vpcs["Vpc"], ipv6_cidr_blocks=(net("2001:db8::/56"),))},
        subnets={**made.network.subnets, "A": subnet},
        egress_only_internet_gateways={"Eigw": EgressOnlyInternetGateway("Eigw", "Vpc")},
    )


def test_ipv6_needs_no_translation():
    assert path(dual_stack(), "web", "internet6:tcp/443").verdict == "reachable"
    assert path(dual_stack(), "internet6", "web:tcp/443").verdict == "reachable"


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
    assert denials(path(made, "internet6", "web:tcp/443")) == ["NETFUL_RETURN_PATH_NO_ROUTE"]


@pytest.mark.parametrize(("allowed", "verdict"), [(True, "reachable"), (False, "blocked")])
def test_a_function_has_ipv6_only_where_it_was_allowed(allowed, verdict):
    function = Function(
        "Fn", "fn", Code(), subnet_ids=("A",), security_group_ids=("Sg",), ipv6_allowed_for_dual_stack=allowed
    )
    assert path(dual_stack(function), "Fn", "internet6:tcp/443").verdict == verdict
