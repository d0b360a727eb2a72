"""Logs of transit gateways and of regional NAT gateways: the flows that are theirs, their places, and their lines."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from netful.engine.flow_logs.lines import Recorded, empty_line, line
from netful.engine.flow_logs.log_format import LogFormat, format_of
from netful.engine.flow_logs.scopes import is_of, places, stream_place
from netful.model.core import Unknown
from netful.model.network.flow_logs import Action, FlowLog, FlowLogResourceType, FlowRecord, SeenFlow, Transit
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP
from netful.model.network.transit_gateways import TransitGatewayRoute
from tests.helpers.hand_made import cloud, joined_by_transit_gateway, regional_nat

GATEWAY = FlowLog("Log", FlowLogResourceType.TRANSIT_GATEWAY, "Tgw")
CLOUD = joined_by_transit_gateway()
HOLED = CLOUD.having(
    transit_gateway_route_tables={
        "Rtb": replace(
            CLOUD.network.transit_gateway_route_tables["Rtb"],
            routes=(TransitGatewayRoute("Hole", IPv4Network("10.1.1.50/32"), blackhole=True),),
        )
    }
)


def attachment(id_):
    return NetworkInterface(id_, InterfaceOwner.OTHER, id_, Unknown("it has several"))


def recorded(at, *, egress, pair, action=Action.ACCEPT, subnets=("Private", "W1"), within=CLOUD):
    transit = Transit("Tgw", subnets[0], pair, subnets[1] if pair else None)
    ends = IPv4Address("10.0.1.4"), IPv4Address("10.1.1.50")
    flow = SeenFlow("", at, egress, action, *ends, TCP, 40000, 5432, transit=transit)
    return Recorded(within, FlowRecord(flow, 3, 180, 1000.9, 1004.2, 2), attachment(at))


def values(seen, *names):
    return line(seen, LogFormat(names)).split()


def test_the_default_format_has_both_ends_and_no_action():
    id_ = CLOUD.aws_id
    account, text = CLOUD.account_id, line(recorded("A", egress=False, pair="B"), format_of(GATEWAY))
    assert text == (
        f"6 TransitGateway {account} {id_('Tgw')} {id_('A')} {account} {account} {id_('Vpc')} {id_('W')} {id_('Private')}"
        f" {id_('W1')} - - euw1-az1 euw1-az1 {id_('B')} 10.0.1.4 10.1.1.50 40000 5432 6 3 180 1000 1004 OK IPv4"
        " 0 0 0 0 2 eu-west-1 ingress - -"
    )


def test_source_and_destination_are_the_flows_at_both_attachments():
    names = ("tgw-src-vpc-id", "tgw-dst-vpc-id", "tgw-src-subnet-id", "tgw-dst-subnet-id", "flow-direction")
    leaving = recorded("B", egress=True, pair="A", subnets=("W1", "Private"))
    expected = [CLOUD.aws_id(name) for name in ("Vpc", "W", "Private", "W1")]
    assert values(leaving, *names) == [*expected, "egress"]


@pytest.mark.parametrize(("within", "lost"), [(CLOUD, ["3", "0"]), (HOLED, ["0", "3"])])
def test_lost_packets_have_the_reason_that_the_table_gives(within, lost):
    within = within if within is HOLED else without_routes(within)
    seen = recorded("A", egress=False, pair=None, action=Action.REJECT, within=within)
    assert values(seen, "packets-lost-no-route", "packets-lost-blackhole") == lost
    assert values(seen, "tgw-pair-attachment-id", "tgw-dst-vpc-id", "action") == ["-", "-", "-"]


def without_routes(given):
    tables = given.network.transit_gateway_route_tables
    return given.having(
        transit_gateway_route_tables={name: replace(one, propagations=()) for name, one in tables.items()}
    )


@pytest.mark.parametrize(
    ("kind", "of", "has"),
    [
        (FlowLogResourceType.TRANSIT_GATEWAY, "Tgw", {"A", "B"}),
        (FlowLogResourceType.TRANSIT_GATEWAY_ATTACHMENT, "B", {"B"}),
        (FlowLogResourceType.VPC, "Vpc", set()),
    ],
)
def test_a_log_has_the_flows_of_its_attachments(kind, of, has):
    log = FlowLog("Log", kind, of)
    seen = {at: recorded(at, egress=at == "B", pair="A" if at == "B" else "B") for at in ("A", "B")}
    assert {at for at, one in seen.items() if is_of(log, one.record.flow, one.interface)} == has
    if kind is not FlowLogResourceType.VPC:
        assert {*places(CLOUD, log)} == {("Tgw", at) for at in has}
        assert {stream_place(CLOUD, at) for at in has} == {"Tgw"}


def test_a_span_without_traffic_names_the_attachment():
    text = empty_line(CLOUD, "A", LogFormat(("tgw-id", "tgw-attachment-id", "start", "log-status")), (10, 70), "NODATA")
    assert text == f"{CLOUD.aws_id('Tgw')} {CLOUD.aws_id('A')} 10 NODATA"


def test_a_regional_nat_gateway_is_a_resource_and_no_interface():
    whole = cloud(**regional_nat())
    log = FlowLog("Log", FlowLogResourceType.REGIONAL_NAT_GATEWAY, "NatGw")
    own = NetworkInterface("NatGw", InterfaceOwner.NAT_GATEWAY, "NatGw", Unknown("in no subnet"))
    flow = SeenFlow(
        "Vpc", "NatGw", True, Action.ACCEPT, IPv4Address("203.0.113.1"), IPv4Address("192.0.2.1"), TCP
    )  # leaves it
    seen = Recorded(whole, FlowRecord(flow, 1, 60, 0, 0), own)
    assert values(seen, "resource-id", "interface-id", "subnet-id", "srcaddr") == [
        whole.aws_id("NatGw"), "-", "-", "203.0.113.1",
    ]  # fmt: skip
    assert is_of(log, flow, own)
    assert not is_of(FlowLog("Other", FlowLogResourceType.VPC, "Vpc"), flow, own)
    assert [*places(whole, log)] == [("Vpc", "NatGw")]
    assert line(seen, format_of(log)).split()[2] == "-"
