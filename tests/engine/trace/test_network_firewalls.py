"""Paths through a network firewall's endpoint, and past it."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest

from netful.engine.flows.codes import Code
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.network.gateways import InternetGateway, VpcPeeringConnection
from netful.model.network.network_firewall import (
    Firewall,
    Header,
    RuleAction,
    StatefulRule,
    StatelessAction,
    StatelessRule,
)
from netful.model.network.protocols import TCP
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
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


def denials(found):
    return [hop.code for hop in (*found.hops, *found.return_hops) if hop.verdict == "deny"]


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


def test_a_connection_from_the_internet_needs_both_directions_too():
    made = firewalled(edge=False)
    assert denials(path(made, "App:tcp/443", "internet")) == [Code.NETFUL_FIREWALL_ONE_WAY]
    assert denials(path(firewalled(), "App:tcp/443", "internet")) == []


def test_another_stream_exception_policy_leaves_it_unknown():
    assert path(firewalled(edge=False, drops_broken=False)).verdict == "unknown"


def test_a_rejection_is_a_reset_for_the_client():
    found = path(firewalled(stateful_rules=(REJECT,)))
    assert (found.verdict, found.symptom.kind) == ("blocked", "refused")


@pytest.mark.parametrize(
    "way", [route("0.0.0.0/0", TargetKind.NAT_GATEWAY, "Nat"), route("0.0.0.0/0", TargetKind.PEERING, "Pcx")]
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


def test_the_endpoint_itself_answers_nothing():
    assert path(firewalled(), "Fw.endpoint1:tcp/443").verdict == "blocked"
