"""Queues and topics whose key excludes the service that sends to them."""

import pytest

from netful.checks.registry import rule_named
from tests.helpers.facts import facts_of

TEMPLATE = """
Parameters: {Unset: {Type: String}}
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [{Effect: Allow, Principal: %s, Action: 'kms:*', Resource: '*'}]}}}
  Queue: {Type: AWS::SQS::Queue, Properties: {%s}}
  Topic: {Type: AWS::SNS::Topic, Properties: {%s}}
  %s
"""
ROOT, EVENTS, SNS = (
    "{AWS: 'arn:aws:iam::123456789012:root'}",
    "{Service: events.amazonaws.com}",
    "{Service: [s3.amazonaws.com, sns.amazonaws.com]}",
)
RULE = "Sender: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [s]}, Targets: [{Id: a, Arn: !Ref Topic}, {Id: b, Arn: !GetAtt Queue.Arn}]}}"
SUBSCRIPTION = "Sender: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn}}"
BUCKET = "Sender: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {QueueConfigurations: [{Event: 's3:ObjectCreated:*', Queue: !GetAtt Queue.Arn}]}}}"
BY_ROLE = "Sender: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [s]}, Targets: [{Id: a, Arn: !GetAtt Queue.Arn, RoleArn: r}]}}"
OWN, OF_AWS = "KmsMasterKeyId: !Ref Key", "KmsMasterKeyId: alias/aws/%s"


@pytest.mark.parametrize(
    ("principal", "queue", "topic", "sender", "expected"),
    [
        (ROOT, OF_AWS % "sqs", "", SUBSCRIPTION, ["Sender"]),
        (ROOT, OF_AWS % "sqs", "", BUCKET, ["Sender"]),
        (ROOT, OF_AWS % "sqs", OF_AWS % "sns", RULE, ["Sender", "Sender"]),
        (ROOT, OWN, "", SUBSCRIPTION, ["Sender"]),
        (SNS, OWN, "", SUBSCRIPTION, []),
        (SNS, OWN, "", BUCKET, []),
        (EVENTS, OWN, OWN, RULE, []),
        ("'*'", OWN, "", SUBSCRIPTION, []),
        ("{Service: !Ref Unset}", OWN, "", SUBSCRIPTION, []),
        (ROOT, "KmsMasterKeyId: !Ref Unset", "", SUBSCRIPTION, []),
        (ROOT, "SqsManagedSseEnabled: true", "", SUBSCRIPTION, []),
        (ROOT, "", OF_AWS % "sns", SUBSCRIPTION, []),
        (ROOT, OF_AWS % "sqs", "", BY_ROLE, []),
    ],
)
def test_a_key_must_admit_the_sender(tmp_path, principal, queue, topic, sender, expected):
    facts = facts_of(tmp_path, TEMPLATE % (principal, queue, topic, sender))
    assert [one.resource for one in rule_named("NF757").findings(facts)] == expected
