"""Policies of buckets, queues and topics, which are resources of their own in a template."""

import json
from collections.abc import Iterator

from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.queues import SQS
from netful.services.deploy.kinds.resource_kind import Kind, Wanted
from netful.services.deploy.kinds.topics import sns
from netful.services.http.backend_requests import rest_request
from netful.services.http.message import Request

_TOPIC_ACTIONS = (
    "GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe",
    "ListSubscriptionsByTopic", "Publish",
)  # fmt: skip


def _bucket(one: Wanted) -> Iterator[Part]:
    for bucket in one.texts("Bucket"):
        path = f"/{bucket}?policy"
        put = rest_request("PUT", path, one.document("PolicyDocument").encode())
        yield Part((bucket,), put, rest_request("DELETE", path))


def _queue(one: Wanted) -> Iterator[Part]:
    for url in one.texts("Queues"):
        put, remove = (
            SQS("SetQueueAttributes", QueueUrl=url, Attributes={"Policy": text})
            for text in (one.document("PolicyDocument"), "")
        )
        yield Part((url,), put, remove)


def _topic(one: Wanted) -> Iterator[Part]:
    for arn in one.texts("Topics"):
        put = _topic_policy(arn, one.document("PolicyDocument"))
        yield Part((arn,), put, _topic_policy(arn, _default_topic_policy(arn, one.place.account_id)))


def _topic_policy(arn: str, text: str) -> Request:
    return sns("SetTopicAttributes", TopicArn=arn, AttributeName="Policy", AttributeValue=text)


def _default_topic_policy(arn: str, account_id: str) -> str:
    """Return the policy of a topic without another one: its account may do everything."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in _TOPIC_ACTIONS],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": account_id}},
    }
    return json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})


KINDS: dict[str, Kind] = {
    "AWS::S3::BucketPolicy": Kind("s3", "", parts=_bucket),
    "AWS::SQS::QueuePolicy": Kind("sqs", "", parts=_queue),
    "AWS::SNS::TopicPolicy": Kind("sns", "", parts=_topic),
}
