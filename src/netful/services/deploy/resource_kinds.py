"""Kinds of a template's resources that the back ends hold, and the requests that make and delete one of each.

A property is passed on if its value is known. CloudFormation and the services' APIs use the same names.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.model.core.numbers import whole_number
from netful.model.core.resource import Resource
from netful.services.deploy import (
    access_policies,
    alarms,
    iam,
    keys_and_machines,
    repositories,
    scaling,
    topics,
    user_pools,
)
from netful.services.deploy.bucket_settings import bucket_parts
from netful.services.deploy.part import Part
from netful.services.deploy.resource_kind import (
    LATER,
    Kind,
    NotKnownError,
    Place,
    Properties,
    is_known,
    known,
    mappings,
    plain,
)
from netful.services.deploy.secret_values import generated
from netful.services.http.backend_requests import json_request, rest_request
from netful.services.http.message import Request

_TABLE_MEMBERS = (
    "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema", "LocalSecondaryIndexes",
    "ProvisionedThroughput", "StreamSpecification",
)  # fmt: skip
_QUEUE_ATTRIBUTES = (
    "ContentBasedDeduplication", "DelaySeconds", "FifoQueue", "KmsMasterKeyId", "MaximumMessageSize",
    "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds", "RedrivePolicy", "VisibilityTimeout",
)  # fmt: skip


def _make_queue(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    attributes = {key: _attribute(properties[key]) for key in _QUEUE_ATTRIBUTES if is_known(properties.get(key))}
    yield json_request("AmazonSQS.CreateQueue", {"QueueName": name, "Attributes": attributes}, version="1.0")


def _queue_parts(name: str, properties: Properties, place: Place) -> Iterator[Part]:
    url = f"https://sqs.{place.region}.amazonaws.com/{place.account_id}/{name}"
    for tag in mappings(properties, "Tags"):
        key, value = str(tag.get("Key")), str(tag.get("Value", ""))
        put = json_request("AmazonSQS.TagQueue", {"QueueUrl": url, "Tags": {key: value}}, version="1.0")
        yield Part(("tag", key), put, json_request("AmazonSQS.UntagQueue", {"QueueUrl": url, "TagKeys": [key]}, "1.0"))


def _delete_queue(name: str, _properties: Properties, place: Place) -> Iterator[Request]:
    url = f"https://sqs.{place.region}.amazonaws.com/{place.account_id}/{name}"
    yield json_request("AmazonSQS.DeleteQueue", {"QueueUrl": url}, version="1.0")


def _make_table(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    members = {member: plain(properties[member]) for member in _TABLE_MEMBERS if is_known(properties.get(member))}
    if "StreamSpecification" in members:
        members["StreamSpecification"] = {**members["StreamSpecification"], "StreamEnabled": True}
    if members.get("BillingMode") != "PAY_PER_REQUEST":
        members.setdefault("ProvisionedThroughput", {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
    yield json_request("DynamoDB_20120810.CreateTable", {"TableName": name, **members}, version="1.0")


def _table_parts(name: str, properties: Properties, _place: Place) -> Iterator[Part]:
    expiry = properties.get("TimeToLiveSpecification")
    if isinstance(expiry, Mapping) and str(expiry.get("Enabled")).lower() == "true":
        attribute = str(expiry.get("AttributeName"))
        put, remove = (
            json_request(
                "DynamoDB_20120810.UpdateTimeToLive",
                {"TableName": name, "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": on}},
                version="1.0",
            )
            for on in (True, False)
        )
        yield Part(("expiry", attribute), put, remove)
    recovery = properties.get("PointInTimeRecoverySpecification")
    on = isinstance(recovery, Mapping) and str(recovery.get("PointInTimeRecoveryEnabled")).lower() == "true"
    if on:
        put, remove = (
            json_request(
                "DynamoDB_20120810.UpdateContinuousBackups",
                {"TableName": name, "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": enabled}},
                version="1.0",
            )
            for enabled in (True, False)
        )
        yield Part(("recovery",), put, remove)


def _delete_table(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield json_request("DynamoDB_20120810.DeleteTable", {"TableName": name}, version="1.0")


def _make_bucket(name: str, _properties: Properties, place: Place) -> Iterator[Request]:
    constraint = f"<LocationConstraint>{place.region}</LocationConstraint>"
    body = f"<CreateBucketConfiguration>{constraint}</CreateBucketConfiguration>"
    yield rest_request("PUT", f"/{name}", b"" if place.region == "us-east-1" else body.encode())


def _delete_bucket(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield rest_request("DELETE", f"/{name}")


def _make_secret(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    text, asked = properties.get("SecretString"), properties.get("GenerateSecretString")
    content = {
        "Name": name,
        "SecretString": text if isinstance(text, str) else generated(asked if isinstance(asked, Mapping) else {}),
        "ClientRequestToken": secrets.token_hex(16),
    }
    yield json_request("secretsmanager.CreateSecret", content)


def _delete_secret(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield json_request("secretsmanager.DeleteSecret", {"SecretId": name, "ForceDeleteWithoutRecovery": True})


def _make_stream(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    content = {"StreamName": name, "ShardCount": whole_number(properties.get("ShardCount"), 1)}
    yield json_request("Kinesis_20131202.CreateStream", content)


def _make_rotation(_name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    """Schedule a rotation. The first one follows when the stack has its functions and databases."""
    if "HostedRotationLambda" in properties:
        return  # netful takes its place
    rules = properties.get("RotationRules")
    days = whole_number(rules.get("AutomaticallyAfterDays"), 0) if isinstance(rules, Mapping) else 0
    content = {"SecretId": properties.get("SecretId"), "RotationLambdaARN": properties.get("RotationLambdaARN")}
    asked: dict[str, Any] = {name: value for name, value in content.items() if is_known(value)}
    asked |= {"RotationRules": {"AutomaticallyAfterDays": days}} if days else {}
    yield json_request("secretsmanager.RotateSecret", {**asked, "RotateImmediately": False})


def _delete_stream(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield json_request("Kinesis_20131202.DeleteStream", {"StreamName": name})


def _make_bus(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield json_request("AWSEvents.CreateEventBus", {"Name": name})


def _make_connection(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    given = properties.get("AuthParameters")
    if known(given) != given:
        raise NotKnownError("its credentials are not known before a deployment")
    content = {"Name": name, "AuthorizationType": properties.get("AuthorizationType"), "AuthParameters": known(given)}
    yield json_request("AWSEvents.CreateConnection", content)


def _delete_connection(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield json_request("AWSEvents.DeleteConnection", {"Name": name})


def _delete_bus(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield json_request("AWSEvents.DeleteEventBus", {"Name": name})


def _make_log_group(name: str, properties: Properties, _place: Place) -> Iterator[Request]:
    yield json_request("Logs_20140328.CreateLogGroup", {"logGroupName": name})
    days = whole_number(properties.get("RetentionInDays"), 0)
    if days:
        content = {"logGroupName": name, "retentionInDays": days}
        yield json_request("Logs_20140328.PutRetentionPolicy", content)


def _delete_log_group(name: str, _properties: Properties, _place: Place) -> Iterator[Request]:
    yield json_request("Logs_20140328.DeleteLogGroup", {"logGroupName": name})


# In the order of creation: a subscription needs its topic and its queue, a client its user pool.
KINDS: dict[str, Kind] = {
    "AWS::SQS::Queue": Kind("sqs", "QueueName", _make_queue, _delete_queue, _queue_parts),
    **topics.KINDS,
    "AWS::DynamoDB::Table": Kind("dynamodb", "TableName", _make_table, _delete_table, _table_parts),
    "AWS::S3::Bucket": Kind("s3", "BucketName", _make_bucket, _delete_bucket, bucket_parts),
    "AWS::SecretsManager::Secret": Kind("secretsmanager", "Name", _make_secret, _delete_secret),
    "AWS::SecretsManager::RotationSchedule": Kind("secretsmanager", "", _make_rotation),
    "AWS::Kinesis::Stream": Kind("kinesis", "Name", _make_stream, _delete_stream),
    "AWS::Logs::LogGroup": Kind("logs", "LogGroupName", _make_log_group, _delete_log_group),
    "AWS::Events::EventBus": Kind("events", "Name", _make_bus, _delete_bus),
    "AWS::Events::Connection": Kind("events", "Name", _make_connection, _delete_connection),
    **keys_and_machines.KINDS,
    **scaling.KINDS,
    **user_pools.KINDS,
    **access_policies.KINDS,
    **repositories.KINDS,
    **alarms.KINDS,
    **iam.KINDS,
}


def services_in_use(resources: Iterable[Resource], *, later: bool = False) -> list[str]:
    """Return the codes of the services that hold resources of the template from the start, or from their first call."""
    codes = dict.fromkeys(KINDS[resource.type].service for resource in resources if resource.type in KINDS)
    return [code for code in codes if (code in LATER) is later]


def _attribute(value: Any) -> str:
    """Return a queue's attribute as text, whatever its type in the template."""
    if isinstance(value, Mapping):
        return json.dumps(plain(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
