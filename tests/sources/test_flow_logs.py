"""Flow logs, as templates, plans and described accounts write them."""

import json

from netful.model.network.flow_logs import FlowLogResourceType, LogDestinationType, TrafficType
from netful.sources import load
from tests.helpers.terraform_plans import network, refers

VPC = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
"""


def only(cloud):
    (found,) = cloud.network.flow_logs.values()
    return found


def test_a_template(cloud_of):
    made = only(
        cloud_of(
            VPC
            + """
  Log:
    Type: AWS::EC2::FlowLog
    Properties:
      ResourceType: VPC
      ResourceId: !Ref Vpc
      TrafficType: REJECT
      LogDestinationType: s3
      LogDestination: arn:aws:s3:::bucket/folder
      MaxAggregationInterval: 60
      LogFormat: ${version} ${vpc-id}
      DestinationOptions: {FileFormat: plain-text, HiveCompatiblePartitions: true, PerHourPartition: false}
"""
        )
    )
    assert (made.resource_type, made.resource_id) == (FlowLogResourceType.VPC, "Vpc")
    assert (made.traffic_type, made.log_destination_type) == (TrafficType.REJECT, LogDestinationType.S3)
    assert (made.log_destination, made.log_format) == ("arn:aws:s3:::bucket/folder", "${version} ${vpc-id}")
    assert made.max_aggregation_interval == 60
    assert made.destination_options == {
        "FileFormat": "plain-text", "HiveCompatiblePartitions": "true", "PerHourPartition": "false"
    }  # fmt: skip


def test_what_a_template_leaves_out_is_awss_default(cloud_of):
    made = only(
        cloud_of(
            VPC
            + "  Log: {Type: AWS::EC2::FlowLog, Properties: {ResourceType: VPC, ResourceId: !Ref Vpc, LogGroupName: g}}"
        )
    )
    assert (made.traffic_type, made.log_destination_type) == (TrafficType.ALL, LogDestinationType.CLOUD_WATCH_LOGS)
    assert (made.max_aggregation_interval, made.log_format, made.log_group_name) == (600, None, "g")


def test_a_plan(tmp_path):
    plan = network()
    options = [{"file_format": "plain-text", "per_hour_partition": True}]
    plan.add(
        "aws_flow_log.log", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., traffic_type="ALL",
        log_destination_type="s3", log_destination="arn:aws:s3:::b", destination_options=options,
    )  # fmt: skip
    made = only(load([plan.write(tmp_path)]))
    assert (made.resource_type, made.resource_id) == (FlowLogResourceType.VPC, "aws_vpc.main")
    assert (made.log_destination_type, made.log_destination) == (LogDestinationType.S3, "arn:aws:s3:::b")
    assert made.destination_options == {"FileFormat": "plain-text", "PerHourPartition": "true"}


def test_a_description_says_the_type_by_the_id(tmp_path):
    said = {"FlowLogId": "fl-0123456789abcdef0", "ResourceId": "subnet-0123456789abcdef0", "TrafficType": "ACCEPT",
            "LogDestinationType": "cloud-watch-logs", "LogGroupName": "g", "MaxAggregationInterval": 60}  # fmt: skip
    (tmp_path / "us-east-1").mkdir()
    (tmp_path / "us-east-1" / "describe-vpcs.json").write_text(
        json.dumps({"Vpcs": [{"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/16"}]})
    )
    (tmp_path / "us-east-1" / "describe-flow-logs.json").write_text(json.dumps({"FlowLogs": [said]}))
    made = only(load([tmp_path]))
    assert (made.resource_type, made.resource_id) == (FlowLogResourceType.SUBNET, "subnet-0123456789abcdef0")
    assert (made.traffic_type, made.max_aggregation_interval) == (TrafficType.ACCEPT, 60)
