"""IPv6 in the kernel: addresses, groups, ACLs, gateways of both kinds, functions that may use it."""

import select
import socket
from dataclasses import replace
from ipaddress import IPv6Network

import pytest

from netful.fabric.routers.router import RESOLVER6
from netful.model.allocation import allocate
from netful.model.network.addresses import INTERNET6_BLOCK, INTERNET6_HOST, ipv6_block
from netful.model.network.gateways import EgressOnlyInternetGateway
from netful.model.network.network_acls import NetworkAcl
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.vpc import Subnet, Vpc
from tests.helpers.hand_made import (
    EVERYWHERE,
    TCP,
    IPv4Network,
    acl_entry,
    cloud,
    function,
    group,
    instance,
    route,
    rule,
)

pytestmark = pytest.mark.packets
BLOCK = ipv6_block(0)
PRIVATE, PUBLIC = [*BLOCK.subnets(new_prefix=64)][:2]
EVERYWHERE6 = type(BLOCK)("::/0")
LONG_ENOUGH = 1.5
OPEN = group(
    "Open", [rule("in4", EVERYWHERE), rule("in6", EVERYWHERE6)], [rule("out4", EVERYWHERE), rule("out6", EVERYWHERE6)]
)
DUAL = replace(function(groups=("Open",)), ipv6_allowed_for_dual_stack=True)


PRIVATE_ADDRESSES = IPv6Network("fd20:0:1::/64")


def dual_stack(target="Igw", kind=TargetKind.INTERNET_GATEWAY, block=PRIVATE, **parts):
    """A dual-stack VPC whose only table leads to a gateway by IPv6, with an instance in each subnet."""
    everything = (acl_entry(100), acl_entry(101, block=EVERYWHERE6))
    base = cloud(
        vpcs={"Vpc": Vpc("Vpc", (IPv4Network("10.0.0.0/16"),), (BLOCK, PRIVATE_ADDRESSES), region="eu-west-1")},
        subnets={
            "Private": Subnet(
                "Private", "Vpc", IPv4Network("10.0.1.0/24"), block, assign_ipv6_address_on_creation=True
            ),
            "Public": Subnet("Public", "Vpc", IPv4Network("10.0.2.0/24"), PUBLIC, assign_ipv6_address_on_creation=True),
        },
        route_tables={"Main": RouteTable("Main", "Vpc", (route("Out6", target, EVERYWHERE6, kind),), main=True)},
        egress_only_internet_gateways={"Eigw": EgressOnlyInternetGateway("Eigw", "Vpc")},
        network_acls={"Acl": NetworkAcl("Acl", "Vpc", everything, everything, default=True)},
        security_groups={"Open": OPEN},
        functions={"Fn": DUAL},
        network_interfaces={
            "eni-A": instance("A", "Private", "10.0.1.50", ("Open",)),
            "eni-B": instance("B", "Public", "10.0.2.50", ("Open",)),
        },
    )
    return allocate(base.having(**parts))


EGRESS_ONLY = {"target": "Eigw", "kind": TargetKind.EGRESS_ONLY_INTERNET_GATEWAY}


def at(bench, eni_id):
    return bench.thread.run(bench.fabric.positions.interface, eni_id)


def address(bench, eni_id):
    return bench.fabric.cloud.network.network_interfaces[eni_id].ipv6_address


def attempt(bench, position, to, port=443, kind=socket.SOCK_STREAM):
    """How a connection ends, and as whom the internet's door saw it."""
    with bench.thread.run(position.socket, kind, socket.AF_INET6) as sock:
        try:
            sock.setblocking(True)
            sock.settimeout(LONG_ENOUGH)
            sock.connect((str(to), port))
        except (TimeoutError, ConnectionRefusedError) as end:
            return type(end).__name__, None
        except OSError as refusal:
            return refusal.strerror, None
        doors = [d.socket for d in bench.fabric.doors if d.purpose in {"https", "echo"}]
        ready, _, _ = select.select(doors, [], [], LONG_ENOUGH)
        accepted, peer = ready[0].accept()
        accepted.close()
        return "open", peer[0]


def test_addresses_are_given_by_the_rule(build):
    bench = build(dual_stack())
    (eni,) = bench.fabric.cloud.network.interfaces_of("Fn")
    assert [address(bench, "eni-A"), eni.ipv6_address] == [PRIVATE[4], PRIVATE[5]]


def test_internet_gateway_passes_addresses_as_they_are(build):
    bench = build(dual_stack())
    assert attempt(bench, at(bench, "eni-A"), INTERNET6_HOST) == ("open", str(PRIVATE[4]))


@pytest.mark.parametrize("gateway", [{}, EGRESS_ONLY])
def test_no_gateway_carries_private_addresses(build, gateway):
    bench = build(dual_stack(**gateway, block=PRIVATE_ADDRESSES))
    own = attempt(bench, at(bench, "eni-A"), address(bench, "eni-B"))[0]
    out = attempt(bench, at(bench, "eni-A"), INTERNET6_HOST)[0]
    assert (own, out) == ("ConnectionRefusedError", "TimeoutError")


