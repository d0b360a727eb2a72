"""The event source mappings: those of the template, and those that the API creates (lambda §4.5).

A created mapping is a resource of the template's kind, whose name is its UUID.
"""

import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from netful.engine.events.event_patterns import PatternError, parse
from netful.engine.iam.role_sessions import caller_of, refusal
from netful.engine.iam.service_actions import RequestedAction
from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.message import Reply, document, page
from netful.functions.api.protocol.names import function_arn
from netful.functions.api.protocol.refusals import (
    conflict,
    invalid_parameter,
    malformed_null,
    no_such_resource,
    not_implemented,
)
from netful.functions.events.event_source_mappings import (
    MAPPING,
    EventSourceMapping,
    event_source_mapping,
    event_source_mappings,
)
from netful.model.cloud import Cloud
from netful.model.core import Resource, known_parts
from netful.model.functions.function import Function

_BEGAN = time.time()
_WINDOW = "MaximumBatchingWindowInSeconds"
_BATCH_WITHOUT_WINDOW = 10
_CHANGED = "netful:LastModified"


async def _create_mapping(call: Call) -> Reply:
    """CreateEventSourceMapping: of a queue or a stream of DynamoDB or Kinesis."""
    cloud = call.cloud
    source = call.request.get("EventSourceArn", "")
    call.version()
    if source.split(":")[2:3] not in (["sqs"], ["dynamodb"], ["kinesis"]):
        raise not_implemented(f"event source mappings of {source}: of queues and streams only")
    if ":sqs:" not in source and "StartingPosition" not in call.request:
        raise malformed_null("startingPosition")
    _check(call.request, source)
    _check_role(cloud, call.function, source)
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
    _check({**resource.properties, **changes}, mapping.source_arn)
    if "FunctionName" in call.request:
        call.version()
        changes["FunctionName"] = call.arn(call.qualifier)
    return await _put(call, replace(resource, properties={**resource.properties, **changes}), "Updating")


_NEEDED = {
    "sqs": ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
    "dynamodb": ("GetRecords", "GetShardIterator", "DescribeStream"),
    "kinesis": ("GetRecords", "GetShardIterator", "DescribeStream"),
}
"""Actions that Lambda needs on a source, by the source's service."""


def _check_role(cloud: Cloud, function: Function, source: str) -> None:
    """Raise InvokeRefused where the function's role may not read the source."""
    service, caller = source.split(":")[2], caller_of(cloud, function)
    for action in _NEEDED[service]:
        asked = RequestedAction(f"{service}:{action}", source)
        if refusal(cloud, caller, asked, cloud.region) is None:
            continue
        if service == "sqs":
            raise invalid_parameter(f"The function execution role does not have permissions to call {action} on SQS")
        raise invalid_parameter(
            f"Cannot access stream {source}. Please ensure the role can perform the GetRecords, GetShardIterator, "
            "DescribeStream, and ListStreams Actions on your stream in IAM."
        )


def _check(settings: Mapping[str, Any], source: str) -> None:
    """Raise InvokeRefused for settings that contradict each other, or that the kind of source does not have."""
    of_queue = ":sqs:" in source
    if of_queue and settings.get("BatchSize", 0) > _BATCH_WITHOUT_WINDOW and not settings.get(_WINDOW):
        raise invalid_parameter(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
        )
    if of_queue and source.endswith(".fifo") and settings.get(_WINDOW):
        raise invalid_parameter("Batching window is not supported for FIFO queues")
    if "MaximumConcurrency" in settings.get("ScalingConfig", {}) and settings.get("ProvisionedPollerConfig"):
        raise invalid_parameter("MaximumConcurrency and ProvisionedPollerConfig can not be set at the same time")
    for entry in settings.get("FilterCriteria", {}).get("Filters", ()):
        try:
            parse(entry.get("Pattern", ""))
        except PatternError:
            raise invalid_parameter("Invalid filter pattern definition.") from None


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
        "EventSourceMappingArn": f"arn:aws:lambda:{cloud.region_of(mapping.id)}:{cloud.account_of(mapping.id)}:"
        f"event-source-mapping:{cloud.aws_id(mapping.id)}",
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
    return {
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
