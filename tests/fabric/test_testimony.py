"""The kernel's testimony for a packet: the rules by their AWS names, and what no rule tells."""

import contextlib
import socket
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from netful.fabric.routers.testimony import Watch, heard_in
from netful.model.network.addresses import INTERNET_HOST, ipv6_block
from netful.model.network.gateways import EgressOnlyInternetGateway
from netful.model.network.network_acls import NetworkAcl
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.vpc import PrefixList, Vpc
from tests.helpers.hand_made import EVERYWHERE, TCP, acl_entry, cloud, endpoint, route, rule
from tests.helpers.processes import wait_until

pytestmark = pytest.mark.packets


def heard(bench, address, port):
    """What the kernel tells of one attempt from the function."""
    (router,) = bench.fabric.vpcs.routers
    watch = bench.thread.run(Watch, router, IPv4Address(address), port)
    wait_until(lambda: watch.listening)
    (position,) = bench.positions()
    with bench.thread.run(position.socket, socket.SOCK_STREAM) as sock:
        sock.settimeout(0.4)
        with contextlib.suppress(OSError):
            sock.connect((str(address), port))
    bench.thread.run(watch.stop)
    return [(told.stage, told.rule, told.verdict) for told in watch.read()]


def test_rules_are_told_by_their_names(build):
    told = heard(build(endpoint([rule("EndpointSg.https", "FnSg", 443, protocol=TCP)])), "10.0.1.4", 443)
    assert ("sg out", "FnSg.egress", "accept") in told
    assert ("sg in", "EndpointSg.https", "accept") in told


def test_drop_is_told_with_what_dropped(build):
    told = heard(build(endpoint([])), "10.0.1.4", 443)
    assert told[-1] == ("sg in", "EpSg in", "drop")


def test_acl_that_denies_is_told(build):
    wall = {"Acl": NetworkAcl("Acl", "Vpc", (acl_entry(100),), (acl_entry(7, allow=False),), default=True)}
    told = heard(build(cloud(network_acls=wall)), "10.0.2.9", 443)
    assert told == [("route", "no route, or a blackhole", "drop")]  # nobody has that address: it never gets to an ACL


def test_missing_route_is_told(build):
    assert heard(build(cloud()), INTERNET_HOST, 443) == [("route", "no route, or a blackhole", "drop")]


def test_an_egress_only_gateway_that_refuses_ipv4_is_told(build):
    out = route("Out", "Eigw", EVERYWHERE, TargetKind.EGRESS_ONLY_INTERNET_GATEWAY)
    made = cloud(
        vpcs={"Vpc": Vpc("Vpc", (IPv4Network("10.0.0.0/16"),), (ipv6_block(0),), region="eu-west-1")},
        route_tables={"Main": RouteTable("Main", "Vpc", (out,), main=True)},
        egress_only_internet_gateways={"Eigw": EgressOnlyInternetGateway("Eigw", "Vpc")},
    )
    assert heard(build(made), INTERNET_HOST, 443)[-1] == ("nacl in", "NETFUL_EIGW_IPV4", "drop")


@pytest.mark.parametrize("targets", [("Gone", "Igw"), ("Igw", "Gone")])
def test_of_equal_routes_the_smallest_target_counts(build, targets):
    lists = {name: PrefixList(name, name, (EVERYWHERE,)) for name in ("pl-1", "pl-2")}
    routes = [
        replace(route(name, target), destination_cidr_block=None, destination_prefix_list_id=name)
        for name, target in zip(lists, targets, strict=True)
    ]
    made = cloud(prefix_lists=lists, route_tables={"Main": RouteTable("Main", "Vpc", tuple(routes), main=True)})
    assert heard(build(made), INTERNET_HOST, 443) == [("route", "no route, or a blackhole", "drop")]


def test_lines_that_are_no_testimony_are_passed_over():
    assert [*heard_in("Vpc", ["", "garbage", "trace id 1 ip other chain rule x (verdict drop)"])] == []
