"""Flows as the kernel counts them at each interface: what its rules let pass, and what they drop."""

import errno
import re
import socket
import subprocess
import time
from ipaddress import IPv4Network
from types import SimpleNamespace

import pytest

from netful.engine.flow_logs.refusals import refusals
from netful.fabric.kernel.set_elements import Element
from netful.fabric.routers import element_counts
from netful.fabric.routers.flow_counters import FlowCounters
from netful.fabric.rules.flow_accounting import PLACES, SIZE, SYN, SYN_ACK, sets_of
from netful.fabric.vpcs.transit_counters import TransitCounters
from netful.model.network.addresses import INTERNET_HOST
from netful.model.network.block_public_access import BlockMode, VpcBlockPublicAccessOptions
from netful.model.network.encryption_control import EncryptionMode, VpcEncryptionControl
from netful.model.network.network_acls import NetworkAcl
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.transit_gateways import TransitGatewayRoute, TransitGatewayRouteTable
from tests.helpers.hand_made import (
    TCP,
    acl_entry,
    cloud,
    endpoint,
    group,
    joined_by_transit_gateway,
    nat,
    regional_nat,
    rule,
)

pytestmark = pytest.mark.packets

HTTPS = rule("EndpointSg.https", "FnSg", 443, protocol=TCP)
ENDPOINT = "10.0.1.4"
PRIVATE = IPv4Network("10.0.1.0/24")
OUT, IN = True, False


@pytest.fixture
def counted(build):
    """Return the flows that a connection from the function makes: by owner, direction and action, with the flags."""
    counting = []

    def count(cloud, address, port):
        bench = build(cloud)
        (router,) = bench.fabric.vpcs.routers
        counters = bench.thread.run(FlowCounters, router)
        counting.append((bench, counters))
        outcome = bench.from_function(address, port)
        owners = {eni.id: eni.owner for eni in bench.fabric.cloud.network.network_interfaces.values()}
        found = {}
        for one in counters.read():
            key = owners[one.flow.interface_id], one.flow.egress, one.flow.action.value
            found[key] = found.get(key, 0) | one.tcp_flags
        assert counters.read() == []  # everything is reported once
        return outcome, found

    yield count
    for bench, counters in counting:
        bench.thread.run(counters.close)


FN, EP, NAT = InterfaceOwner.LAMBDA, InterfaceOwner.ENDPOINT, InterfaceOwner.NAT_GATEWAY


def test_both_directions_are_accepted_at_both_interfaces(counted):
    outcome, found = counted(endpoint([HTTPS]), ENDPOINT, 443)
    assert outcome == "open"
    assert found[FN, OUT, "ACCEPT"] & SYN
    assert found[EP, IN, "ACCEPT"] & SYN
    assert found[EP, OUT, "ACCEPT"] & SYN_ACK == SYN_ACK
    assert found[FN, IN, "ACCEPT"] & SYN_ACK == SYN_ACK
    assert {action for _, _, action in found} == {"ACCEPT"}


def test_a_slow_read_reports_nothing_twice(build, monkeypatch):
    """The machine stops for five seconds before the kernel answers for each set, in the first read alone."""
    bench = build(nat())
    (router,) = bench.fabric.vpcs.routers
    counts = bench.thread.run(FlowCounters, router)
    stopped, pause, of_the_kernel = 0, 5, counts.elements.read

    def slow(table, name):
        nonlocal stopped
        stopped += pause
        for one in of_the_kernel(table, name):
            yield Element(one.key, one.packets, one.bytes, one.left - stopped)

    monkeypatch.setattr(counts.elements, "read", slow)
    monkeypatch.setattr(element_counts, "time", SimpleNamespace(time=lambda: time.time() + stopped))
    assert bench.from_function(INTERNET_HOST, 443) == "open"
    assert [*counts.read()]
    pause = 0
    assert [*counts.read()] == []
    bench.thread.run(counts.close)


def test_refusal_of_the_receiver_is_the_receivers(counted):
    outcome, found = counted(endpoint([]), ENDPOINT, 443)
    assert outcome == "timeout"
    assert found == {(FN, OUT, "ACCEPT"): SYN, (EP, IN, "REJECT"): SYN}


