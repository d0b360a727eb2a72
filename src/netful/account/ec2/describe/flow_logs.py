"""Flow logs, as EC2 describes them."""

from typing import Any

from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.engine.flow_logs.destinations import undelivered
from netful.engine.flow_logs.log_format import format_of
from netful.model.core import Unknown
from netful.model.network.flow_logs import FlowLog, LogDestinationType


def flow_log(view: View, one: FlowLog) -> Record:
    """Return the record of a flow log."""
    why = undelivered(one)
    return {
        "FlowLogStatus": "ACTIVE",
        "ResourceId": view.id(one.resource_id),
        "TrafficType": _known(one.traffic_type),
        "LogDestinationType": _known(one.log_destination_type),
        "LogDestination": _destination(view, one),
        "LogGroupName": _known(one.log_group_name),
        "LogFormat": format_of(one).text,
        "MaxAggregationInterval": one.max_aggregation_interval,
        "DeliverLogsStatus": "FAILED" if why else "SUCCESS",
        "DeliverLogsErrorMessage": why,
        "DeliverLogsPermissionArn": _known(view.said(one.id).get("DeliverLogsPermissionArn")),
        "CreationTime": SOME_TIME,
        "DestinationOptions": _options(one),
    }


def _known(value: Any) -> str | None:
    return None if value is None or isinstance(value, Unknown) else str(value)


def _destination(view: View, one: FlowLog) -> str | None:
    """Return the ARN of the destination; that of the log group where only its name is given."""
    if one.log_destination is None and one.log_destination_type is LogDestinationType.CLOUD_WATCH_LOGS:
        return view.cloud.arn("logs", f"log-group:{one.log_group_name}") if _known(one.log_group_name) else None
    return _known(one.log_destination)


def _options(one: FlowLog) -> Record | None:
    if one.log_destination_type is not LogDestinationType.S3:
        return None
    given = one.destination_options or {}
    return {
        "FileFormat": given.get("FileFormat", "plain-text"),
        "HiveCompatiblePartitions": given.get("HiveCompatiblePartitions") == "true",
        "PerHourPartition": given.get("PerHourPartition") == "true",
    }
