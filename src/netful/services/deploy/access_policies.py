"""Policies of buckets, queues and topics, which are resources of their own in a template."""

import json
from collections.abc import Iterator

from netful.services.deploy.part import Part
from netful.services.deploy.resource_kind import Kind, Place, Properties, document, texts
from netful.services.http.backend_requests import form_request, json_request, rest_request
from netful.services.http.message import Request

_TOPIC_ACTIONS = (
    "GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe",
    "ListSubscriptionsByTopic", "Publish",
)  # fmt: skip


def _bucket(_name: str, properties: Properties, _place: Place) -> Iterator[Part]:
    for bucket in texts(properties, "Bucket"):
        path = f"/{bucket}?policy"
        put = rest_request("PUT", path, document(properties.get("PolicyDocument")).encode())
        yield Part((bucket,), put, rest_request("DELETE", path))


def _queue(_name: str, properties: Properties, _place: Place) -> Iterator[Part]:
    for url in texts(properties, "Queues"):
        yield Part((url,), _queue_policy(url, document(properties.get("PolicyDocument"))), _queue_policy(url, ""))


def _queue_policy(url: str, text: str) -> Request:
    content = {"QueueUrl": url, "Attributes": {"Policy": text}}
    return json_request("AmazonSQS.SetQueueAttributes", content, version="1.0")


def _topic(_name: str, properties: Properties, place: Place) -> Iterator[Part]:
    for arn in texts(properties, "Topics"):
        put = _topic_policy(arn, document(properties.get("PolicyDocument")))
        yield Part((arn,), put, _topic_policy(arn, _default_topic_policy(arn, place)))


def _topic_policy(arn: str, text: str) -> Request:
    return form_request({
        "Action": "SetTopicAttributes",
        "Version": "2010-03-31",
        "TopicArn": arn,
        "AttributeName": "Policy",
        "AttributeValue": text,
    })  # fmt: skip


def _default_topic_policy(arn: str, place: Place) -> str:
    """Return the policy of a topic without another one: its account may do everything."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in _TOPIC_ACTIONS],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": place.account_id}},
    }
    return json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})


KINDS: dict[str, Kind] = {
    "AWS::S3::BucketPolicy": Kind("s3", "", parts=_bucket),
    "AWS::SQS::QueuePolicy": Kind("sqs", "", parts=_queue),
    "AWS::SNS::TopicPolicy": Kind("sns", "", parts=_topic),
}