def test_refusal_of_the_sender_reaches_no_other_interface(counted):
    closed = endpoint([HTTPS], security_groups={"FnSg": group("FnSg", egress=()), "EpSg": group("EpSg", [HTTPS])})
    assert counted(closed, ENDPOINT, 443) == ("timeout", {(FN, OUT, "REJECT"): SYN})


def test_answer_that_an_acl_denies_is_one_accept_and_one_reject(counted):
    """An ACL of the NAT gateway's subnet that denies what comes back to the function's subnet."""
    every = (acl_entry(100),)
    wall = NetworkAcl("Wall", "Vpc", every, (acl_entry(1, allow=False, block=PRIVATE), *every), ("Public",))
    cloud = nat()
    outcome, found = counted(
        cloud.having(network_acls={**cloud.network.network_acls, "Wall": wall}), INTERNET_HOST, 443
    )
    assert outcome == "timeout"
    assert found[NAT, IN, "ACCEPT"] & SYN
    assert found[NAT, OUT, "REJECT"] & SYN_ACK == SYN_ACK
    assert (FN, IN, "ACCEPT") not in found


def test_nat_gateway_has_the_flow_on_both_sides(counted):
    outcome, found = counted(nat(), INTERNET_HOST, 443)
    assert outcome == "open"
    assert {(FN, OUT, "ACCEPT"), (NAT, IN, "ACCEPT"), (NAT, OUT, "ACCEPT"), (FN, IN, "ACCEPT")} == found.keys()


BLOCKED = {"Bpa": VpcBlockPublicAccessOptions("Bpa", BlockMode.BIDIRECTIONAL, "eu-west-1")}
ENFORCED = {"Control": VpcEncryptionControl("Control", "Vpc", EncryptionMode.ENFORCE)}


@pytest.mark.parametrize(
    ("given", "reason"), [({"block_public_access_options": BLOCKED}, "BPA"), ({"encryption_controls": ENFORCED}, "EC")]
)
def test_a_refusal_of_the_account_has_its_reason(build, given, reason):
    bench = build(nat(**given))
    (router,) = bench.fabric.vpcs.routers
    counters = bench.thread.run(FlowCounters, router)
    assert bench.from_function(INTERNET_HOST, 443) == "timeout"
    refused = [one.flow for one in counters.read() if one.flow.action == "REJECT"]
    assert {(flow.egress, flow.reason) for flow in refused} == {(True, reason)}
    bench.thread.run(counters.close)


def test_connection_goes_on_when_the_counting_ends(build):
    bench = build(endpoint([HTTPS]))
    (router,) = bench.fabric.vpcs.routers
    for _ in range(2):  # the router can be counted again
        counters = bench.thread.run(FlowCounters, router)
        assert bench.from_function(ENDPOINT, 443) == "open"
        bench.thread.run(counters.close)
    assert bench.from_function(ENDPOINT, 443) == "open"
    assert bench.from_function("10.0.1.4", 9) == "timeout"  # refusals drop as before


def test_datagrams_have_ports_and_no_flags(build):
    bench = build(nat())
    (router,) = bench.fabric.vpcs.routers
    counters = bench.thread.run(FlowCounters, router)
    (position,) = bench.positions()
    with bench.thread.run(position.socket, socket.SOCK_DGRAM) as sock:
        assert sock.connect_ex((str(INTERNET_HOST), 123)) in {0, errno.EINPROGRESS}
        sock.send(b"time")
    sent = [one for one in counters.read() if one.flow.egress]
    assert {(one.flow.protocol, one.flow.destination_port, one.packets, one.bytes, one.tcp_flags) for one in sent} == {
        (socket.IPPROTO_UDP, 123, 1, 20 + 8 + 4, 0)
    }
    bench.thread.run(counters.close)


