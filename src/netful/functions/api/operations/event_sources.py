"""The event source mappings: those of the template, and those that the API creates (lambda §4.5).

A created mapping is a resource of the template's kind, whose name is its UUID.
"""

import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from netful.engine.events.event_source_mappings import (
    MAPPING,
    EventSourceMapping,
    event_source_mapping,
    event_source_mappings,
)
from netful.engine.events.mapping_refusals import role_refusal, settings_refusal
from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.message import Reply, document, page
from netful.functions.api.protocol.names import function_arn
from netful.functions.api.protocol.refusals import (
    conflict,
    invalid_parameter,
    no_such_resource,
    not_implemented,
)
from netful.model.cloud import Cloud
from netful.model.core import Resource, known_parts

_BEGAN = time.time()
_CHANGED = "netful:LastModified"


async def _create_mapping(call: Call) -> Reply:
    """CreateEventSourceMapping: of a queue or a stream of DynamoDB or Kinesis."""
    cloud = call.cloud
    source = call.request.get("EventSourceArn", "")
    call.version()
    if source.split(":")[2:3] not in (["sqs"], ["dynamodb"], ["kinesis"]):
        raise not_implemented(f"event source mappings of {source}: of queues and streams only")
    if ":sqs:" not in source and "StartingPosition" not in call.request:
        raise invalid_parameter(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not "
            "be null."
        )
    _refuse(settings_refusal(call.request, source) or role_refusal(cloud, call.function, source))
    await call.context.check_source(source, int(call.version().function.timeout))
    arn = call.arn(call.qualifier)
    for _, mapping in _mappings(cloud):
        if (mapping.source_arn, mapping.function_id, mapping.qualifier) == (source, call.function.id, call.qualifier):
            raise conflict(
                f'The event source arn (" {source} ") and function (" {call.function.function_name} ") provided mapping '
                f"already exists. Please update or delete the existing mapping with UUID {cloud.aws_id(mapping.id)}"
            )
    return await _put(call, Resource(str(uuid.uuid4()), MAPPING, {**call.request, "FunctionName": arn}), "Creating")


async def _update_mapping(call: Call) -> Reply:
    """UpdateEventSourceMapping: missing members stay unchanged."""
    cloud = call.cloud
    resource, mapping = _of(cloud, call.request["UUID"])
    changes = {name: value for name, value in call.request.items() if name != "UUID"}
    _refuse(settings_refusal({**resource.properties, **changes}, mapping.source_arn))
    if "FunctionName" in call.request:
        call.version()
        changes["FunctionName"] = call.arn(call.qualifier)
    return await _put(call, replace(resource, properties={**resource.properties, **changes}), "Updating")


def _refuse(why: str) -> None:
    """Raise InvokeRefused for a reason."""
    if why:
        raise invalid_parameter(why)


async def _delete_mapping(call: Call) -> Reply:
    cloud = call.cloud
    resource, mapping = _of(cloud, call.request["UUID"])
    record = _record(cloud, resource, mapping) | {"State": "Deleting"}
    await call.service.updates.amend(gone={resource.id})
    return document(202, record)


async def _get_mapping(call: Call) -> Reply:
    cloud = call.cloud
    return document(200, _record(cloud, *_of(cloud, call.request["UUID"])))


async def _list_mappings(call: Call) -> Reply:
    """ListEventSourceMappings, of one function or source if the request names it."""
    cloud = call.cloud
    source, name = call.request.get("EventSourceArn", ""), call.request.get("FunctionName", "")
    function_id = call.function.id if name else ""
    found = [
        _record(cloud, resource, mapping)
        for resource, mapping in _mappings(cloud)
        if source in {"", mapping.source_arn} and function_id in {"", mapping.function_id}
    ]
    return page(call.request, found, "EventSourceMappings")


async def _put(call: Call, resource: Resource, state: str) -> Reply:
    """Add a mapping; the answer shows it in progress."""
    service = call.service
    changed = replace(resource, properties={**resource.properties, _CHANGED: time.time()})
    mapping = event_source_mapping(service.cloud, changed)
    if mapping is None:
        raise no_such_resource()
    await service.updates.amend(changed)
    return document(202, _record(service.cloud, changed, mapping) | {"State": state})


def _mappings(cloud: Cloud) -> Iterator[tuple[Resource, EventSourceMapping]]:
    for mapping in event_source_mappings(cloud):
        yield cloud.template.resources[mapping.id], mapping


def tags_of(one: Resource) -> dict[str, str]:
    """Return the tags of a mapping: a call has a map, a template a list."""
    tags = known_parts(one.properties.get("Tags") or {})
    return {tag["Key"]: tag["Value"] for tag in tags} if isinstance(tags, list) else dict(tags)


def mapping_at(cloud: Cloud, arn: str) -> Resource:
    """Return the mapping with an ARN. Raises InvokeRefused if it does not exist."""
    return _of(cloud, arn.rpartition(":event-source-mapping:")[2])[0]


def _of(cloud: Cloud, wanted: str) -> tuple[Resource, EventSourceMapping]:
    for resource, mapping in _mappings(cloud):
        if wanted in (mapping.id, cloud.aws_id(mapping.id)):
            return resource, mapping
    raise no_such_resource()


def _record(cloud: Cloud, resource: Resource, mapping: EventSourceMapping) -> dict[str, Any]:
    function = cloud.compute.functions[mapping.function_id]
    record: dict[str, Any] = {
        "UUID": cloud.aws_id(mapping.id),
        "EventSourceMappingArn": cloud.arn("lambda", f"event-source-mapping:{cloud.aws_id(mapping.id)}", mapping.id),
        "BatchSize": mapping.batch_size,
        "MaximumBatchingWindowInSeconds": mapping.window_seconds,
        "EventSourceArn": mapping.source_arn,
        "FunctionArn": function_arn(cloud, function, mapping.qualifier),
        "LastModified": resource.properties.get(_CHANGED, _BEGAN),
        "State": "Enabled" if mapping.enabled else "Disabled",
        "StateTransitionReason": "USER_INITIATED",
        "FunctionResponseTypes": ["ReportBatchItemFailures"] if mapping.partial else [],
    }
    if mapping.filters:
        record["FilterCriteria"] = {"Filters": [{"Pattern": pattern} for pattern in mapping.filters]}
    if mapping.concurrency:
        record["ScalingConfig"] = {"MaximumConcurrency": mapping.concurrency}
    return record if mapping.service == "sqs" else record | _of_stream(mapping)


def _of_stream(mapping: EventSourceMapping) -> dict[str, Any]:
    failure = {"OnFailure": {"Destination": mapping.on_failure}} if mapping.on_failure else {}
    moment = {"StartingPositionTimestamp": mapping.starting_moment} if mapping.starting_moment else {}
    return moment | {
        "StartingPosition": mapping.starting_position,
        "ParallelizationFactor": mapping.parallelization,
        "TumblingWindowInSeconds": mapping.tumbling_seconds,
        "BisectBatchOnFunctionError": mapping.bisect,
        "MaximumRetryAttempts": mapping.retry_attempts,
        "MaximumRecordAgeInSeconds": mapping.record_age,
        "DestinationConfig": failure,
    }


OPERATIONS: dict[str, Operation] = {
    "CreateEventSourceMapping": _create_mapping,
    "ListEventSourceMappings": _list_mappings,
    "GetEventSourceMapping": _get_mapping,
    "UpdateEventSourceMapping": _update_mapping,
    "DeleteEventSourceMapping": _delete_mapping,
}
