"""Services that send to functions: what lets them, by policies of functions and by roles of schedules."""

import pytest

from netful.engine.events.senders import may_invoke, role_refusal, sendings
from netful.sources import load

ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: %s.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: %s, Resource: "*"}]}}]
"""
TEMPLATE = (
    """Resources:
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: fn, Role: !GetAtt Role.Arn, Code: {ZipFile: ""}}}
  V: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Fn}}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Fn, FunctionVersion: !GetAtt V.Version, Name: live}}
  Topic: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: lambda, Endpoint: !GetAtt Fn.Arn}]}}
  Subscription: {Type: AWS::SNS::Subscription, Properties: {Protocol: lambda, TopicArn: !Ref Topic, Endpoint: !GetAtt Fn.Arn}}
  Mail: {Type: AWS::SNS::Subscription, Properties: {Protocol: email, TopicArn: !Ref Topic, Endpoint: a@b.example}}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: bus}}
  Rule:
    Type: AWS::Events::Rule
    Properties: {EventBusName: !Ref Bus, EventPattern: {source: [s]}, Targets: [{Id: a, Arn: !GetAtt Fn.Arn}, {Id: b, Arn: !Ref Live}]}
  ByRole:
    Type: AWS::Events::Rule
    Properties: {EventPattern: {source: [s]}, Targets: [{Id: a, Arn: !GetAtt Fn.Arn, RoleArn: !GetAtt Role.Arn}]}
  Elsewhere:
    Type: AWS::Events::Rule
    Properties: {EventPattern: {source: [s]}, Targets: [{Id: a, Arn: "arn:aws:lambda:us-east-1:999999999999:function:other"}]}
  Schedule:
    Type: AWS::Scheduler::Schedule
    Properties: {ScheduleExpression: rate(1 day), FlexibleTimeWindow: {Mode: "OFF"}, Target: {Arn: !GetAtt Fn.Arn, RoleArn: !GetAtt Role.Arn}}
"""
    + ROLE
)


@pytest.fixture
def cloud(tmp_path):
    def written(more="", role=("scheduler", "lambda:InvokeFunction"), region="us-east-1"):
        (tmp_path / "template.yaml").write_text(TEMPLATE % role + more)
        return load([tmp_path / "template.yaml"], region=region)

    return written


def permission(function, service, source):
    return (
        f"  P: {{Type: AWS::Lambda::Permission, Properties: {{Action: lambda:InvokeFunction, FunctionName: !Ref {function}, "
        f"Principal: {service}.amazonaws.com, SourceArn: {source}}}}}\n"
    )


@pytest.mark.parametrize(
    ("granted", "sender", "admitted"),
    [
        ("", "Topic", [False]),
        ("", "Subscription", [False]),
        ("", "Mail", []),
        ("", "Rule", [False, False]),
        ("", "ByRole", []),
        ("", "Elsewhere", [True]),
        (("Fn", "sns", "!Ref Topic"), "Subscription", [True]),
        (("Fn", "sns", "!Ref Topic"), "Topic", [True]),
        (("Fn", "sns", "!Ref Topic"), "Rule", [False, False]),
        (("Fn", "events", "!GetAtt Rule.Arn"), "Rule", [True, False]),
        (("Live", "events", "!GetAtt Rule.Arn"), "Rule", [False, True]),
        (("Fn", "events", "!GetAtt ByRole.Arn"), "Rule", [False, False]),
    ],
)
def test_a_function_admits_the_messages_that_its_policy_allows(cloud, granted, sender, admitted):
    loaded = cloud(permission(*granted) if granted else "")
    found = sendings(loaded, loaded.template.resources[sender])
    assert [may_invoke(loaded, one) for one in found] == admitted


def test_a_region_of_another_partition(cloud):
    loaded = cloud(permission("Fn", "events", "!GetAtt Rule.Arn"), region="cn-north-1")
    assert [may_invoke(loaded, one) for one in sendings(loaded, loaded.template.resources["Rule"])] == [True, False]


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        (("scheduler", "lambda:InvokeFunction"), ""),
        (("scheduler", "sqs:SendMessage"), "lambda:InvokeFunction"),
        (("lambda", "lambda:InvokeFunction"), "assume"),
    ],
)
def test_a_schedule_sends_by_its_role(cloud, role, refused):
    loaded = cloud(role=role)
    found = role_refusal(loaded, loaded.template.resources["Schedule"].properties["Target"])
    assert refused in found
    assert bool(found) == bool(refused)