def test_the_rules_can_be_listed_while_flows_are_counted(build):
    """`nft list` and `nft monitor` read all elements of all sets first, and end themselves at those that they cannot."""
    bench = build(endpoint([HTTPS]))
    (router,) = bench.fabric.vpcs.routers
    counters = bench.thread.run(FlowCounters, router)
    for _ in range(2):
        assert bench.from_function(ENDPOINT, 443) == "open"

    def listed():
        with router.node.netns.inside():
            return subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True, check=True).stdout

    text = bench.thread.run(listed)
    assert len(re.findall(r"(01bb|0xbb01\w{4}) counter packets", text)) >= 2  # of older nft in the order of the packet
    limited = re.findall(rf"set (\w+) {{[^{{}}]*\bsize {SIZE}\n", text)
    assert {one.name for one in sets_of(PLACES)} <= {*limited}  # the kernel's limit is the one that is told
    bench.thread.run(counters.close)


def test_a_regional_nat_gateway_has_the_flow_on_both_sides(build):
    """In no subnet, and so without a network ACL, an interface or a private address."""
    bench = build(cloud(**regional_nat()))
    (router,) = bench.fabric.vpcs.routers
    counters = bench.thread.run(FlowCounters, router)
    (position,) = bench.positions()
    outcome, public, _ = bench.connect(position, INTERNET_HOST, 443)
    assert outcome == "open"
    own = [one.flow for one in counters.read() if one.flow.interface_id == "NatGw"]
    client = bench.fabric.cloud.network.network_interfaces["eni-Private-FnSg"].private_ip_address
    ends = {(flow.egress, str(flow.source), str(flow.destination)) for flow in own}
    assert ends == {
        (False, str(client), str(INTERNET_HOST)),
        (True, public, str(INTERNET_HOST)),
        (False, str(INTERNET_HOST), public),
        (True, str(INTERNET_HOST), str(client)),
    }
    bench.thread.run(counters.close)


def through_transit_gateway(build, table, outcome):
    """Connect by a transit gateway with a table; return its first packets: attachment, egress, subnets and pair; and the refusals."""
    bench = build(joined_by_transit_gateway().having(transit_gateway_route_tables={"Rtb": table}))
    (gateway,) = bench.fabric.vpcs.transit_gateways
    counters = bench.thread.run(TransitCounters, gateway)
    assert bench.from_function("10.1.1.50", 5432) == outcome
    found = {one.flow: one for one in counters.read() if str(one.flow.destination) == "10.1.1.50"}
    assert counters.read() == []
    bench.thread.run(counters.close)
    assert bench.from_function("10.1.1.50", 5432) == outcome  # as before
    ends = {
        (flow.interface_id, flow.egress, flow.transit.subnet_id, flow.transit.pair_id, flow.transit.pair_subnet_id)
        for flow in found
    }
    refused = {
        (ruling.component, ruling.code)
        for one in found.values()
        if one.flow.action == "REJECT"
        for ruling in refusals(bench.fabric.cloud, one, counters.interfaces[one.flow.interface_id])
    }
    return ends, refused


BOTH = ("A", "B")
LOST = {("A", False, "Private", None, None)}


def test_what_a_transit_gateway_carries_is_counted_at_both_attachments(build):
    table = TransitGatewayRouteTable("Rtb", "Tgw", associations=BOTH, propagations=BOTH)
    assert through_transit_gateway(build, table, "refused") == (
        {("A", False, "Private", "B", "W1"), ("B", True, "W1", "A", "Private")},
        set(),
    )


@pytest.mark.parametrize(
    ("table", "refusal"),
    [
        ({"associations": BOTH}, ("Rtb", "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT")),
        ({"propagations": BOTH}, ("A", "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION")),
        (
            {
                "associations": BOTH,
                "propagations": BOTH,
                "routes": (TransitGatewayRoute("Hole", IPv4Network("10.1.1.0/24"), blackhole=True),),
            },
            ("Rtb", "TGW_RTB_BAD_STATE_ROUTE"),
        ),
    ],
)
def test_what_a_transit_gateway_does_not_carry_is_lost_where_it_came(build, table, refusal):
    assert through_transit_gateway(build, TransitGatewayRouteTable("Rtb", "Tgw", **table), "timeout") == (
        LOST,
        {refusal},
    )
