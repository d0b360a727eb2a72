"""Usage plans limit who needs a key, and nobody else."""

import pytest

from netful.checks.registry import rule_named
from tests.helpers.facts import facts_of
from tests.helpers.texts import replaced

API = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: prod, Auth: {ApiKeyRequired: KEYED}}
  Read:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      InlineCode: "def handler(event, context): return 1"
      Events:
        Get: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /orders, Method: GET}}
        Put: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /orders, Method: PUT, Auth: {AUTH}}}
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    DependsOn: ApiprodStage
    Properties: {Throttle: {RateLimit: 5, BurstLimit: 5}, ApiStages: [{ApiId: !Ref Api, Stage: prod}]}
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true}}
  Bound: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
"""


def found(folder, rule_id, keyed, put):
    facts = facts_of(folder, replaced(API, {"KEYED": keyed, "AUTH": put}))
    return [problem.message.split(":")[0] for problem in rule_named(rule_id).find(facts)]


@pytest.mark.parametrize(
    ("keyed", "put", "no_limit", "nobody"),
    [
        ("true", "ApiKeyRequired: true", [], []),
        ("true", "ApiKeyRequired: false", ["the public API `Api` has no throttle and no authorization on `PUT /orders`, which needs no key of a plan"], []),
        ("false", "", ["the public API `Api` has no throttle and no authorization on `GET /orders`, which needs no key of a plan"], ["no method in the stages of `Plan` needs an API key, so the plan limits no client"]),
    ],
)  # fmt: skip
def test_a_plan_limits_methods_that_need_a_key(tmp_path, keyed, put, no_limit, nobody):
    assert found(tmp_path, "NF501", keyed, put) == no_limit
    assert found(tmp_path, "NF704", keyed, put) == nobody


@pytest.mark.parametrize(
    ("keyed", "of", "reported"),
    [("true", "elsewhere", True), ("true", "!Ref Api, Stage: other}, {ApiId: elsewhere", True), ("true", "!Ref Api", False), ("true", "!Ref Given", False), ("false", "elsewhere", False)],
)  # fmt: skip
def test_a_required_key_needs_a_plan(tmp_path, keyed, of, reported):
    text = "Parameters: {Given: {Type: String}}\n" + replaced(
        API, {"KEYED": keyed, "AUTH": "", "{ApiId: !Ref Api": f"{{ApiId: {of}"}
    )
    messages = [problem.message for problem in rule_named("NF501").find(facts_of(tmp_path, text))]
    missing = "`GET /orders` of `Api` needs an API key, but no usage plan here contains a stage of it"
    assert any(one.startswith(missing) for one in messages) is reported


@pytest.mark.parametrize(
    ("change", "component"),
    [
        ({"RateLimit: 5": "RateLimit: 0"}, "Plan"),
        ({"BurstLimit: 5": "BurstLimit: 0"}, "Plan"),
        ({"{Throttle:": "{Quota: {Limit: 0, Period: DAY}, Throttle:"}, "Plan"),
        ({"StageName: prod": "StageName: prod, MethodSettings: [{ResourcePath: /*, HttpMethod: '*', ThrottlingRateLimit: 0, ThrottlingBurstLimit: 5}]"}, "ApiprodStage"),
    ],
)  # fmt: skip
def test_a_limit_of_0_is_reported_once(tmp_path, change, component):
    facts = facts_of(tmp_path, replaced(API, {"KEYED": "true", "AUTH": "", **change}))
    (found,) = [one for one in rule_named("NF501").find(facts) if "429" in one.message]
    assert (found.resource, found.severity) == (component, "high")
    assert found.message.endswith("is 0: `GET /orders` of `Api` answers 429 to every client")
