"""Records of an asynchronous invocation for destinations and dead letter queues (lambda §4.4)."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from msgspec import field

from netful.engine.traces import lineage
from netful.engine.traces.trace_header import TraceHeader
from netful.functions.code.versions import LATEST
from netful.functions.invocations.invocation import Invocation
from netful.functions.invocations.requests import with_lineage
from netful.model.core import Frozen, instant
from netful.model.json_texts import json_or


class Condition(StrEnum):
    """The condition in which an event ended."""

    SUCCESS = "Success"
    RETRIES_EXHAUSTED = "RetriesExhausted"
    AGE_EXCEEDED = "EventAgeExceeded"
    ZERO_CONCURRENCY = "ZeroReservedConcurrency"


class Event(Frozen):
    """An asynchronous invocation; its request id stays the same in every attempt."""

    function_id: str
    function_arn: str
    request_id: str
    payload: bytes
    client_context: str = ""
    qualifier: str = ""
    tenant_id: str = ""
    trace_id: str = ""


class Attribute(Frozen):
    """A message attribute, with its SQS type."""

    type: str
    value: str


class Delivery(Frozen):
    """A delivery: the target's ARN, a JSON text, and attributes.

    Lambda sends it with the role of the function, "" for other services. A bucket has it below `folder`, with the `payload` if it has one.
    `trace_id` is the trace header that it carries on.
    """

    target: str
    body: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    function_id: str = ""
    folder: str = ""
    payload: str = ""
    trace_id: str = ""

    @property
    def of_bucket(self) -> str:
        """The text for a bucket: the record, with the payload that other destinations do not receive."""
        return json.dumps({**json.loads(self.body), "payload": self.payload}) if self.payload else self.body


def key_in_bucket(folder: str, at: datetime) -> str:
    """Return the key of a record in a bucket."""
    return f"aws/lambda/{folder}/{at:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"


def delivered(target: str, event: Event, text: str) -> Delivery:
    """Return the delivery of the record of an asynchronous invocation."""
    folder = f"async/{event.function_arn.rpartition(':')[2]}"
    return Delivery(target, text, function_id=event.function_id, folder=folder, trace_id=_onward(event))


def _onward(event: Event) -> str:
    """Return the trace header of what Lambda sends for an event, in whose lineage the function has run."""
    given = TraceHeader.of(event.trace_id).lineage
    return with_lineage(event.trace_id, lineage.after_run(given, event.function_id))


def record(event: Event, condition: Condition, attempts: int, last: Invocation | None) -> str:
    """Return the invocation record; without an attempt it has no response."""
    content: dict[str, Any] = {
        "version": "1.0",
        "timestamp": instant(datetime.now(UTC)),
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": f"{event.function_arn}:{event.qualifier or LATEST}",
            "condition": str(condition),
            "approximateInvokeCount": attempts,
        },
        "requestPayload": _value(event.payload),
    }
    if last is not None:
        context: dict[str, Any] = {"statusCode": last.status, "executedVersion": last.executed_version}
        content["responseContext"] = context | ({"functionError": last.function_error} if last.function_error else {})
        content["responsePayload"] = _value(last.payload)
    return json.dumps(content)


def dead_letter(target: str, event: Event, last: Invocation | None) -> Delivery:
    """Return the event itself, with the reason for its delivery."""
    response = _value(last.payload) if last is not None else None
    message = response.get("errorMessage", "") if isinstance(response, dict) else ""
    attributes = {
        "RequestID": Attribute("String", event.request_id),
        "ErrorCode": Attribute("Number", "200" if last is not None else "429"),
        "ErrorMessage": Attribute("String", str(message) or "Rate Exceeded."),
    }
    return Delivery(target, event.payload.decode(), attributes, event.function_id, trace_id=_onward(event))


def _value(payload: bytes) -> Any:
    """Return a payload as JSON, or as a text where it is not JSON."""
    return json_or(payload, payload.decode(errors="replace"))
