"""SQS's queues of a template."""

import json
from collections.abc import Mapping
from typing import Any

from netful.model.core import is_set, known_parts
from netful.model.names.service_names import service
from netful.services.deploy.kinds.resource_kind import JsonService, Kind, Wanted, pair
from netful.services.http.message import Request

SQS = JsonService("AmazonSQS", "1.0")

_DEFAULTS = {
    "DelaySeconds": 0,
    "KmsDataKeyReusePeriodSeconds": 300,
    "KmsMasterKeyId": "",
    "MaximumMessageSize": 1_048_576,
    "MessageRetentionPeriod": 345_600,
    "ReceiveMessageWaitTimeSeconds": 0,
    "RedrivePolicy": "",
    "VisibilityTimeout": 30,
}
"""The attributes that a change may set, with what each is without a value in the template."""

_ATTRIBUTES = ("ContentBasedDeduplication", "FifoQueue", *_DEFAULTS)


def _of(one: Wanted) -> dict[str, str]:
    return {"QueueUrl": f"https://{service('sqs').host(one.place.region)}/{one.place.account_id}/{one.name}"}


def _attributes(values: Mapping[str, Any]) -> dict[str, str]:
    """Return attributes as texts, whatever their types in the template."""
    return {name: _text(value) for name, value in values.items() if is_set(value)}


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return json.dumps(known_parts(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _make(one: Wanted) -> list[Request]:
    attributes = _attributes({name: one.properties.get(name) for name in _ATTRIBUTES})
    return [SQS("CreateQueue", QueueName=one.name, Attributes=attributes)]


def _update(one: Wanted) -> list[Request]:
    attributes = _attributes(_DEFAULTS) | _attributes({name: one.properties.get(name) for name in _DEFAULTS})
    return [SQS("SetQueueAttributes", **_of(one), Attributes=attributes)]


KINDS: dict[str, Kind] = {
    "AWS::SQS::Queue": Kind(
        "sqs",
        "QueueName",
        _make,
        lambda one: [SQS("DeleteQueue", **_of(one))],
        lambda one: one.tags(SQS, _of(one), pair, ("TagQueue", "UntagQueue")),
        _update,
    )
}