@pytest.mark.parametrize(("gateway", "outcome"), [({}, "ConnectionRefusedError"), (EGRESS_ONLY, "TimeoutError")])
def test_the_internet_comes_in_by_a_whole_gateway_alone(build, gateway, outcome):
    bench = build(dual_stack(**gateway))
    client = bench.thread.run(bench.fabric.positions.internet)
    assert attempt(bench, client, address(bench, "eni-A"))[0] == outcome


def test_nothing_comes_in_where_there_is_an_egress_only_gateway_alone(build):
    bench = build(dual_stack(**EGRESS_ONLY, internet_gateways={}))
    client = bench.thread.run(bench.fabric.positions.internet)
    assert attempt(bench, client, address(bench, "eni-A"))[0] == "TimeoutError"
    assert attempt(bench, at(bench, "eni-A"), INTERNET6_HOST) == ("open", str(PRIVATE[4]))


def test_function_goes_out_by_the_address_of_its_interface(build):
    bench = build(dual_stack(**EGRESS_ONLY))
    (position,) = bench.positions()
    assert attempt(bench, position, INTERNET6_HOST) == ("open", str(PRIVATE[5]))


def test_function_that_may_not_use_ipv6_has_none(build):
    bench = build(dual_stack(functions={"Fn": function(groups=("Open",))}, network_interfaces={}))
    (position,) = bench.positions()
    assert attempt(bench, position, INTERNET6_HOST)[0] == "Network is unreachable"


@pytest.mark.parametrize(
    ("ingress", "outcome"),
    [
        ([rule("in", "Open")], "ConnectionRefusedError"),
        ([rule("in", PRIVATE, 443, protocol=TCP)], "ConnectionRefusedError"),
        ([rule("in", PUBLIC, 443, protocol=TCP)], "TimeoutError"),
        ([rule("in", EVERYWHERE)], "TimeoutError"),  # an IPv4 rule says nothing about IPv6
    ],
)
def test_group_of_the_receiver_decides(build, ingress, outcome):
    enis = {
        "eni-A": instance("A", "Private", "10.0.1.50", ("Open",)),
        "eni-B": instance("B", "Public", "10.0.2.50", ("Narrow",)),
    }
    bench = build(
        dual_stack(security_groups={"Open": OPEN, "Narrow": group("Narrow", ingress)}, network_interfaces=enis)
    )
    assert attempt(bench, at(bench, "eni-A"), address(bench, "eni-B"))[0] == outcome


@pytest.mark.parametrize(
    ("entry", "outcome"),
    [
        (acl_entry(10, allow=False, block=PRIVATE), "TimeoutError"),
        (acl_entry(10, allow=False), "ConnectionRefusedError"),
    ],
)
def test_acl_entries_are_of_one_family(build, entry, outcome):
    everything = (acl_entry(100), acl_entry(101, block=EVERYWHERE6))
    wall = NetworkAcl("Wall", "Vpc", (entry, *everything), everything, ("Public",))
    acls = {"Acl": NetworkAcl("Acl", "Vpc", everything, everything, default=True), "Wall": wall}
    bench = build(dual_stack(network_acls=acls))
    assert attempt(bench, at(bench, "eni-A"), address(bench, "eni-B"))[0] == outcome


@pytest.mark.parametrize("source", [PRIVATE[99], PUBLIC[99], INTERNET6_BLOCK[1]])
def test_an_instance_speaks_as_itself_alone(build, source):
    bench = build(dual_stack())
    position = at(bench, "eni-A")
    leaf = bench.fabric.vpcs.owner_of("eni-A")

    def take_a_foreign_address():
        leaf.rtnetlink.address(source, 10)
        leaf.rtnetlink.flush()

    bench.thread.run(take_a_foreign_address)
    with bench.thread.run(position.socket, socket.SOCK_STREAM, socket.AF_INET6) as sock:
        sock.bind((str(source), 0))
        sock.setblocking(True)
        sock.settimeout(LONG_ENOUGH)
        with pytest.raises(TimeoutError):
            sock.connect((str(address(bench, "eni-B")), 443))


def test_the_resolver_has_an_address_of_ipv6(build):
    bench = build(dual_stack())
    (door,) = [d for d in bench.fabric.doors if d.purpose == "dns" and d.socket.family == socket.AF_INET6]
    with bench.thread.run(at(bench, "eni-A").socket, socket.SOCK_DGRAM, socket.AF_INET6) as sock:
        for _ in range(10):  # a link is up a moment after it was made
            sock.sendto(b"question", (str(RESOLVER6), 53))
            ready, _, _ = select.select([door.datagrams], [], [], LONG_ENOUGH)
            if ready:
                break
        assert door.datagrams.recvfrom(100)[0] == b"question"


def test_egress_only_gateway_comes_and_goes(build):
    bench = build(dual_stack(**EGRESS_ONLY))
    bench.thread.run(bench.fabric.change, dual_stack(**EGRESS_ONLY, egress_only_internet_gateways={}))
    assert attempt(bench, at(bench, "eni-A"), INTERNET6_HOST)[0] == "TimeoutError"
    bench.thread.run(bench.fabric.change, dual_stack(**EGRESS_ONLY))
    assert attempt(bench, at(bench, "eni-A"), INTERNET6_HOST) == ("open", str(PRIVATE[4]))
