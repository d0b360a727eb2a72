"""Updates of resources in the back ends when their properties change, as CloudFormation makes them in place. Parts change by themselves (`part`).

A property that the template no longer has goes back to the service's default. Content stays: messages, items, objects.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from netful.model.core.numbers import whole_number
from netful.services.deploy.keys_and_machines import update_machine
from netful.services.deploy.resource_kind import Place, Properties, is_known, plain
from netful.services.http.backend_requests import json_request
from netful.services.http.message import Request

Update: TypeAlias = Callable[[str, Properties, Place], Iterator[Request]]

_QUEUE_DEFAULTS = {
    "DelaySeconds": 0,
    "MaximumMessageSize": 262_144,
    "MessageRetentionPeriod": 345_600,
    "ReceiveMessageWaitTimeSeconds": 0,
    "RedrivePolicy": "",
    "VisibilityTimeout": 30,
}


def _queue(name: str, properties: Properties, place: Place) -> Iterator[Request]:
    values = {
        key: properties[key] if is_known(properties.get(key)) else default for key, default in _QUEUE_DEFAULTS.items()
    }
    url = f"https://sqs.{place.region}.amazonaws.com/{place.account_id}/{name}"
    attributes = {key: _text(value) for key, value in values.items()}
    yield json_request("AmazonSQS.SetQueueAttributes", {"QueueUrl": url, "Attributes": attributes}, version="1.0")


def _table(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    content: dict[str, Any] = {"TableName": name}
    if properties.get("BillingMode") == "PAY_PER_REQUEST":
        content["BillingMode"] = "PAY_PER_REQUEST"
    elif is_known(properties.get("ProvisionedThroughput")):
        content |= {"BillingMode": "PROVISIONED", "ProvisionedThroughput": plain(properties["ProvisionedThroughput"])}
    stream = properties.get("StreamSpecification")
    if is_known(stream):
        content["StreamSpecification"] = {**plain(stream), "StreamEnabled": True}
    yield json_request("DynamoDB_20120810.UpdateTable", content, version="1.0")


def _secret(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    text, description = properties.get("SecretString"), properties.get("Description")
    content = {"SecretId": name, "Description": description if isinstance(description, str) else ""}
    if isinstance(text, str):
        content |= {"SecretString": text, "ClientRequestToken": secrets.token_hex(16)}
    yield json_request("secretsmanager.UpdateSecret", content)


def _stream(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    count = whole_number(properties.get("ShardCount"), 1)
    content = {"StreamName": name, "TargetShardCount": count, "ScalingType": "UNIFORM_SCALING"}
    yield json_request("Kinesis_20131202.UpdateShardCount", content)


def _log_group(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    days = whole_number(properties.get("RetentionInDays"), 0)
    if days:
        content = {"logGroupName": name, "retentionInDays": days}
        yield json_request("Logs_20140328.PutRetentionPolicy", content)
    else:
        yield json_request("Logs_20140328.DeleteRetentionPolicy", {"logGroupName": name})


def _text(value: Any) -> str:
    return json.dumps(plain(value)) if isinstance(value, Mapping) else str(value)


UPDATES: Mapping[str, Update] = {
    "AWS::DynamoDB::Table": _table,
    "AWS::Kinesis::Stream": _stream,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::SQS::Queue": _queue,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::StepFunctions::StateMachine": update_machine,
}
"""The requests that bring a resource to changed properties, by its type. Other types are as they were made."""
