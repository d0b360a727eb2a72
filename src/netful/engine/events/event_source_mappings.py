"""The event source mappings of a template: the queue or stream, the function, and the settings (lambda §4.5)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, Unknown, is_true, mapping, whole_number
from netful.model.functions.compute import qualified
from netful.model.names.generated.stream_arn import stream_arn

MAPPING = "AWS::Lambda::EventSourceMapping"
_TABLE = "AWS::DynamoDB::Table"
_ALIAS = "AWS::Lambda::Alias"
_QUEUE_BATCH, _STREAM_BATCH = 10, 100
_FOR_EVER = -1


class EventSourceMapping(Frozen):
    """`qualifier`: the invoked version or alias. `window_seconds`: the time to wait for a batch.

    `partial`: the function reports a batch's failed items.

    The other members are a stream's; `starting_moment` belongs to AT_TIMESTAMP; -1 means for ever, and 0 `tumbling_seconds`
    means no windows. `filters` are event patterns: records that match none are skipped.
    """

    id: str
    function_id: str
    source_arn: str
    batch_size: int
    enabled: bool = True
    window_seconds: int = 0
    partial: bool = False
    concurrency: int = 0
    starting_position: str = ""
    starting_moment: float = 0.0
    bisect: bool = False
    retry_attempts: int = _FOR_EVER
    record_age: int = _FOR_EVER
    on_failure: str = ""
    filters: tuple[str, ...] = ()
    tumbling_seconds: int = 0
    qualifier: str = ""
    parallelization: int = 1

    @property
    def service(self) -> str:
        """The service in the source's ARN."""
        return self.source_arn.split(":")[2]


def event_source_mappings(cloud: Cloud) -> Iterator[EventSourceMapping]:
    """Yield the mappings whose function and source are known, disabled ones included."""
    for resource in cloud.template.of_type(MAPPING):
        one = event_source_mapping(cloud, resource)
        if one is not None:
            yield one


def event_source_mapping(cloud: Cloud, resource: Resource) -> EventSourceMapping | None:
    """Return the mapping of a resource; None if its function or source is unknown."""
    function_id, qualifier = _invoked(cloud, resource)
    source_arn = _source_arn(cloud, resource)
    return _mapping(resource, (function_id, qualifier), source_arn) if function_id and source_arn else None


def _mapping(resource: Resource, invoked: tuple[str, str], source_arn: str) -> EventSourceMapping:
    written = resource.properties
    batch = _QUEUE_BATCH if ":sqs:" in source_arn else _STREAM_BATCH
    position = written.get("StartingPosition")
    return EventSourceMapping(
        id=resource.id,
        function_id=invoked[0],
        qualifier=invoked[1],
        source_arn=source_arn,
        batch_size=_number(written.get("BatchSize"), batch),
        enabled=is_true(written.get("Enabled", True)),
        window_seconds=_number(written.get("MaximumBatchingWindowInSeconds"), 0),
        partial="ReportBatchItemFailures" in (written.get("FunctionResponseTypes") or ()),
        concurrency=_number(mapping(written.get("ScalingConfig")).get("MaximumConcurrency"), 0),
        starting_position=position if isinstance(position, str) else "",
        starting_moment=_moment(written.get("StartingPositionTimestamp")),
        bisect=is_true(written.get("BisectBatchOnFunctionError", False)),
        retry_attempts=_number(written.get("MaximumRetryAttempts"), _FOR_EVER),
        record_age=_number(written.get("MaximumRecordAgeInSeconds"), _FOR_EVER),
        on_failure=_text(mapping(mapping(written.get("DestinationConfig")).get("OnFailure")).get("Destination")),
        filters=tuple(_filters(mapping(written.get("FilterCriteria")).get("Filters"))),
        tumbling_seconds=_number(written.get("TumblingWindowInSeconds"), 0),
        parallelization=_number(written.get("ParallelizationFactor"), 1),
    )


def _invoked(cloud: Cloud, named: Resource) -> tuple[str, str]:
    """Return the invoked function and the qualifier, from a name, an ARN or an alias' id; "" for one that is not there."""
    text = str(named.properties.get("FunctionName"))
    alias = cloud.template.resources.get(text)
    if alias is not None and alias.type == _ALIAS:
        return _invoked(cloud, alias)[0], str(alias.properties.get("Name"))
    function_id = cloud.function_of(text, named.id)
    return function_id if function_id in cloud.compute.functions else "", qualified(text)[1]


def _source_arn(cloud: Cloud, resource: Resource) -> str:
    """Return the source's ARN; where the name of a table is not known, one with its id."""
    arn = resource.properties.get("EventSourceArn")
    if isinstance(arn, str):
        return arn if arn.count(":") >= 5 else ""  # an ARN's colons
    referred = (cloud.template.resources.get(id_) for id_ in resource.references)
    table = next((one for one in referred if one is not None and one.type == _TABLE), None)
    if table is None:
        return ""
    written = table.properties.get("TableName")
    name = written if isinstance(written, str) else table.id
    return stream_arn(cloud.arn("dynamodb", f"table/{name}", table.id))


def _filters(written: Any) -> Iterator[str]:
    for one in written if isinstance(written, list | tuple) else ():
        pattern = one.get("Pattern") if isinstance(one, Mapping) else None
        if isinstance(pattern, str):
            yield pattern
        elif isinstance(pattern, Mapping):
            yield json.dumps(pattern)


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, Unknown) else str(value)


def _moment(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else float(_number(value, 0))


def _number(value: Any, default: int) -> int:
    number = whole_number(str(value).removeprefix("-"))
    return default if number is None else -number if str(value).startswith("-") else number
