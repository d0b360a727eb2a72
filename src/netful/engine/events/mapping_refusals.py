"""Event source mappings that Lambda refuses to make, in its words: settings that contradict each other, roles that may not read the source (lambda §4.5)."""

from collections.abc import Mapping
from typing import Any

from netful.engine.events.event_patterns import PatternError, parse
from netful.engine.events.event_source_mappings import EventSourceMapping, event_source_mapping
from netful.engine.events.execution_roles import READS, lacking
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, mapping, mappings, whole_number
from netful.model.functions.function import Function

_WINDOW = "MaximumBatchingWindowInSeconds"
_BATCH_WITHOUT_WINDOW = 10
_VISIBLE_AGAIN = 30
_STREAMS = ("dynamodb", "kafka", "kinesis")
_CONSUMER = "/consumer/"
"""End of a stream's ARN in that of its consumer: IAM allows the actions of `READS` on the stream."""
_DESCRIBE, _SUMMARY = "kinesis:DescribeStream", "kinesis:DescribeStreamSummary"
"""Actions of which one is enough to describe a stream: osls grants its consumers the second."""


def mapping_refusal(cloud: Cloud, resource: Resource) -> str:
    """Return why Lambda does not make a mapping of a template; "" if it makes it, or its function or source is not known."""
    found = event_source_mapping(cloud, resource)
    function = cloud.compute.functions.get(found.function_id) if found else None
    if found is None or function is None:
        return ""
    return (
        settings_refusal(resource.properties, found.source_arn)
        or role_refusal(cloud, function, found.source_arn)
        or _of_queue(cloud, found, function)
        or _of_stream(resource.properties, found)
    )


def settings_refusal(settings: Mapping[str, Any], source: str) -> str:
    """Return why Lambda does not accept settings that contradict each other, or that the kind of source does not have."""
    of_queue, window = ":sqs:" in source, whole_number(settings.get(_WINDOW) or 0)  # None: not known
    if of_queue and whole_number(settings.get("BatchSize"), 0) > _BATCH_WITHOUT_WINDOW and window == 0:
        return "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
    if of_queue and source.endswith(".fifo") and window:
        return "Batching window is not supported for FIFO queues"
    concurrency = whole_number(mapping(settings.get("ScalingConfig")).get("MaximumConcurrency"))
    if concurrency is not None and mapping(settings.get("ProvisionedPollerConfig")):
        return "MaximumConcurrency and ProvisionedPollerConfig can not be set at the same time"
    for entry in mappings(mapping(settings.get("FilterCriteria")).get("Filters")):
        pattern = entry.get("Pattern", "")
        try:
            parse(pattern if isinstance(pattern, str) else "{}")
        except PatternError:
            return "Invalid filter pattern definition."
    return ""


def role_refusal(cloud: Cloud, function: Function, source: str) -> str:
    """Return why the role of a function may not read a source; "" if it may, or is not known."""
    service, stream = source.split(":")[2], source.partition(_CONSUMER)[0]
    action = lacking(cloud, function, READS.get(service, ()), stream)
    if action == _DESCRIBE and not lacking(cloud, function, (_SUMMARY,), stream):
        return ""
    if action and service == "sqs":
        name = action.partition(":")[2]
        return f"The function execution role does not have permissions to call {name} on SQS"
    return action and (
        f"Cannot access stream {source}. Please ensure the role can perform the GetRecords, GetShardIterator, "
        "DescribeStream, and ListStreams Actions on your stream in IAM."
    )


def visibility_refusal(visibility: int, function_timeout: int) -> str:
    """Return why a queue, which shows messages again after `visibility` seconds, is not read for a function."""
    if visibility >= function_timeout:
        return ""
    return f"Queue visibility timeout: {visibility} seconds is less than Function timeout: {function_timeout} seconds"


def _of_stream(settings: Mapping[str, Any], found: EventSourceMapping) -> str:
    lacks = found.service in _STREAMS and settings.get("StartingPosition") is None
    return "Value null at 'startingPosition' failed to satisfy constraint: Member must not be null" if lacks else ""


def _of_queue(cloud: Cloud, found: EventSourceMapping, function: Function) -> str:
    queue = cloud.template.resources.get(cloud.named(found.source_arn)) if found.service == "sqs" else None
    visibility = whole_number(queue.properties.get("VisibilityTimeout", _VISIBLE_AGAIN)) if queue else None
    written = cloud.template.resources.get(function.id)
    if visibility is None or (written and isinstance(written.properties.get("Timeout"), Unknown)):
        return ""
    return visibility_refusal(visibility, int(function.timeout))
