"""Answers whose last page is missing: what they are about is not known, whatever other answers are whole."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import Unknown
from tests.helpers.described_answers import ANSWERS, account

ZONES = {
    f"zone-{id_}": {"HostedZone": {"Id": f"/hostedzone/{id_}", "Name": f"{name}.", "Config": {"PrivateZone": True}, "ResourceRecordSetCount": 3}, "VPCs": [{"VPCId": "vpc-1"}]}
    for id_, name in (("Z1", "one.corp"), ("Z2", "two.corp"))
}  # fmt: skip
RECORDS = {
    f"records-{id_}": {"ResourceRecordSets": [{"Name": f"web.{name}.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.10"}]}], "IsTruncated": False}
    for id_, name in (("Z1", "one.corp"), ("Z2", "two.corp"))
}  # fmt: skip
ZONES["hostnames"] = {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": True}}
IN_ZONE = ("i-2", "https://other.one.corp/")


@pytest.mark.parametrize(
    ("name", "mark", "question", "whole"),
    [
        ("resources", {"position": "x"}, ("internet", "rest123456 GET /prod/"), "reachable"),
        ("routes", {"NextToken": "x"}, ("internet", "http123456 GET /y"), "blocked"),
        ("integrations", {"NextToken": "x"}, ("internet", "http123456 GET /x"), "reachable"),
        ("rules", {"NextMarker": "x"}, ("i-2", "http://front.example/x"), "reachable"),
        ("listeners", {"NextMarker": "x"}, ("i-2", "front:tcp/81"), "blocked"),
        ("records-Z1", {"IsTruncated": True}, IN_ZONE, "blocked"),
        ("tables", {"NextToken": "x"}, ("i-2", "192.168.0.9:tcp/22"), "blocked"),
        ("subnets", {"NextToken": "x"}, ("i-2", "10.0.9.9:tcp/22"), "blocked"),
    ],
)
def test_a_page_without_the_last_one_leaves_its_subject_in_doubt(tmp_path, name, mark, question, whole):
    answers = ANSWERS | ZONES | RECORDS
    paths = []
    for more in ({}, mark):
        cloud = account(tmp_path, **{**answers, name: answers[name] | more})
        paths.append(trace(cloud, parse(cloud, *question)))
        assert ["last page" in one for one in cloud.template.warnings].count(True) == len(more)
    before, after = paths
    assert before.verdict == whole
    assert after.verdict == "unknown" or {*after.assumptions} - {*before.assumptions}


@pytest.mark.parametrize("last", [{"IsTruncated": False}, {}])
def test_the_pages_of_one_subject_may_be_files_of_their_own(tmp_path, last):
    first = RECORDS["records-Z1"] | {"IsTruncated": True}
    second = {"ResourceRecordSets": [{"Name": "other.one.corp.", "Type": "TXT"}]} | last
    cloud = account(tmp_path, **{**ZONES, **RECORDS, "records-Z1": first, "records-Z1-more": second})
    assert trace(cloud, parse(cloud, *IN_ZONE)).verdict == "blocked"
    assert not any("last page" in one for one in cloud.template.warnings)


@pytest.mark.parametrize(("count", "verdict"), [(3, "unknown"), (2, "blocked")])
def test_records_that_were_not_described_are_unknown(tmp_path, count, verdict):
    """A zone has two records of its own."""
    zone = ZONES["zone-Z1"] | {"HostedZone": ZONES["zone-Z1"]["HostedZone"] | {"ResourceRecordSetCount": count}}
    cloud = account(tmp_path, **{**ZONES, "zone-Z1": zone})
    path = trace(cloud, parse(cloud, *IN_ZONE))
    assert path.verdict == verdict
    assert ["aws route53 list-resource-record-sets --hosted-zone-id Z1" in one for one in path.missing] == [True] * (
        count - 2
    )


@pytest.mark.parametrize(("more", "is_known"), [(False, True), (True, False)])
def test_more_routes_of_a_transit_gateway_than_an_answer_has(tmp_path, more, is_known):
    attachments = [
        {"TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayId": "tgw-1", "State": "available", "VpcId": "vpc-1", "SubnetIds": ["subnet-1"]}
    ]  # fmt: skip
    cloud = account(
        tmp_path,
        gateways={"TransitGateways": [{"TransitGatewayId": "tgw-1", "Options": {"DefaultRouteTableAssociation": "disable"}}]},
        attachments={"TransitGatewayVpcAttachments": attachments},
        tables_of={"TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1", "State": "available"}]},
        found={"Routes": [], "AdditionalRoutesAvailable": more},
    )  # fmt: skip
    routes = cloud.network.transit_gateway_route_tables["tgw-rtb-1"].routes
    assert (routes == ()) == is_known
    assert all(isinstance(one.destination_cidr_block, Unknown) for one in routes)


def test_endpoints_on_a_missing_page_are_an_assumption(tmp_path):
    cloud = account(tmp_path, endpoints={"VpcEndpoints": [], "NextToken": "x"})
    path = trace(cloud, parse(cloud, "i-2", "10.0.0.10:tcp/22"))
    assert "vpc-1 has no endpoint: no file has the output of `aws ec2 describe-vpc-endpoints`" in path.assumptions
