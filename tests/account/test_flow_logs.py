"""Flow logs as calls of EC2's API make, describe and delete them."""

import pytest

WANTED = {
    "ResourceType": "VPC",
    "TrafficType": "ALL",
    "LogGroupName": "flows",
    "DeliverLogsPermissionArn": "arn:aws:iam::1:role/r",
}


@pytest.fixture
def vpc_ids(ec2):
    return [ec2("CreateVpc", CidrBlock=block)["Vpc"]["VpcId"] for block in ("10.0.0.0/16", "10.1.0.0/16")]


def test_a_call_makes_a_log_for_each_resource(ec2, vpc_ids):
    made = ec2("CreateFlowLogs", ResourceIds=vpc_ids, **WANTED, TagSpecifications=[
        {"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Name", "Value": "all"}]}])  # fmt: skip
    assert made["Unsuccessful"] == []
    found = {one["FlowLogId"]: one for one in ec2("DescribeFlowLogs")["FlowLogs"]}
    assert [found[id_]["ResourceId"] for id_ in made["FlowLogIds"]] == vpc_ids
    first = found[made["FlowLogIds"][0]]
    assert (first["TrafficType"], first["LogGroupName"], first["FlowLogStatus"]) == ("ALL", "flows", "ACTIVE")
    assert (first["MaxAggregationInterval"], first["DeliverLogsStatus"]) == (600, "SUCCESS")
    assert first["LogFormat"].split()[:3] == ["${version}", "${account-id}", "${interface-id}"]
    assert first["Tags"] == [{"Key": "Name", "Value": "all"}]
    only = [{"Name": "resource-id", "Values": vpc_ids[1:]}]
    assert [one["ResourceId"] for one in ec2("DescribeFlowLogs", Filter=only)["FlowLogs"]] == vpc_ids[1:]


def test_the_same_log_again_is_listed_as_one_that_exists(ec2, vpc_ids):
    ec2("CreateFlowLogs", ResourceIds=vpc_ids[:1], **WANTED)
    again = ec2("CreateFlowLogs", ResourceIds=vpc_ids, **WANTED)
    assert [(one["ResourceId"], one["Error"]["Code"]) for one in again["Unsuccessful"]] == [
        (vpc_ids[0], "FlowLogAlreadyExists")
    ]
    assert len(again["FlowLogIds"]) == 1
    assert ec2("CreateFlowLogs", ResourceIds=vpc_ids[:1], **{**WANTED, "TrafficType": "REJECT"})["Unsuccessful"] == []


def test_deleted_logs_are_gone_and_unknown_ones_are_listed(ec2, vpc_ids):
    (id_, other) = ec2("CreateFlowLogs", ResourceIds=vpc_ids, **WANTED)["FlowLogIds"]
    answer = ec2("DeleteFlowLogs", FlowLogIds=[id_, "fl-0123456789abcdef0"])
    assert [one["ResourceId"] for one in answer["Unsuccessful"]] == ["fl-0123456789abcdef0"]
    assert [one["FlowLogId"] for one in ec2("DescribeFlowLogs")["FlowLogs"]] == [other]


def test_a_log_that_is_not_delivered_says_why(ec2, vpc_ids):
    wanted = {
        "ResourceType": "VPC",
        "TrafficType": "ALL",
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::b",
    }
    ec2("CreateFlowLogs", ResourceIds=vpc_ids[:1], **wanted, DestinationOptions={
        "FileFormat": "parquet", "HiveCompatiblePartitions": False, "PerHourPartition": False})  # fmt: skip
    (found,) = ec2("DescribeFlowLogs")["FlowLogs"]
    assert (found["DeliverLogsStatus"], found["DestinationOptions"]["FileFormat"]) == ("FAILED", "parquet")
    assert "Parquet" in found["DeliverLogsErrorMessage"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"TrafficType": None},
        {"LogGroupName": None},
        {"MaxAggregationInterval": 61},
        {"LogFormat": "${version} ${mood}"},
        {"ResourceIds": ["vpc-0123456789abcdef0"]},
    ],
)
def test_what_aws_refuses_makes_no_log(ec2, vpc_ids, wrong):
    asked = {"ResourceIds": vpc_ids, **WANTED, **wrong}
    refused = ec2("CreateFlowLogs", **{name: value for name, value in asked.items() if value is not None})
    assert isinstance(refused, str)
    assert ec2("DescribeFlowLogs")["FlowLogs"] == []
