"""Writes of flow logs."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from netful.account.changes import Edit, Remove
from netful.account.ec2.world import Change, World, created
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value
from netful.engine.flow_logs.log_format import format_of, is_of_gateway
from netful.model.network.flow_logs import FlowLog, FlowLogResourceType, LogDestinationType, TrafficType

Word = TypeVar("Word", bound=StrEnum)

_ID_KINDS = {
    FlowLogResourceType.VPC: "VpcId",
    FlowLogResourceType.SUBNET: "SubnetId",
    FlowLogResourceType.INTERFACE: "NetworkInterfaceId",
    FlowLogResourceType.TRANSIT_GATEWAY: "TransitGatewayId",
    FlowLogResourceType.TRANSIT_GATEWAY_ATTACHMENT: "TransitGatewayAttachmentId",
    FlowLogResourceType.REGIONAL_NAT_GATEWAY: "NatGatewayId",
}
_TYPE = "AWS::EC2::FlowLog"
_THERE = {
    "Code": "FlowLogAlreadyExists",
    "Message": "Error. There is an existing Flow Log with the same configuration and log destination.",
}
_UNCHANGED = ("DeliverLogsPermissionArn", "LogGroupName", "LogDestination", "LogFormat", "MaxAggregationInterval")
_INTERVALS = (60, 600)


def create_flow_logs(world: World, asked: Parameters) -> Change:
    """CreateFlowLogs: one log for each resource."""
    kind = _word(asked["ResourceType"], FlowLogResourceType, "resourceType")
    named = asked.get("LogDestinationType") or LogDestinationType.CLOUD_WATCH_LOGS
    destination = _word(named, LogDestinationType, "logDestinationType")
    gateway = is_of_gateway(FlowLog("", kind, ""))
    if gateway == bool(asked.get("TrafficType")):
        refused = "TrafficType is not supported for" if gateway else "TrafficType is required for"
        raise invalid_value(f"{refused} the resource type {kind}")
    interval = int(asked.get("MaxAggregationInterval") or _INTERVALS[not gateway])
    if interval not in (_INTERVALS[:1] if gateway else _INTERVALS):
        raise invalid_value(f"MaxAggregationInterval {interval} is not supported")
    if not asked.get("LogDestination") and not (
        asked.get("LogGroupName") and destination is LogDestinationType.CLOUD_WATCH_LOGS
    ):
        raise ApiError("MissingParameter", f"LogDestination is required for the destination {destination}")
    unknown = format_of(FlowLog("", kind, "", log_format=asked.get("LogFormat"))).unknown
    if unknown:
        raise ApiError("InvalidParameter", f"Unknown fields provided: {', '.join(unknown)}")
    properties = {
        "ResourceType": kind.value, "TrafficType": None if gateway else _word(asked["TrafficType"], TrafficType, "trafficType").value,
        "LogDestinationType": destination.value, "DestinationOptions": asked.get("DestinationOptions"),
        **{name: asked.get(name) for name in _UNCHANGED},
    }  # fmt: skip
    edits: list[Edit] = []
    ids: list[str] = []
    failed: list[Mapping[str, Any]] = []
    for resource_id in asked["ResourceIds"]:
        own = {**properties, "ResourceId": world.named(_ID_KINDS[kind], resource_id)}
        if _is_there(world, own):
            failed.append({"ResourceId": resource_id, "Error": _THERE})
            continue
        id_, put = created("FlowLogId", "fl", _TYPE, asked, own)
        edits.append(put)
        ids.append(id_)
    return Change(tuple(edits), lambda _world: {"FlowLogIds": ids, "Unsuccessful": failed})


def _is_there(world: World, own: Mapping[str, Any]) -> bool:
    """Return whether a resource has a log with the same destination and the same settings."""
    logs = world.referring(_TYPE, ResourceId=own["ResourceId"])
    return any(all(log.properties.get(name) == value for name, value in own.items()) for log in logs)


def _word(value: str, words: type[Word], parameter: str) -> Word:
    if value not in [*words]:
        raise invalid_value(f"Value ({value}) for parameter {parameter} is invalid.")
    return words(value)


def delete_flow_logs(world: World, asked: Parameters) -> Change:
    """DeleteFlowLogs: what does not exist is listed in the answer."""
    logs = world.cloud.network.flow_logs
    failed = [
        {
            "ResourceId": one,
            "Error": {"Code": "InvalidFlowLogId.NotFound", "Message": f"The flow log ID '{one}' does not exist"},
        }
        for one in asked["FlowLogIds"]
        if world.name(one) not in logs
    ]
    edits = tuple(Remove(name) for one in asked["FlowLogIds"] if (name := world.name(one)) in logs)
    return Change(edits, lambda _world: {"Unsuccessful": failed})


WRITES = {"CreateFlowLogs": create_flow_logs, "DeleteFlowLogs": delete_flow_logs}
