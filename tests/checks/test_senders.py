"""Targets that do not permit their senders: queues, topics, and functions of services without an API."""

import pytest

from netful.checks.registry import rule_named
from tests.helpers.facts import facts_of

BASE = """
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: a.b, Role: !GetAtt Role.Arn, Code: {ZipFile: x}}}
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Secret: {Type: AWS::SecretsManager::Secret}
  Group: {Type: AWS::Logs::LogGroup}
"""
SENDERS = {
    "topic to queue": ("S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn}}", "sns"),
    "rule to queue": ("S: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [s]}, Targets: [{Id: a, Arn: !GetAtt Queue.Arn}]}}", "events"),
    "rule to topic": ("S: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [s]}, Targets: [{Id: a, Arn: !Ref Topic}]}}", "events"),
    "bucket to topic": ("S: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {TopicConfigurations: [{Event: 's3:ObjectCreated:*', Topic: !Ref Topic}]}}}", "s3"),
    "user pool": ("S: {Type: AWS::Cognito::UserPool, Properties: {LambdaConfig: {CustomEmailSender: {LambdaVersion: V1_0, LambdaArn: !GetAtt Fn.Arn}}}}", "cognito-idp"),
    "rotation": ("S: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: !Ref Secret, RotationLambdaARN: !GetAtt Fn.Arn}}", "secretsmanager"),
    "logs": ("S: {Type: AWS::Logs::SubscriptionFilter, Properties: {LogGroupName: !Ref Group, FilterPattern: '', DestinationArn: !GetAtt Fn.Arn}}", "logs"),
}  # fmt: skip
ADMITS = """
  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: SERVICE.amazonaws.com}}
  OfQueue: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Queue], PolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: SERVICE.amazonaws.com}, Action: 'sqs:SendMessage', Resource: '*'}]}}}
  OfTopic: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Topic], PolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: SERVICE.amazonaws.com}, Action: 'sns:Publish', Resource: '*'}]}}}
"""


@pytest.mark.parametrize(("sender", "service"), SENDERS.values(), ids=SENDERS)
def test_a_target_must_permit_its_sender(tmp_path, sender, service):
    def found(more):
        return [one.resource for one in rule_named("NF726").findings(facts_of(tmp_path, f"{BASE}  {sender}\n{more}"))]

    assert found("") == ["S"]
    assert found(ADMITS.replace("SERVICE", "codecommit")) == ["S"]
    assert found(ADMITS.replace("SERVICE", service)) == []


def test_logs_may_be_named_with_their_region(tmp_path):
    own = SENDERS["logs"][0] + ADMITS.replace("SERVICE", "logs.us-east-1")
    assert [*rule_named("NF726").findings(facts_of(tmp_path, f"{BASE}  {own}"))] == []
