"""Paths through a network firewall's endpoint, and past it."""

from dataclasses import replace
from ipaddress import ip_network

import pytest

from netful.engine.flows.codes import Code
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.network.gateways import InternetGateway, NatGateway, VpcPeeringConnection
from netful.model.network.network_firewall import (
    Addresses,
    Application,
    Firewall,
    FlowOption,
    Header,
    NameMatch,
    PortRanges,
    RuleAction,
    StatefulRule,
    StatelessAction,
    StatelessRule,
)
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.protocols import TCP
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
from tests.helpers.paths import denials
from tests.helpers.small_clouds import IPv4Address, cloud, eni, group, route, rule

THROUGH = TargetKind.VPC_ENDPOINT, "Fw.endpoint1"
REJECT = StatefulRule("reject", RuleAction.REJECT, Header(protocols=(TCP,)))
PASSED_BY = StatelessRule("past", Header(), StatelessAction.PASS)


def firewalled(*, edge=True, **more):
    """An instance in A with a public address, whose way out passes a firewall's endpoint in B."""
    tables = [
        RouteTable("Out", "Vpc", (route("0.0.0.0/0", *THROUGH),), ("A",)),
        RouteTable("On", "Vpc", (route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "Igw"),), ("B",)),
    ]
    if edge:
        tables.append(RouteTable("Edge", "Vpc", (route("10.0.1.0/24", *THROUGH),), gateway_ids=("Igw",)))
    return cloud(
        *tables,
        InternetGateway("Igw", "Vpc"),
        group("Sg", ingress=(rule(),)),
        eni("eni-App", "A", address="10.0.1.50", public_ip=IPv4Address("203.0.113.9")),
        VpcEndpoint("Fw.endpoint1", "Vpc", "", "", EndpointType.OTHER, ("B",), firewall_id="Fw"),
        Firewall("Fw", "Vpc", **more),
    )


def path(made, destination="internet:tcp/443", source="App"):
    return trace(made, parse(made, source, destination))


@pytest.mark.parametrize(
    ("edge", "more", "destination", "codes"),
    [
        (True, {}, "internet:tcp/443", []),
        (False, {}, "internet:tcp/443", [Code.NETFUL_FIREWALL_ONE_WAY]),
        (False, {}, "internet:udp/443", []),
        (False, {"stateless_rules": (PASSED_BY,)}, "internet:tcp/443", []),
        (True, {"stateful_rules": (REJECT,)}, "internet:tcp/443", [Code.NETFUL_FIREWALL_REJECTS]),
        (True, {"stateful_rules": (REJECT,)}, "internet:udp/443", []),
    ],
)
def test_a_connection_needs_both_directions(edge, more, destination, codes):
    assert denials(path(firewalled(edge=edge, **more), destination)) == codes


@pytest.mark.parametrize(
    ("destination", "stopped"),
    [
        ("internet:api.example.com:tcp/443", True),
        ("internet:api.example.org:tcp/443", False),
        ("internet:api.example.com:udp/443", False),
        ("https://api.example.com/", True),
        ("http://api.example.com/", False),
    ],
)
def test_a_rule_on_the_name_in_a_handshake(destination, stopped):
    flow = frozenset({FlowOption.TO_SERVER, FlowOption.ESTABLISHED})
    names = (NameMatch("example.com", ends=True, dotted=True),)
    drops = StatefulRule("drop", RuleAction.DROP, Header(protocols=(TCP,)), False, flow, Application.TLS, names)
    assert (path(firewalled(stateful_rules=(drops,)), destination).verdict == "blocked") is stopped


def test_a_timeout_from_one_subnet_is_worse_than_a_refusal_from_another():
    refused = firewalled(stateful_rules=(REJECT,))
    assert path(refused).symptom.kind == "refused"
    enis = refused.network.network_interfaces | {"eni-Too": replace(eni("eni-Too", "B"), owner_id="App")}
    assert path(refused.having(network_interfaces=enis)).symptom.kind == "timeout"


def test_a_connection_from_the_internet_needs_both_directions_too():
    made = firewalled(edge=False)
    assert denials(path(made, "App:tcp/443", "internet")) == [Code.NETFUL_FIREWALL_ONE_WAY]
    assert denials(path(firewalled(), "App:tcp/443", "internet")) == []


def test_another_stream_exception_policy_leaves_it_unknown():
    assert path(firewalled(edge=False, drops_broken=False)).verdict == "unknown"


def test_a_rejection_is_a_reset_for_the_client():
    found = path(firewalled(stateful_rules=(REJECT,)))
    assert (found.verdict, found.symptom.kind) == ("blocked", "refused")


