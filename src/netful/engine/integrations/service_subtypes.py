"""Requests of HTTP APIs' first-class integrations to AWS services (`SQS-SendMessage` …) (api-gateway §6.4).

These integrations have no templates: a table maps their parameters to the request. `Region` selects the service's region.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from netful.model.core import Frozen
from netful.model.json_texts import json_object

Parameters = Mapping[str, str]

_FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


class ServiceRequest(Frozen):
    """A request to a service; `code` is the service's code as in endpoint names."""

    code: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Subtype(Frozen):
    """Required parameters of a subtype, and the builder of its request."""

    required: tuple[str, ...]
    build: Callable[[Parameters], ServiceRequest]


def _queue(action: str, given: Parameters) -> ServiceRequest:
    """Build a request of SQS's query protocol; message attributes are given as JSON."""
    form = {"Action": action, "Version": "2012-11-05", **{k: v for k, v in given.items() if k in _QUEUE_PLAIN}}
    form |= _message_attributes(given.get("MessageAttributes", ""))
    return ServiceRequest("sqs", "POST", "/", _FORM, urlencode(form).encode())


_QUEUE_PLAIN = frozenset({
    "QueueUrl", "MessageBody", "DelaySeconds", "MessageDeduplicationId", "MessageGroupId", "ReceiptHandle",
    "MaxNumberOfMessages", "VisibilityTimeout", "WaitTimeSeconds", "ReceiveRequestAttemptId",
})  # fmt: skip


def _message_attributes(text: str) -> dict[str, str]:
    form: dict[str, str] = {}
    for number, (name, value) in enumerate(json_object(text).items(), start=1):
        entry = f"MessageAttribute.{number}"
        form[f"{entry}.Name"] = str(name)
        form |= {f"{entry}.Value.{part}": str(of) for part, of in value.items()} if isinstance(value, dict) else {}
    return form


def _json(code: str, target: str, names: Mapping[str, str], version: str, given: Parameters) -> ServiceRequest:
    """Build a request of a JSON service; `names` maps parameters to the service's names."""
    return _spoken(code, target, {names[name]: value for name, value in given.items() if name in names}, version)


def _spoken(code: str, target: str, content: Any, version: str) -> ServiceRequest:
    headers = (("Content-Type", f"application/x-amz-json-{version}"), ("X-Amz-Target", target))
    return ServiceRequest(code, "POST", "/", headers, json.dumps(content).encode())


def _put_events(given: Parameters) -> ServiceRequest:
    plain = ("Detail", "DetailType", "Source", "EventBusName", "Time", "TraceHeader")
    entry: dict[str, Any] = {name: given[name] for name in plain if name in given}
    if "Resources" in given:
        entry["Resources"] = [part for part in given["Resources"].strip("[]").replace('"', "").split(",") if part]
    return _spoken("events", "AWSEvents.PutEvents", {"Entries": [entry]}, "1.1")


def _configuration(given: Parameters) -> ServiceRequest:
    names = ("Application", "Environment", "Configuration")
    path = "".join(f"/{name.lower()}s/{quote(given[name], safe='')}" for name in names)
    query = {"client_id": given["ClientId"]}
    if "ClientConfigurationVersion" in given:
        query["client_configuration_version"] = given["ClientConfigurationVersion"]
    return ServiceRequest("appconfig", "GET", f"{path}?{urlencode(query)}", (), b"")


_EXECUTION = {"StateMachineArn": "stateMachineArn", "Name": "name", "Input": "input"}
_STOP = {"ExecutionArn": "executionArn", "Cause": "cause", "Error": "error"}
_RECORD = {
    name: name for name in ("StreamName", "Data", "PartitionKey", "SequenceNumberForOrdering", "ExplicitHashKey")
}

SUBTYPES = {
    "EventBridge-PutEvents": Subtype(("Detail", "DetailType", "Source"), _put_events),
    "SQS-SendMessage": Subtype(("QueueUrl", "MessageBody"), partial(_queue, "SendMessage")),
    "SQS-ReceiveMessage": Subtype(("QueueUrl",), partial(_queue, "ReceiveMessage")),
    "SQS-DeleteMessage": Subtype(("QueueUrl", "ReceiptHandle"), partial(_queue, "DeleteMessage")),
    "SQS-PurgeQueue": Subtype(("QueueUrl",), partial(_queue, "PurgeQueue")),
    "AppConfig-GetConfiguration": Subtype(("Application", "Environment", "Configuration", "ClientId"), _configuration),
    "Kinesis-PutRecord": Subtype(
        ("StreamName", "Data", "PartitionKey"), partial(_json, "kinesis", "Kinesis_20131202.PutRecord", _RECORD, "1.1")
    ),
    "StepFunctions-StartExecution": Subtype(
        ("StateMachineArn",), partial(_json, "states", "AWSStepFunctions.StartExecution", _EXECUTION, "1.0")
    ),
    "StepFunctions-StartSyncExecution": Subtype(
        ("StateMachineArn",), partial(_json, "states", "AWSStepFunctions.StartSyncExecution", _EXECUTION, "1.0")
    ),
    "StepFunctions-StopExecution": Subtype(
        ("ExecutionArn",), partial(_json, "states", "AWSStepFunctions.StopExecution", _STOP, "1.0")
    ),
}


def missing(subtype: Subtype, given: Parameters) -> tuple[str, ...]:
    """Return the required parameters that are missing."""
    return tuple(name for name in subtype.required if not given.get(name))
