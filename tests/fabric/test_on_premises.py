"""On-premises in the kernel: by a virtual private gateway of one VPC, and by a transit gateway's VPN."""

from dataclasses import replace

import pytest

from netful.model.core import Origin
from netful.model.network.addresses import INTERNET_HOST
from netful.model.network.gateways import VpnGateway
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.transit_gateways import (
    AttachmentKind,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    VpnConnection,
)
from tests.helpers.hand_made import EVERYWHERE, IPv4Network, cloud, group, instance, nat, route, rule

pytestmark = pytest.mark.packets
SITE = IPv4Network("192.168.0.0/16")
WEB = "10.0.1.50"
OPEN = {"FnSg": group("FnSg"), "Open": group("Open", [rule("in", SITE)])}
BY_TRANSIT = {"kind": TargetKind.TRANSIT_GATEWAY}


def by_gateway(*routes, **parts):
    """A VPC with a virtual private gateway; `routes` are those of its main table, the way there unless given."""
    table = RouteTable("Main", "Vpc", routes or (route("There", "Vgw", SITE, TargetKind.VPN_GATEWAY),), main=True)
    return cloud(
        **{
            "route_tables": {"Main": table},
            "security_groups": OPEN,
            "network_interfaces": {"i": instance("Web", "Private", WEB, ("Open",))},
            "vpn_gateways": {"Vgw": VpnGateway("Vgw", "Vpc")},
            "vpn_connections": {"Vpn": VpnConnection("Vpn", vpn_gateway_id="Vgw", routes=(SITE,))},
        }
        | parts
    )


def by_transit(*, associated=("A", "B"), propagated=("A", "B"), static=(), kind=AttachmentKind.VPN):
    """A VPC attached to a transit gateway that has a VPN, or Direct Connect."""
    attachments = {
        "A": TransitGatewayAttachment("A", "Tgw", AttachmentKind.VPC, "Vpc", ("Private",)),
        "B": TransitGatewayAttachment("B", "Tgw", kind, "Vpn"),
    }
    zone = {"Private": replace(cloud().network.subnets["Private"], availability_zone="eu-west-1a")}
    return by_gateway(
        route("There", "Tgw", SITE, **BY_TRANSIT),
        subnets=zone,
        vpn_gateways={},
        vpn_connections={"Vpn": VpnConnection("Vpn", transit_gateway_id="Tgw", routes=(SITE,))},
        transit_gateways={"Tgw": TransitGateway("Tgw")},
        transit_gateway_attachments=attachments,
        transit_gateway_route_tables={
            "Rtb": TransitGatewayRouteTable("Rtb", "Tgw", tuple(static), associated, propagated)
        },
    )


def attempts(bench):
    """How it ends from on-premises to an instance, and from a function to on-premises."""
    there = bench.thread.run(bench.fabric.positions.on_premises)
    return bench.connect(there, WEB, 22)[0], bench.from_function(there.address, 22)


DIRECT_CONNECT = by_transit(
    kind=AttachmentKind.DIRECT_CONNECT, propagated=("A",), static=(TransitGatewayRoute("there", SITE, "B"),)
)


BY_BGP = VpnConnection("Vpn", vpn_gateway_id="Vgw")
OPENED = {
    "virtual private gateway": by_gateway(),
    "virtual private gateway that learns by BGP": by_gateway(vpn_connections={"Vpn": BY_BGP}),
    "virtual private gateway with Direct Connect": by_gateway(
        vpn_connections={}, vpn_gateways={"Vgw": VpnGateway("Vgw", "Vpc", direct_connect=True)}
    ),
    "transit gateway": by_transit(),
    "Direct Connect": DIRECT_CONNECT,
}


@pytest.mark.parametrize("found", OPENED.values(), ids=OPENED)
def test_both_ways_are_open(build, found):
    assert attempts(build(found)) == ("refused", "refused")


HOLE = TransitGatewayRoute("hole", SITE, blackhole=True)
CLOSED = {
    "no way back in the VPC": (by_gateway(route("Other", "Vgw", IPv4Network("172.16.0.0/12"), TargetKind.VPN_GATEWAY))),
    "nothing learned of the VPN": by_transit(propagated=("A",)),
    "a hole at the gateway": by_transit(static=(HOLE,)),
    "the VPC in no table": by_transit(associated=("B",)),
}