@pytest.mark.parametrize(("address", "symptom"), [("203.0.113.9", "refused"), (None, "timeout")])
def test_a_reset_after_the_handshake_takes_a_handshake(address, symptom):
    """Without a public address, the client's first packet goes past the rule, and is lost at the internet gateway."""
    later = replace(REJECT, flow=frozenset({FlowOption.ESTABLISHED}))
    app = eni("eni-App", "A", address="10.0.1.50", public_ip=address and IPv4Address(address))
    found = path(firewalled(stateful_rules=(later,)).having(network_interfaces={app.id: app}))
    assert (found.verdict, found.symptom.kind) == ("blocked", symptom)


def test_a_rejection_of_the_answer_is_a_reset_for_the_server_and_a_timeout_for_the_client():
    of_answers = Header(destination_ports=PortRanges(((1024, 65535),)), protocols=(TCP,))
    found = path(firewalled(stateful_rules=(replace(REJECT, header=of_answers),)))
    assert (found.verdict, found.symptom.kind) == ("blocked", "timeout")
    assert denials(found) == [Code.FIREWALL_RULES_RESTRICTION]


@pytest.mark.parametrize(("first", "verdict"), [(FlowOption.ESTABLISHED, "blocked"), (None, "reachable")])
def test_a_rule_that_passes_established_packets_does_not_pass_the_answer_of_the_handshake(first, verdict):
    passes = StatefulRule("pass", RuleAction.PASS, Header(protocols=(TCP,)), flow=frozenset({first} - {None}))
    inward = Addresses((ip_network("10.0.0.0/16"),))
    drops = StatefulRule("drop", RuleAction.DROP, Header(destinations=inward, protocols=(TCP,)))
    assert path(firewalled(stateful_rules=(passes, drops))).verdict == verdict


@pytest.mark.parametrize(
    "way",
    [
        route("0.0.0.0/0", TargetKind.NAT_GATEWAY, "Nat"),
        route("0.0.0.0/0", TargetKind.PEERING, "Pcx"),
        route("10.9.0.0/16", TargetKind.PEERING, "Pcx"),
    ],
)
def test_a_reset_that_does_not_get_back_is_a_timeout_for_the_client(way):
    """The firewall answers from its own subnet, whose way out is not the one by which the connection came."""
    made = firewalled(stateful_rules=(REJECT,))
    network = made.network
    made = made.having(
        route_tables={**network.route_tables, "On": RouteTable("On", "Vpc", (way,), ("B",))},
        vpcs={
            **network.vpcs,
            "Peer": replace(network.vpcs["Vpc"], id="Peer", cidr_blocks=(ip_network("10.9.0.0/16"),)),
        },
        vpc_peering_connections={"Pcx": VpcPeeringConnection("Pcx", "Vpc", "Peer")},
    )
    found = path(made, "App:tcp/443", "internet")
    assert (found.verdict, found.symptom.kind) == ("blocked", "timeout")
    assert Code.FIREWALL_RULES_RESTRICTION in denials(found)


@pytest.mark.parametrize(
    "on", [(TargetKind.INTERNET_GATEWAY, "Igw"), (TargetKind.NAT_GATEWAY, "Nat")], ids=["on", "round"]
)
@pytest.mark.parametrize(("inspected_back", "symptom"), [(False, "refused"), (True, "timeout")])
def test_a_reset_for_a_nat_gateway_has_to_get_from_there_to_the_client(inspected_back, symptom, on):
    """On its way on from the NAT gateway, the endpoint sees the answer of a flow whose packets did not pass it.

    A route round to the gateway leads to the endpoint once more, whose second reset is lost where the first is.
    """
    made = firewalled(stateful_rules=(REJECT,))
    back = (route("10.0.3.0/24", *THROUGH),) if inspected_back else ()
    made = made.having(
        subnets={
            **made.network.subnets,
            "C": replace(made.network.subnets["A"], id="C", cidr_block=ip_network("10.0.3.0/24")),
        },
        route_tables={
            **made.network.route_tables,
            "Out": RouteTable("Out", "Vpc", (route("0.0.0.0/0", *THROUGH), *back), ("A",)),
            "On": RouteTable("On", "Vpc", (route("0.0.0.0/0", *on),), ("B",)),
            "ByNat": RouteTable("ByNat", "Vpc", (route("0.0.0.0/0", TargetKind.NAT_GATEWAY, "Nat"),), ("C",)),
        },
        nat_gateways={"Nat": NatGateway("Nat", "A", "Vpc", public=True, allocation_ids=("Eip",))},
        network_interfaces={
            **made.network.network_interfaces,
            "eni-Nat": eni(
                "eni-Nat",
                "A",
                address="10.0.1.4",
                owner=InterfaceOwner.NAT_GATEWAY,
                public_ip=IPv4Address("203.0.113.1"),
            ),
            "eni-In": eni("eni-In", "C", address="10.0.3.9"),
        },
    )
    found = path(made, source="In")
    assert (found.verdict, found.symptom.kind) == ("blocked", symptom)


def test_the_endpoint_itself_answers_nothing():
    assert path(firewalled(), "Fw.endpoint1:tcp/443").verdict == "blocked"
