"""Places of flow logs: groups, buckets and keys, and logs that have no place."""

from datetime import UTC, datetime

import pytest

from netful.engine.flow_logs.destinations import bucket, log_group, log_stream, object_key, undelivered
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.flow_logs import FlowLog, FlowLogResourceType, LogDestinationType, TrafficType

VPC, S3 = FlowLogResourceType.VPC, LogDestinationType.S3
AT = datetime(2023, 11, 14, 22, 13, tzinfo=UTC)
TO_BUCKET = FlowLog("Log", VPC, "Vpc", log_destination_type=S3, log_destination="arn:aws:s3:::bucket/own/")
CLOUD = Cloud.of(account_id="123456789012", region="eu-west-1", flow_logs={"Log": TO_BUCKET})
FILE = f"123456789012_vpcflowlogs_eu-west-1_{CLOUD.aws_id('Log')}_20231114T2213Z_ab.log.gz"
HIVE = "own/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2023/month=11/day=14"


@pytest.mark.parametrize(
    ("options", "folder"),
    [
        ({}, "own/AWSLogs/123456789012/vpcflowlogs/eu-west-1/2023/11/14"),
        ({"PerHourPartition": "true"}, "own/AWSLogs/123456789012/vpcflowlogs/eu-west-1/2023/11/14/22"),
        ({"HiveCompatiblePartitions": "true"}, HIVE),
        ({"HiveCompatiblePartitions": "true", "PerHourPartition": "true"}, f"{HIVE}/hour=22"),
    ],
)
def test_keys_have_awss_layout(options, folder):
    log = FlowLog("Log", VPC, "Vpc", log_destination="arn:aws:s3:::bucket/own/", destination_options=options)
    assert bucket(log) == ("bucket", "own")
    assert object_key(CLOUD, log, AT, "ab") == f"{folder}/{FILE}"


def test_a_group_is_named_or_has_an_arn():
    assert log_group(FlowLog("Log", VPC, "Vpc", log_group_name="flows")) == "flows"
    arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/my/flows:*"
    assert log_group(FlowLog("Log", VPC, "Vpc", log_destination=arn)) == "/my/flows"


def test_a_stream_is_an_interfaces():
    assert log_stream(FlowLog("Log", VPC, "Vpc", TrafficType.REJECT), "eni-1") == "eni-1-reject"


@pytest.mark.parametrize(
    "log",
    [
        FlowLog("Log", VPC, Unknown("a parameter"), log_group_name="g"),
        FlowLog("Log", VPC, "Vpc"),
        FlowLog("Log", VPC, "Vpc", log_group_name="g", log_format="${version} ${mood}"),
        FlowLog("Log", VPC, "Vpc", log_destination_type=LogDestinationType.FIREHOSE, log_destination="arn:x"),
        FlowLog("Log", VPC, "Vpc", log_destination_type=S3, log_destination="arn:aws:s3:::b", destination_options={"FileFormat": "parquet"}),
    ],
)  # fmt: skip
def test_a_log_that_cannot_be_delivered_has_a_reason(log):
    assert undelivered(log)
    assert undelivered(TO_BUCKET) is None
