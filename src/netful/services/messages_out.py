"""Messages that AWS's services send by themselves: a text to a queue, a topic or an event bus, named by its ARN."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from netful.model import catalog
from netful.services.inside import CallHost, form_request, json_request
from netful.services.message import Request, Response

Attributes: TypeAlias = Mapping[str, tuple[str, str]]
"""A message's attributes: SQS's type of each, and its text."""


async def send_message(target: str, text: str, attributes: Attributes, call_host: CallHost) -> Response:
    """Send a text to the queue, topic or bus with an ARN; raises ValueError where nothing takes messages."""
    service, region, account, name = _parts(target)
    make = _REQUESTS.get(service)
    if make is None:
        raise ValueError(f"`{target}` takes no messages")
    host = catalog.service(service).host(region)
    return await call_host(host, make(target, f"https://{host}/{account}/{name}", text, attributes))


def _parts(arn: str) -> tuple[str, str, str, str]:
    _, _, service, region, account, name = (arn.split(":", 5) + [""] * 6)[:6]
    return service, region, account, name


def _to_queue(_arn: str, url: str, text: str, attributes: Attributes) -> Request:
    typed: dict[str, Any] = {
        name: {"DataType": type_, "StringValue": value} for name, (type_, value) in attributes.items()
    }
    content = {"QueueUrl": url, "MessageBody": text, "MessageAttributes": typed}
    return json_request("AmazonSQS.SendMessage", content, version="1.0")


def _to_topic(arn: str, _url: str, text: str, attributes: Attributes) -> Request:
    parameters = {"Action": "Publish", "Version": "2010-03-31", "TopicArn": arn, "Message": text}
    for number, (name, (type_, value)) in enumerate(attributes.items(), start=1):
        entry = f"MessageAttributes.entry.{number}"
        parameters |= {
            f"{entry}.Name": name,
            f"{entry}.Value.DataType": type_,
            f"{entry}.Value.StringValue": value,
        }
    return form_request(parameters)


def _to_bus(arn: str, _url: str, text: str, _attributes: Attributes) -> Request:
    ended_well = msgspec.json.decode(text)["requestContext"]["condition"] == "Success"
    entry = {
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {'Success' if ended_well else 'Failure'}",
        "Detail": text,
        "EventBusName": arn,
    }
    return json_request("AWSEvents.PutEvents", {"Entries": [entry]})


_REQUESTS: dict[str, Callable[[str, str, str, Attributes], Request]] = {
    "sqs": _to_queue,
    "sns": _to_topic,
    "events": _to_bus,
}
