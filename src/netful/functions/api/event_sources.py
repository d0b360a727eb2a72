"""GetEventSourceMapping and ListEventSourceMappings: those of the template (lambda §4.5)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

from netful.functions.api.context import Context, Route
from netful.functions.api.functions import page
from netful.functions.api.message import Call, Reply, document
from netful.functions.api.names import function_arn, named
from netful.functions.api.refusals import no_such_resource
from netful.functions.event_source_mappings import EventSourceMapping, event_source_mappings
from netful.model.cloud import Cloud

_ALL = r"/2015-03-31/event-source-mappings/?"
_ONE = r"/2015-03-31/event-source-mappings/(?P<uuid>[0-9a-f-]+)"
_SPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")  # RFC 4122's, for names that are ISO object identifiers
_BEGAN = time.time()


async def get_mapping(context: Context, _call: Call, part: Mapping[str, str]) -> Reply:
    """GetEventSourceMapping."""
    cloud = context.service().cloud
    for mapping in event_source_mappings(cloud):
        if _uuid(mapping) == part["uuid"]:
            return document(200, _told(cloud, mapping))
    raise no_such_resource()


async def list_mappings(context: Context, call: Call, _part: Mapping[str, str]) -> Reply:
    """ListEventSourceMappings, of one function or source where it is named."""
    cloud = context.service().cloud
    source, name = call.query.get("EventSourceArn", ""), call.query.get("FunctionName", "")
    function_id = named(cloud, name).function.id if name else ""
    found = [
        _told(cloud, mapping)
        for mapping in event_source_mappings(cloud)
        if source in {"", mapping.source_arn} and function_id in {"", mapping.function_id}
    ]
    return page(call, found, "EventSourceMappings")


def _told(cloud: Cloud, mapping: EventSourceMapping) -> dict[str, Any]:
    name = cloud.functions[mapping.function_id].function_name
    told: dict[str, Any] = {
        "UUID": _uuid(mapping),
        "EventSourceMappingArn": f"arn:aws:lambda:{cloud.region}:{cloud.account_id}:event-source-mapping:{_uuid(mapping)}",
        "BatchSize": mapping.batch_size,
        "MaximumBatchingWindowInSeconds": mapping.window_seconds,
        "EventSourceArn": mapping.source_arn,
        "FunctionArn": function_arn(cloud, name),
        "LastModified": _BEGAN,
        "State": "Enabled" if mapping.enabled else "Disabled",
        "StateTransitionReason": "USER_INITIATED",
        "FunctionResponseTypes": ["ReportBatchItemFailures"] if mapping.partial else [],
    }
    if mapping.filters:
        told["FilterCriteria"] = {"Filters": [{"Pattern": pattern} for pattern in mapping.filters]}
    if mapping.concurrency:
        told["ScalingConfig"] = {"MaximumConcurrency": mapping.concurrency}
    return told if mapping.service == "sqs" else told | _of_stream(mapping)


def _of_stream(mapping: EventSourceMapping) -> dict[str, Any]:
    failure = {"OnFailure": {"Destination": mapping.on_failure}} if mapping.on_failure else {}
    return {
        "StartingPosition": mapping.starting_position,
        "BisectBatchOnFunctionError": mapping.bisect,
        "MaximumRetryAttempts": mapping.retry_attempts,
        "MaximumRecordAgeInSeconds": mapping.record_age,
        "DestinationConfig": failure,
    }


def _uuid(mapping: EventSourceMapping) -> str:
    return str(uuid.uuid5(_SPACE, mapping.id))


ROUTES: tuple[Route, ...] = (
    ("GET", _ALL, list_mappings),
    ("GET", _ONE, get_mapping),
)
