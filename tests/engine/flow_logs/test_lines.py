"""Lines of flow logs: every field of a record, in the order of the format."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from netful.engine.flow_logs.lines import Recorded, empty_line, line
from netful.engine.flow_logs.log_format import LogFormat, format_of
from netful.model.core import Unknown
from netful.model.network.addresses import INTERNET_HOST, prefix_list_block
from netful.model.network.flow_logs import Action, FlowLog, FlowLogResourceType, FlowRecord, RejectReason, SeenFlow
from netful.model.network.gateways import VpcPeeringConnection
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.protocols import TCP
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.vpc import Subnet, Vpc
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
from tests.helpers.hand_made import nat, route

FN, NAT = InterfaceOwner.LAMBDA, InterfaceOwner.NAT_GATEWAY
SUBNETS = {
    "Private": Subnet("Private", "Vpc", IPv4Network("10.0.1.0/24"), availability_zone="eu-west-1b"),
    "Public": Subnet("Public", "Vpc", IPv4Network("10.0.2.0/24"), availability_zone="eu-west-1a"),
}
CLOUD = nat(subnets=SUBNETS)
INTERFACES = {eni.owner: eni for eni in CLOUD.network.network_interfaces.values()}


def recorded(owner=FN, *, source=None, destination=INTERNET_HOST, egress=True, **more):
    eni = INTERFACES[owner]
    flow = SeenFlow(
        "Vpc", eni.id, egress, Action.ACCEPT, source or eni.private_ip_address, destination, TCP, 40000, 443
    )
    return Recorded(CLOUD, FlowRecord(replace(flow, **more), 3, 180, 1000.9, 1004.2, 19), eni)


def value(name, seen):
    return line(seen, LogFormat((name,)))


def test_the_default_format_is_awss():
    log = FlowLog("Log", FlowLogResourceType.VPC, "Vpc")
    id_ = CLOUD.aws_id(INTERFACES[FN].id)
    own = INTERFACES[FN].private_ip_address
    assert line(recorded(), format_of(log)) == (
        f"2 {CLOUD.account_id} {id_} {own} {INTERNET_HOST} 40000 443 6 3 180 1000 1004 ACCEPT OK"
    )


def test_the_version_is_the_highest_of_the_fields():
    log = FlowLog("Log", FlowLogResourceType.VPC, "Vpc", log_format="${version} ${flow-direction} ${vpc-id}")
    assert line(recorded(), format_of(log)) == f"5 egress {CLOUD.aws_id('Vpc')}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tcp-flags", "19"),
        ("type", "IPv4"),
        ("subnet-id", CLOUD.aws_id("Private")),
        ("az-id", "euw1-az2"),
        ("region", "eu-west-1"),
        ("traffic-path", "1"),
        ("instance-id", "-"),
        ("sublocation-type", "-"),
        ("reject-reason", "-"),
        ("ecs-cluster-name", "-"),
    ],
)
def test_fields(name, expected):
    assert value(name, recorded()) == expected


def test_the_instance_of_an_interface():
    seen = recorded()
    host = replace(seen.interface, owner=InterfaceOwner.INSTANCE, owner_id="Web")
    assert value("instance-id", replace(seen, interface=host)) == CLOUD.aws_id("Web")


def test_a_nat_gateways_interface_shows_its_own_address_beside_the_packets():
    client = INTERFACES[FN].private_ip_address
    inward = recorded(NAT, source=client, egress=False)
    own = INTERFACES[NAT].private_ip_address
    assert line(inward, LogFormat(("srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr"))) == (
        f"{client} {own} {client} {INTERNET_HOST}"
    )
    assert value("traffic-path", inward) == "-"  # only egress has one
    assert value("traffic-path", recorded(NAT)) == "8"


@pytest.mark.parametrize(
    ("kind", "target", "path"),
    [
        (TargetKind.VPC_ENDPOINT, "Inspector", "1"),
        (TargetKind.VPC_ENDPOINT, "S3", "7"),
        (TargetKind.PEERING, "Near", "4"),
        (TargetKind.PEERING, "Far", "5"),
        (TargetKind.PEERING, "Elsewhere", "5"),
        (TargetKind.PEERING, "Beside", "4"),
        (TargetKind.PEERING, "Anywhere", "-"),
    ],
)
def test_the_path_by_a_target_depends_on_the_target(kind, target, path):
    out = route("Out", target, IPv4Network("0.0.0.0/0"), kind)
    cloud = CLOUD.having(
        vpcs={**CLOUD.network.vpcs, **{id_: Vpc(id_, (), region=id_) for id_ in ("eu-west-1", "us-east-1")}},
        route_tables={"Private": RouteTable("Private", "Vpc", (out,), ("Private",))},
        vpc_endpoints={
            "Inspector": VpcEndpoint("Inspector", "Vpc", "", "", EndpointType.OTHER, ("Public",)),
            "S3": VpcEndpoint("S3", "Vpc", "", "s3", EndpointType.GATEWAY),
        },
        vpc_peering_connections={
            "Near": VpcPeeringConnection("Near", "Vpc", "eu-west-1"),
            "Far": VpcPeeringConnection("Far", "Vpc", "us-east-1"),
            "Elsewhere": VpcPeeringConnection("Elsewhere", "Vpc", "vpc-1", peer_region="us-east-1"),
            "Beside": VpcPeeringConnection("Beside", "Vpc", "vpc-1", peer_region="eu-west-1"),
            "Anywhere": VpcPeeringConnection("Anywhere", "Vpc", "vpc-1", peer_region=Unknown("not known")),
        },
    )
    assert value("traffic-path", replace(recorded(), cloud=cloud)) == path


def test_services_are_named_by_their_addresses():
    s3 = recorded(destination=prefix_list_block("s3", "eu-west-1")[10])
    assert value("pkt-dst-aws-service", s3) == "S3"
    assert value("pkt-dst-aws-service", recorded(destination=IPv4Address("198.18.0.9"))) == "AMAZON"
    assert value("pkt-dst-aws-service", recorded()) == "-"


def test_block_public_access_is_a_reason():
    assert value("reject-reason", recorded(action=Action.REJECT, reason=RejectReason.BLOCK_PUBLIC_ACCESS)) == "BPA"


def test_a_span_without_records():
    log_format = format_of(FlowLog("Log", FlowLogResourceType.VPC, "Vpc"))
    eni = INTERFACES[FN].id
    assert empty_line(CLOUD, eni, log_format, (10.0, 70.5), "NODATA") == (
        f"2 {CLOUD.account_id} {CLOUD.aws_id(eni)} - - - - - - - 10 70 - NODATA"
    )
