"""Policies of buckets, queues, topics, secrets and event buses, which are resources of their own in a template."""

import json
from collections.abc import Iterator
from functools import partial

from netful.model.core import is_set
from netful.model.json_texts import json_object
from netful.services.deploy.kinds.event_rules import bus_statement, labelled
from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.queues import SQS
from netful.services.deploy.kinds.resource_kind import JsonService, Kind, Wanted
from netful.services.deploy.kinds.topics import sns
from netful.services.http.backend_requests import rest_request
from netful.services.http.message import Request

_TOPIC_ACTIONS = (
    "GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe",
    "ListSubscriptionsByTopic", "Publish",
)  # fmt: skip
_SECRETS = JsonService("secretsmanager")


def _bucket(one: Wanted) -> Iterator[Part]:
    for bucket in one.texts("Bucket"):
        path = f"/{bucket}?policy"
        put = rest_request("PUT", path, one.document("PolicyDocument").encode())
        yield Part((bucket,), put, rest_request("DELETE", path))


def _queue(named: str, one: Wanted) -> Iterator[Part]:
    for url in one.texts(named):
        put, remove = (
            SQS("SetQueueAttributes", QueueUrl=url, Attributes={"Policy": text})
            for text in (one.document("PolicyDocument"), "")
        )
        yield Part((url,), put, remove)


def _topic(named: str, one: Wanted) -> Iterator[Part]:
    for arn in one.texts(named):
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


def _secret(one: Wanted) -> Iterator[Part]:
    for secret in one.texts("SecretId"):
        put = _SECRETS("PutResourcePolicy", SecretId=secret, ResourcePolicy=one.document("ResourcePolicy"))
        yield Part((secret,), put, _SECRETS("DeleteResourcePolicy", SecretId=secret))


def _bus(one: Wanted) -> Iterator[Part]:
    """Yield the statement of an event bus under its label."""
    bus, label = one.text("EventBusName", "default").rpartition("/")[2], one.text("StatementId")
    given = one.set("Action", "Principal", "Condition")
    if is_set(one.properties.get("Statement")):
        given = {"Policy": labelled(json_object(one.document("Statement")), label)}
    yield bus_statement(bus, label, **given)


KINDS: dict[str, Kind] = {
    "AWS::S3::BucketPolicy": Kind("s3", "", parts=_bucket),
    "AWS::SQS::QueuePolicy": Kind("sqs", "", parts=partial(_queue, "Queues")),
    "AWS::SQS::QueueInlinePolicy": Kind("sqs", "", parts=partial(_queue, "Queue")),
    "AWS::SNS::TopicPolicy": Kind("sns", "", parts=partial(_topic, "Topics")),
    "AWS::SNS::TopicInlinePolicy": Kind("sns", "", parts=partial(_topic, "TopicArn")),
    "AWS::SecretsManager::ResourcePolicy": Kind("secretsmanager", "", parts=_secret),
    "AWS::Events::EventBusPolicy": Kind("events", "", parts=_bus),
}
