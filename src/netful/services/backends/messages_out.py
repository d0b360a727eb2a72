"""Messages from AWS services: a text to a queue, a topic, an event bus, a stream or a state machine, by its ARN."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from uuid import uuid4

import msgspec

from netful.model.names import service_names
from netful.services.http.backend_requests import CallHost, form_request, json_request
from netful.services.http.message import Request, Response

Attributes: TypeAlias = Mapping[str, tuple[str, str]]
"""Attributes of a message: the SQS type and the text of each."""


async def send_message(
    target: str, text: str, attributes: Attributes, call_host: CallHost, group: str = "", trace: str = ""
) -> Response:
    """Send a text to the resource with an ARN; `group` is the message group of a queue that has groups, or the partition key in a stream, `trace` a trace header.

    Raise ValueError if the resource cannot receive messages.
    """
    service, region, account, name = _parts(target)
    make = _REQUESTS.get(service)
    if make is None:
        raise ValueError(f"`{target}` cannot receive messages")
    host = service_names.service(service).host(region)
    url = f"https://{host}/{account}/{name}"
    request = make(target, url, text, attributes, group)
    if trace:
        request.headers = (*request.headers, ("X-Amzn-Trace-Id", trace))
    return await call_host(host, request)


def _parts(arn: str) -> tuple[str, str, str, str]:
    _, _, service, region, account, name = (arn.split(":", 5) + [""] * 6)[:6]
    return service, region, account, name


def _to_queue(_arn: str, url: str, text: str, attributes: Attributes, group: str) -> Request:
    typed: dict[str, Any] = {
        name: {"DataType": type_, "StringValue": value} for name, (type_, value) in attributes.items()
    }
    content: dict[str, Any] = {"QueueUrl": url, "MessageBody": text, "MessageAttributes": typed}
    if group:
        content |= {"MessageGroupId": group}
    return json_request("AmazonSQS.SendMessage", content, version="1.0")


def _to_topic(arn: str, _url: str, text: str, attributes: Attributes, _group: str) -> Request:
    parameters = {"Action": "Publish", "Version": "2010-03-31", "TopicArn": arn, "Message": text}
    for number, (name, (type_, value)) in enumerate(attributes.items(), start=1):
        entry = f"MessageAttributes.entry.{number}"
        parameters |= {f"{entry}.Name": name, f"{entry}.Value.DataType": type_, f"{entry}.Value.StringValue": value}
    return form_request(parameters)


def _to_bus(arn: str, _url: str, text: str, _attributes: Attributes, _group: str) -> Request:
    context = msgspec.json.decode(text)["requestContext"]
    succeeded = context["condition"] == "Success"
    entry = {
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {'Success' if succeeded else 'Failure'}",
        "Detail": text,
        "EventBusName": arn,
        "Resources": [arn, context["functionArn"]],
    }
    return json_request("AWSEvents.PutEvents", {"Entries": [entry]})


def _to_machine(arn: str, _url: str, text: str, _attributes: Attributes, _group: str) -> Request:
    return json_request("AWSStepFunctions.StartExecution", {"stateMachineArn": arn, "input": text}, version="1.0")


def _to_stream(arn: str, _url: str, text: str, _attributes: Attributes, group: str) -> Request:
    content = {"StreamARN": arn, "Data": b64encode(text.encode()).decode(), "PartitionKey": group or str(uuid4())}
    return json_request("Kinesis_20131202.PutRecord", content)


_REQUESTS: dict[str, Callable[[str, str, str, Attributes, str], Request]] = {
    "sqs": _to_queue,
    "sns": _to_topic,
    "events": _to_bus,
    "states": _to_machine,
    "kinesis": _to_stream,
}
