"""Hints about event source mappings that Lambda refuses: the change that each names makes Lambda accept the mapping."""

import pytest

from netful.checks.registry import rule_named
from tests.helpers.facts import facts_of
from tests.helpers.texts import replaced

TEMPLATE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: []}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: [ACTIONS], Resource: '*'}]}}]
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: a.b, Role: !GetAtt Role.Arn, Code: {ZipFile: x}, Timeout: 60}}
  Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: SECONDS}}
  Stream: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Mapping: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !GetAtt SOURCE.Arn, SETTINGS}}
"""
OF_QUEUE = "sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes"
OF_STREAM = "kinesis:GetRecords, kinesis:GetShardIterator, kinesis:DescribeStream"
GOOD = {"SOURCE": "Queue", "ACTIONS": OF_QUEUE, "SECONDS": "60", "SETTINGS": "BatchSize: 10"}
STREAM = {"SOURCE": "Stream", "ACTIONS": OF_STREAM, "SETTINGS": "StartingPosition: LATEST"}
WRONG = {
    "queue's actions": ({}, {"ACTIONS": "logs:PutLogEvents"}, f"the role needs {OF_QUEUE}"),
    "stream's actions": (STREAM, {"ACTIONS": "logs:PutLogEvents"}, f"the role needs {OF_STREAM}"),
    "visibility": ({}, {"SECONDS": "30"}, "set the queue's `VisibilityTimeout` to the function's `Timeout` or more"),
    "batch": ({}, {"SETTINGS": "BatchSize: 11"}, "set `MaximumBatchingWindowInSeconds: 1`, or `BatchSize: 10`"),
    "position": (STREAM, {"SETTINGS": "Enabled: true"}, "set `StartingPosition: LATEST`, or `TRIM_HORIZON`"),
}


@pytest.mark.parametrize(("kind", "fault", "hint"), WRONG.values(), ids=WRONG)
def test_the_hint_leads_to_what_lambda_accepts(tmp_path, kind, fault, hint):
    def hints(changes):
        facts = facts_of(tmp_path, replaced(TEMPLATE, {**GOOD, **kind, **changes}))
        return [found.hint for found in rule_named("NF730").find(facts)]

    assert hints(fault) == [hint]
    assert hints({}) == []
