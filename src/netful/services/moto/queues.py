"""Queues of SQS where moto's differ from AWS's.

| | moto | AWS, and here |
|---|---|---|
| protocol of a call without a target and without a form | JSON | the query's |
| region of a call | that of the signature, which the stack's own requests do not have | that of the host, as for every service |
| `Policy` when other attributes are set | goes | stays |
| `CreatedTimestamp`, `LastModifiedTimestamp` | with fractions of a second | whole seconds |
| `SequenceNumber` in a FIFO queue | random, only with a given deduplication id | larger with each message |
| a message that a FIFO queue has had | is new when the first one is deleted | is the first one, for five minutes; by message group where the queue says so |
"""

import itertools
import json
import logging
import re
import time
from base64 import b64decode
from typing import Any

from netful.engine.iam.policies import PolicyRequest, evaluate
from netful.services.moto.call_trace import TRACE
from netful.services.moto.replacements import replacing

log = logging.getLogger(__name__)

_HOST = re.compile(r"://(?:sqs\.)?(?!queue\.)([a-z0-9-]+)\.(?:queue\.)?amazonaws\.com")
_MESSAGE = "%s does not exist, or its policy does not let %s send for %s: the message is dropped"
NO_RESOURCE, NO_PERMISSIONS = "NO_RESOURCE", "NO_PERMISSIONS"
_REMEMBERED_SECONDS = 300
_NUMBERS = itertools.count(18_849_496_460_467_696_128, 256)


def admits(arn: str, service: str, source: str) -> bool:
    """Return whether a target may get the messages of a service for a resource, and report one that is dropped."""
    refused = refusal(arn, service, source)
    if refused:
        log.warning(_MESSAGE, arn, service, source)
    return not refused


def refusal(arn: str, service: str, source: str) -> str:
    """Return EventBridge's code for a target that does not get messages: a queue must exist, with a policy that allows it."""
    _, _, kind, region, account, name = (*arn.split(":", 5), "", "", "")[:6]
    if kind != "sqs":
        return ""
    from moto.sqs.models import sqs_backends  # noqa: PLC0415  # it takes time

    queue = sqs_backends[account][region].queues.get(name) if account in sqs_backends else None
    if queue is None:
        return NO_RESOURCE
    context = {"aws:SourceArn": source, "aws:SourceAccount": account}
    request = PolicyRequest("sqs:SendMessage", arn, parties=(service,), context=context)
    denied = evaluate(json.loads(queue.policy or "{}"), request).outcome == "deny"
    return NO_PERMISSIONS if denied else ""


def read_queries(responses: Any) -> None:
    """Read the members of a call in its query, as an API sends them with a body of JSON that the queue does not read."""

    @replacing(responses.SQSResponse)
    def parse_parameters(parse: Any, own: Any, request: Any) -> None:
        if "X-Amz-Target" not in request.headers:
            request.environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
        parse(own, request)


def find_regions(responses: Any) -> None:
    """Find the region of a call in its host."""
    responses.SQSResponse.region_regex = _HOST


def keep_policies(models: Any) -> None:
    """Keep the policy of a queue whose other attributes are set."""
    queue_class = models.Queue
    set_attributes = queue_class._set_attributes  # noqa: SLF001

    def _set_attributes(queue: Any, attributes: dict[str, Any], now: float | None = None) -> None:
        there = {} if "Policy" in attributes else {"Policy": queue.policy}
        set_attributes(queue, {**attributes, **there}, now)

    queue_class._set_attributes = _set_attributes  # noqa: SLF001


def date_in_seconds(models: Any) -> None:
    """Date queues by whole seconds, which clients read as integers."""
    queue_class = models.Queue
    set_attributes = queue_class._set_attributes  # noqa: SLF001

    def _set_attributes(queue: Any, attributes: dict[str, Any], now: float | None = None) -> None:
        set_attributes(queue, attributes, now)
        queue.created_timestamp = int(queue.created_timestamp)
        queue.last_modified_timestamp = int(queue.last_modified_timestamp)

    queue_class._set_attributes = _set_attributes  # noqa: SLF001


def deduplicate(models: Any) -> None:
    """Take each message of a FIFO queue once in five minutes, also when the first one has been deleted."""

    @replacing(models.Queue)
    def add_message(add: Any, queue: Any, message: Any) -> None:
        id_, now = message.deduplication_id, time.time()
        if not queue.fifo_queue or not id_:
            add(queue, message)
            return
        known: dict[tuple[str, str], tuple[float, Any]] = queue.__dict__.setdefault("remembered", {})
        while known and next(iter(known.values()))[0] <= now - _REMEMBERED_SECONDS:
            del known[next(iter(known))]
        of_group = queue.attributes.get("DeduplicationScope") == "messageGroup"
        first = known.setdefault((id_, message.group_id if of_group else ""), (now, message))[1]
        if first.id != message.id:
            message.id, message.sequence_number, message.is_repeated = first.id, first.sequence_number, True
            return
        message.deduplication_id = None  # moto compares it with those of the messages that are in the queue
        add(queue, message)
        message.deduplication_id = id_


def complete_messages(models: Any) -> None:
    """Number the messages of FIFO queues, and give each the trace header of the call that sends it.

    Binary attributes of a topic's message are bytes, as those of a call: moto leaves them in base64, and cannot return them.
    """

    @replacing(models.SQSBackend)
    def send_message(send: Any, backend: Any, *about: Any, **named: Any) -> Any:
        for attribute in (named.get("message_attributes") or {}).values():
            if isinstance(attribute.get("BinaryValue"), str):
                attribute["BinaryValue"] = b64decode(attribute["BinaryValue"])
        message = send(backend, *about, **named)
        if getattr(message, "is_repeated", False):
            return message
        if message.group_id is not None and backend.get_queue(about[0] if about else named["queue_name"]).fifo_queue:
            message.sequence_number = str(next(_NUMBERS))
        if header := TRACE.get():
            message.system_attributes.setdefault("AWSTraceHeader", {"DataType": "String", "StringValue": header})
        return message
