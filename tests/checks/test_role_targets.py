"""Roles with which services of AWS call: what they lack, by the type of the resource that names them."""

import pytest

from netful.checks.registry import rule_named
from tests.helpers.facts import facts_of

TEMPLATE = """
Parameters: {Unset: {Type: String}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: %s.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: %s, Resource: '*'}]}}]
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: a.b, Role: r, Code: {ZipFile: x}}}
  Caller: {Type: AWS::%s, Properties: {%s}}
"""
TASK = '{"StartAt": "A", "States": {"A": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Task", "Resource": "${Fn}", "End": true}}}]}}}'
INVOKE = "{StartAt: A, States: {A: {Type: Task, Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Parameters: {FunctionName: !GetAtt Fn.Arn}, End: true}}}"
CALLERS = {
    "state machine of text": ("states", "StepFunctions::StateMachine", f"RoleArn: !GetAtt Role.Arn, DefinitionString: '{TASK}', DefinitionSubstitutions: {{Fn: !GetAtt Fn.Arn}}"),
    "state machine": ("states", "StepFunctions::StateMachine", f"RoleArn: !GetAtt Role.Arn, Definition: {INVOKE}"),
    "rule": ("events", "Events::Rule", "EventPattern: {source: [s]}, Targets: [{Id: a, Arn: !GetAtt Fn.Arn, RoleArn: !GetAtt Role.Arn}]"),
    "pipe": ("pipes", "Pipes::Pipe", "RoleArn: !GetAtt Role.Arn, Source: s, Target: !GetAtt Fn.Arn"),
    "data source": ("appsync", "AppSync::DataSource", "ApiId: a, Name: n, Type: AWS_LAMBDA, ServiceRoleArn: !GetAtt Role.Arn, LambdaConfig: {LambdaFunctionArn: !GetAtt Fn.Arn}"),
}  # fmt: skip


@pytest.mark.parametrize(("service", "type_", "written"), CALLERS.values(), ids=CALLERS)
def test_a_role_must_allow_the_call(tmp_path, service, type_, written):
    def found(trusted, action, text=written):
        facts = facts_of(tmp_path, TEMPLATE % (trusted, action, type_, text))
        return [one.resource for one in rule_named("NF731").findings(facts)]

    assert found(service, "s3:GetObject") == ["Caller"]
    assert found("ec2", "lambda:InvokeFunction") == ["Caller"]
    assert found(service, "lambda:InvokeFunction") == []
    assert found(f"{service}.us-east-1", "lambda:InvokeFunction") == []
    assert found("ec2", "s3:GetObject", written.replace("!GetAtt Role.Arn", "!Ref Unset")) == []
    assert found("ec2", "s3:GetObject", written.replace("!GetAtt Fn.Arn", "!Ref Unset")) == []


ENCRYPTED = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: ['sqs:*', %s], Resource: '*'}]}}]
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: a.b, Role: !GetAtt Role.Arn, Code: {ZipFile: x}}}
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}]}}}
  Queue: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: %s}}
  Reads: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !GetAtt Queue.Arn}}
"""


@pytest.mark.parametrize(
    ("action", "key", "expected"),
    [
        ("s3:GetObject", "!Ref Key", ["Reads"]),
        ("kms:Decrypt", "!Ref Key", []),
        ("s3:GetObject", "alias/aws/sqs", []),
        ("s3:GetObject", "alias/elsewhere", []),
    ],
)
def test_a_role_must_decrypt_what_it_reads(tmp_path, action, key, expected):
    facts = facts_of(tmp_path, ENCRYPTED % (action, key))
    assert [one.resource for one in rule_named("NF731").findings(facts)] == expected
