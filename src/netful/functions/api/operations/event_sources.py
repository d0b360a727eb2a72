"""The event source mappings: those of the template, and what is made of them (lambda §4.5).

One that is made is a resource of the template's kind. Its UUID goes by its id.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from netful.functions.api.protocol.context import Asked, Context, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import function_arn, named
from netful.functions.api.protocol.pages import page
from netful.functions.api.protocol.refusals import (
    conflict,
    malformed_null,
    no_such_resource,
    not_implemented,
)
from netful.functions.environments import changes
from netful.functions.events.event_source_mappings import (
    MAPPING,
    EventSourceMapping,
    event_source_mapping,
    event_source_mappings,
)
from netful.model.cloud import Cloud
from netful.model.core.resource import Resource

_BEGAN = time.time()
_CHANGED = "netful:LastModified"


async def create_mapping(context: Context, asked: Asked) -> Reply:
    """CreateEventSourceMapping: of a queue or a stream of DynamoDB or Kinesis."""
    cloud = context.service().cloud
    one, source = named(cloud, asked["FunctionName"]), asked.get("EventSourceArn", "")
    context.version(one)
    if source.split(":")[2:3] not in (["sqs"], ["dynamodb"], ["kinesis"]):
        raise not_implemented(f"event source mappings of {source}: of queues and streams only")
    if ":sqs:" not in source and "StartingPosition" not in asked:
        raise malformed_null("startingPosition")
    arn = function_arn(cloud, one.function.function_name, one.qualifier)
    for _, mapping in _mappings(cloud):
        if (mapping.source_arn, mapping.function_id, mapping.qualifier) == (source, one.function.id, one.qualifier):
            raise conflict(
                f'The event source arn (" {source} ") and function (" {one.function.function_name} ") provided mapping '
                f"already exists. Please update or delete the existing mapping with UUID {_uuid(mapping)}"
            )
    return await _put(context, Resource(str(uuid.uuid4()), MAPPING, {**asked, "FunctionName": arn}), "Creating")


async def update_mapping(context: Context, asked: Asked) -> Reply:
    """UpdateEventSourceMapping: what is not said stays."""
    cloud = context.service().cloud
    resource, _ = _of(cloud, asked["UUID"])
    changes = {name: value for name, value in asked.items() if name != "UUID"}
    if "FunctionName" in asked:
        one = named(cloud, asked["FunctionName"])
        context.version(one)
        changes["FunctionName"] = function_arn(cloud, one.function.function_name, one.qualifier)
    return await _put(context, replace(resource, properties={**resource.properties, **changes}), "Updating")


async def delete_mapping(context: Context, asked: Asked) -> Reply:
    """DeleteEventSourceMapping."""
    cloud = context.service().cloud
    resource, mapping = _of(cloud, asked["UUID"])
    told = _told(cloud, resource, mapping) | {"State": "Deleting"}
    await changes.amend(context.service(), gone={resource.id})
    return document(202, told)


async def get_mapping(context: Context, asked: Asked) -> Reply:
    """GetEventSourceMapping."""
    cloud = context.service().cloud
    return document(200, _told(cloud, *_of(cloud, asked["UUID"])))


async def list_mappings(context: Context, asked: Asked) -> Reply:
    """ListEventSourceMappings, of one function or source where it is named."""
    cloud = context.service().cloud
    source, name = asked.get("EventSourceArn", ""), asked.get("FunctionName", "")
    function_id = named(cloud, name).function.id if name else ""
    found = [
        _told(cloud, resource, mapping)
        for resource, mapping in _mappings(cloud)
        if source in {"", mapping.source_arn} and function_id in {"", mapping.function_id}
    ]
    return page(asked, found, "EventSourceMappings")


async def _put(context: Context, resource: Resource, state: str) -> Reply:
    """Have a mapping from now on; it is answered as one that is under way."""
    service = context.service()
    changed = replace(resource, properties={**resource.properties, _CHANGED: time.time()})
    mapping = event_source_mapping(service.cloud, changed)
    if mapping is None:
        raise no_such_resource()
    await changes.amend(service, changed)
    return document(202, _told(service.cloud, changed, mapping) | {"State": state})


def _mappings(cloud: Cloud) -> Iterator[tuple[Resource, EventSourceMapping]]:
    for mapping in event_source_mappings(cloud):
        yield cloud.template.resources[mapping.id], mapping


def _of(cloud: Cloud, wanted: str) -> tuple[Resource, EventSourceMapping]:
    for resource, mapping in _mappings(cloud):
        if _uuid(mapping) == wanted:
            return resource, mapping
    raise no_such_resource()


def _told(cloud: Cloud, resource: Resource, mapping: EventSourceMapping) -> dict[str, Any]:
    name = cloud.compute.functions[mapping.function_id].function_name
    told: dict[str, Any] = {
        "UUID": _uuid(mapping),
        "EventSourceMappingArn": f"arn:aws:lambda:{cloud.region}:{cloud.account_id}:event-source-mapping:{_uuid(mapping)}",
        "BatchSize": mapping.batch_size,
        "MaximumBatchingWindowInSeconds": mapping.window_seconds,
        "EventSourceArn": mapping.source_arn,
        "FunctionArn": function_arn(cloud, name, mapping.qualifier),
        "LastModified": resource.properties.get(_CHANGED, _BEGAN),
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
        "ParallelizationFactor": mapping.parallelization,
        "TumblingWindowInSeconds": mapping.tumbling_seconds,
        "BisectBatchOnFunctionError": mapping.bisect,
        "MaximumRetryAttempts": mapping.retry_attempts,
        "MaximumRecordAgeInSeconds": mapping.record_age,
        "DestinationConfig": failure,
    }


def _uuid(mapping: EventSourceMapping) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, mapping.id))


OPERATIONS: dict[str, Operation] = {
    "CreateEventSourceMapping": create_mapping,
    "ListEventSourceMappings": list_mappings,
    "GetEventSourceMapping": get_mapping,
    "UpdateEventSourceMapping": update_mapping,
    "DeleteEventSourceMapping": delete_mapping,
}
