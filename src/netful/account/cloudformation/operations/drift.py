"""Operations that detect drift: at once, so its status is always complete."""

import uuid
from collections.abc import Mapping
from typing import Any

from netful.account.cloudformation.context import Answer, Context, Operation
from netful.account.cloudformation.deployments import drift
from netful.account.cloudformation.deployments.nested import path_of
from netful.account.cloudformation.records import StackRecord, now
from netful.account.cloudformation.templates.template_text import invalid
from netful.account.operations.query_api import Parameters


def _found(own: Context, record: StackRecord) -> list[Mapping[str, Any]]:
    written = own.account.as_written
    return [*drift.drifts(record.id, path_of(own.stacks, record, written), written, own.account.cloud)]


def drifted_resources(own: Context, record: StackRecord) -> list[str]:
    """Return the logical ids of a stack's resources that calls have changed or deleted."""
    gone = (drift.MODIFIED, drift.DELETED)
    return [one["LogicalResourceId"] for one in _found(own, record) if one["StackResourceDriftStatus"] in gone]


async def _detect_stack_drift(own: Context, asked: Parameters) -> Answer:
    record = own.stacks.live(asked)
    drifted = drifted_resources(own, record)
    record.drift = "DRIFTED" if drifted else drift.IN_SYNC
    id_ = str(uuid.uuid4())
    own.detections[id_] = {
        "StackId": record.id,
        "StackDriftDetectionId": id_,
        "StackDriftStatus": record.drift,
        "DetectionStatus": "DETECTION_COMPLETE",
        "DriftedStackResourceCount": len(drifted),
        "Timestamp": now(),
    }
    return {"StackDriftDetectionId": id_}


async def _describe_detection(own: Context, asked: Parameters) -> Answer:
    found = own.detections.get(str(asked.get("StackDriftDetectionId")))
    if found is None:
        raise invalid(f"StackDriftDetectionId {asked.get('StackDriftDetectionId')} does not exist")
    return found


async def _describe_resource_drifts(own: Context, asked: Parameters) -> Answer:
    wanted = asked.get("StackResourceDriftStatusFilters")
    found = _found(own, own.stacks.live(asked))
    return {"StackResourceDrifts": [one for one in found if not wanted or one["StackResourceDriftStatus"] in wanted]}


async def _detect_resource_drift(own: Context, asked: Parameters) -> Answer:
    record = own.stacks.live(asked)
    found = [one for one in _found(own, record) if one["LogicalResourceId"] == asked.get("LogicalResourceId")]
    if not found:
        raise invalid(f"Resource {asked.get('LogicalResourceId')} does not exist for stack {record.name}")
    return {"StackResourceDrift": found[0]}


OPERATIONS: Mapping[str, Operation] = {
    "DetectStackDrift": _detect_stack_drift,
    "DescribeStackDriftDetectionStatus": _describe_detection,
    "DescribeStackResourceDrifts": _describe_resource_drifts,
    "DetectStackResourceDrift": _detect_resource_drift,
}
