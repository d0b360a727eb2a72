"""Flow logs of a plan: the argument that names the resource says its type."""

from collections.abc import Mapping

from netful.sources.terraform.plan import Planned
from netful.sources.terraform.translation import Maker, Translation

_RESOURCES = {
    "vpc_id": "VPC", "subnet_id": "Subnet", "eni_id": "NetworkInterface", "transit_gateway_id": "TransitGateway",
    "transit_gateway_attachment_id": "TransitGatewayAttachment", "regional_nat_gateway_id": "RegionalNatGateway",
}  # fmt: skip
_ARGUMENTS = {
    "traffic_type": "TrafficType", "log_destination_type": "LogDestinationType", "log_destination": "LogDestination",
    "log_group_name": "LogGroupName", "log_format": "LogFormat", "max_aggregation_interval": "MaxAggregationInterval",
    "iam_role_arn": "DeliverLogsPermissionArn",
}  # fmt: skip
_OPTIONS = {
    "file_format": "FileFormat", "hive_compatible_partitions": "HiveCompatiblePartitions",
    "per_hour_partition": "PerHourPartition",
}  # fmt: skip


def _flow_log(making: Translation, resource: Planned) -> None:
    properties = {to: making.value(resource, name) for name, to in _ARGUMENTS.items()}
    for name, kind in _RESOURCES.items():
        named = making.value(resource, name)
        if named is not None:
            properties |= {"ResourceType": kind, "ResourceId": named}
    options = {to: making.value(resource, f"destination_options.{name}") for name, to in _OPTIONS.items()}
    given = {name: value for name, value in options.items() if value is not None}
    making.put(resource, "AWS::EC2::FlowLog", properties | ({"DestinationOptions": given} if given else {}))


MAKERS: Mapping[str, Maker] = {"aws_flow_log": _flow_log}