@pytest.mark.parametrize("found", CLOSED.values(), ids=CLOSED)
def test_what_lacks_is_a_silent_end_of_both_ways(build, found):
    assert attempts(build(found)) == ("timeout", "timeout")


@pytest.mark.parametrize("connections", [{}, {"Vpn": replace(BY_BGP, static_routes_only=True)}])
def test_a_gateway_without_a_connection_or_a_static_route_leads_nowhere(build, connections):
    bench = build(by_gateway(vpn_connections=connections))
    assert bench.from_function(SITE[10], 22) == "timeout"


def test_a_group_decides_on_who_comes_from_there(build):
    groups = {"FnSg": group("FnSg"), "Open": group("Open", [rule("in", IPv4Network("192.168.77.0/24"))])}
    assert attempts(build(by_gateway(security_groups=groups))) == ("timeout", "refused")


def test_nobody_goes_on_through_the_vpc_to_the_internet(build):
    """A virtual private gateway leads to its VPC alone (vpc-network §7.3)."""
    found = nat(
        vpn_gateways={"Vgw": VpnGateway("Vgw", "Vpc")},
        vpn_connections={"Vpn": VpnConnection("Vpn", vpn_gateway_id="Vgw", routes=(SITE,))},
        security_groups={"FnSg": group("FnSg", [rule("in", EVERYWHERE)])},
    )
    bench = build(found)
    there = bench.thread.run(bench.fabric.positions.on_premises)
    assert bench.connect(there, INTERNET_HOST, 443)[0] == "timeout"


def test_the_way_there_comes_and_goes(build):
    bench = build(by_gateway())
    bench.thread.run(bench.fabric.change, by_transit())
    assert attempts(bench) == ("refused", "refused")
    bench.thread.run(bench.fabric.change, by_gateway())
    assert attempts(bench) == ("refused", "refused")


def test_another_line_of_the_sources_leaves_the_site_as_it_is(build):
    bench = build(by_gateway())
    there = bench.thread.run(bench.fabric.positions.on_premises)
    moved = {"Vgw": VpnGateway("Vgw", "Vpc", origin=Origin("template.yaml", 7))}
    bench.thread.run(bench.fabric.change, by_gateway(vpn_gateways=moved))
    assert bench.connect(there, WEB, 22)[0] == "refused"


def peered(static=True):
    """`by_transit`, whose VPN is on a second gateway that the first one is peered with."""
    found = by_transit()
    attachments = dict(found.network.transit_gateway_attachments) | {
        "B": replace(found.network.transit_gateway_attachments["B"], transit_gateway_id="Far"),
        "P1": TransitGatewayAttachment("P1", "Tgw", AttachmentKind.PEERING, "Far", peer_attachment_id="P2"),
        "P2": TransitGatewayAttachment("P2", "Far", AttachmentKind.PEERING, "Tgw", peer_attachment_id="P1"),
    }
    there = (TransitGatewayRoute("there", SITE, "P1"),) if static else ()
    tables = {
        "Rtb": TransitGatewayRouteTable("Rtb", "Tgw", there, ("A", "P1"), ("A", "P1")),
        "Far": TransitGatewayRouteTable(
            "Far", "Far", (TransitGatewayRoute("back", IPv4Network("10.0.0.0/16"), "P2"),), ("B", "P2"), ("B",)
        ),
    }
    return found.having(
        transit_gateways=dict(found.network.transit_gateways) | {"Far": TransitGateway("Far")},
        transit_gateway_attachments=attachments,
        transit_gateway_route_tables=tables,
        vpn_connections={"Vpn": VpnConnection("Vpn", transit_gateway_id="Far", routes=(SITE,))},
    )


@pytest.mark.parametrize(("static", "outcome"), [(True, "refused"), (False, "timeout")])
def test_transit_gateways_that_are_peered_learn_nothing_of_one_another(build, static, outcome):
    assert attempts(build(peered(static))) == (outcome, outcome)
