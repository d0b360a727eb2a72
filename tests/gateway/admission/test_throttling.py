"""Throttles, API keys and quotas of a running gateway, on a clock in the test's hands (api-gateway §3)."""

import asyncio
import itertools

import pytest

from netful.engine.authorization.api_keys import value_of
from netful.engine.usage.throttles import Limit
from tests.helpers.api_templates import FN, INVOKE, PERMISSION, of_method
from tests.helpers.gateway_bench import header

API = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      MethodSettings: %(settings)s
      DefinitionBody:
        swagger: "2.0"
        paths:
          /a: {get: &open {x-amazon-apigateway-integration: &mock {type: mock, responses: {default: {statusCode: 200}}}}}
          /b: {get: *open}
          /keyed: {get: &keyed {security: [{api_key: []}], x-amazon-apigateway-integration: *mock}}
          /keyed2: {get: *keyed}
        securityDefinitions: {api_key: {type: apiKey, name: x-api-key, in: header}}
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    DependsOn: ApiliveStage
    Properties:
      ApiStages: [{ApiId: !Ref Api, Stage: live, Throttle: %(methods)s}]
      %(plan)s
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Value: "first-key-of-twenty-characters", Enabled: true}}
  Second: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true}}
  Disabled: {Type: AWS::ApiGateway::ApiKey, Properties: {Value: "disabled-key-of-some-letters", Enabled: false}}
  Planless: {Type: AWS::ApiGateway::ApiKey, Properties: {Value: "planless-key-of-some-letters", Enabled: true}}
  First: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
  Other: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Second, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
  Third: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Disabled, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
"""
KEY = "first-key-of-twenty-characters"
STAGE = '{HttpMethod: "*", ResourcePath: "/*", ThrottlingRateLimit: 1, ThrottlingBurstLimit: %d}'
METHOD = "{HttpMethod: GET, ResourcePath: %s, ThrottlingRateLimit: 1, ThrottlingBurstLimit: %d}"


def api(settings="[]", methods="{}", plan="UsagePlanName: p"):
    return API % {"settings": settings, "methods": methods, "plan": plan}


def count(bench, path, tries, key=None):
    """How many of so many requests at once are let through."""
    headers = {"x-api-key": key} if key else {}

    async def ask():
        return sum([(await bench.call("GET", f"/live{path}", **headers)).status == 200 for _ in range(tries)])

    return asyncio.run(ask())


def get(bench, path, **headers):
    return asyncio.run(bench.call("GET", f"/live{path}", **headers))


def test_throttled_answer(bench_of):
    bench = bench_of(api(settings=f"[{STAGE % 1}]"))
    assert get(bench, "/a").status == 200
    response = get(bench, "/a")
    assert (response.status, response.body) == (429, b'{"message":"Too Many Requests"}')
    assert header(response, "x-amzn-errortype") == "TooManyRequestsException"
    assert header(response, "retry-after") is None
    bench.time.pass_(1)
    assert get(bench, "/a").status == 200


def test_stage_default_is_a_bucket_for_each_method(bench_of):
    bench = bench_of(api(settings=f"[{STAGE % 3}]"))
    assert (count(bench, "/a", 9), count(bench, "/b", 9)) == (3, 3)


def test_method_setting_replaces_the_default_even_where_it_is_higher(bench_of):
    bench = bench_of(api(settings=f"[{STAGE % 2}, {METHOD % ('/a', 5)}]"))
    assert (count(bench, "/a", 9), count(bench, "/b", 9)) == (5, 2)


def test_account_is_shared_by_all_methods(bench_of):
    bench = bench_of(api())
    assert count(bench, "/a", 3000) + count(bench, "/b", 3000) == 5000


@pytest.mark.parametrize("levels", [set(c) for n in range(6) for c in itertools.combinations("PpMSA", n)])
def test_precedence_in_every_combination(bench_of, levels):
    """P the plan's method, p the plan, M the stage's method, S the stage, A the account.

    Of a plan's two limits one holds, of a stage's two one, the account's always; the narrowest of those that hold decides,
    at once and after some time.
    """
    numbers = {"P": 9, "p": 3, "M": 7, "S": 4, "A": 6}
    settings = [STAGE % numbers["S"]] if "S" in levels else []
    settings += [METHOD % ("/keyed", numbers["M"])] if "M" in levels else []
    methods = f"{{/keyed/GET: {{RateLimit: 1, BurstLimit: {numbers['P']}}}}}" if "P" in levels else "{}"
    plan = f"Throttle: {{RateLimit: 1, BurstLimit: {numbers['p']}}}" if "p" in levels else "UsagePlanName: p"
    account = Limit(1, numbers["A"], "account default", "us-east-1") if "A" in levels else None
    bench = bench_of(api(f"[{', '.join(settings)}]", methods, plan), account=account)
    holding = {"P"} & levels or {"p"} & levels
    holding |= {"M"} & levels or {"S"} & levels
    holding |= {"A"} & levels
    expected = min([numbers[level] for level in holding], default=12)
    assert count(bench, "/keyed", 12, KEY) == expected
    bench.time.pass_(2)
    assert count(bench, "/keyed", 12, KEY) == (2 if holding else 12)


def test_plan_is_a_bucket_for_each_key_over_its_methods(bench_of):
    bench = bench_of(api(plan="Throttle: {RateLimit: 1, BurstLimit: 4}"))
    second = value_of(bench.gateway.cloud.apis.api_keys["Second"])
    assert count(bench, "/keyed", 3, KEY) + count(bench, "/keyed2", 9, KEY) == 4
    assert count(bench, "/keyed", 9, second) == 4


def test_key_on_an_open_method_counts_nowhere(bench_of):
    bench = bench_of(api(plan="Throttle: {RateLimit: 1, BurstLimit: 1}"))
    assert count(bench, "/a", 5, KEY) == 5
    assert count(bench, "/keyed", 5, KEY) == 1


@pytest.mark.parametrize("key", [None, "wrong", "disabled-key-of-some-letters", "planless-key-of-some-letters"])
def test_keys_that_open_nothing(bench_of, key):
    response = get(bench_of(api()), "/keyed", **({"X-API-Key": key} if key else {}))
    assert (response.status, response.body) == (403, b'{"message":"Forbidden"}')
    assert header(response, "x-amzn-errortype") == "ForbiddenException"


def test_quota_by_day(bench_of):
    bench = bench_of(api(plan="Quota: {Limit: 3, Period: DAY}"))
    assert count(bench, "/keyed", 2, KEY) + count(bench, "/keyed2", 2, KEY) == 3
    response = get(bench, "/keyed", **{"x-api-key": KEY})
    assert (response.status, response.body) == (429, b'{"message":"Limit Exceeded"}')
    assert header(response, "x-amzn-errortype") == "LimitExceededException"
    bench.time.pass_(86_400)
    assert count(bench, "/keyed", 5, KEY) == 3


def test_offset_is_taken_from_the_first_period_only(bench_of):
    bench = bench_of(api(plan="Quota: {Limit: 3, Period: DAY, Offset: 2}"))
    assert count(bench, "/keyed", 5, KEY) == 1
    bench.time.pass_(86_400)
    assert count(bench, "/keyed", 5, KEY) == 3


@pytest.mark.parametrize(("period", "days"), [("DAY", 1), ("WEEK", 6), ("MONTH", 17)])
def test_windows_end_on_the_calendar(bench_of, period, days):
    """The clock begins on Tuesday, 14 November 2023."""
    bench = bench_of(api(plan=f"Quota: {{Limit: 1, Period: {period}}}"))
    assert count(bench, "/keyed", 1, KEY) == 1
    bench.time.pass_((days - 1) * 86_400)
    assert count(bench, "/keyed", 1, KEY) == 0
    bench.time.pass_(86_400)
    assert count(bench, "/keyed", 1, KEY) == 1


def test_throttled_requests_do_not_count_against_the_quota(bench_of):
    bench = bench_of(api(plan="Throttle: {RateLimit: 1, BurstLimit: 1}\n      Quota: {Limit: 2, Period: DAY}"))
    assert count(bench, "/keyed", 9, KEY) == 1
    bench.time.pass_(1)
    assert count(bench, "/keyed", 9, KEY) == 1


BY_AUTHORIZER = (
    of_method(
        "HttpMethod: GET, AuthorizationType: CUSTOM, AuthorizerId: !Ref Who, ApiKeyRequired: true, "
        "Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}",
        "ApiKeySourceType: AUTHORIZER",
    )
    + f"""{FN}{PERMISSION}
  Who:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      Name: w
      RestApiId: !Ref Api
      Type: TOKEN
      IdentitySource: method.request.header.Authorization
      AuthorizerUri: {INVOKE}
  Plan: {{Type: AWS::ApiGateway::UsagePlan, Properties: {{ApiStages: [{{ApiId: !Ref Api, Stage: !Ref Stage}}]}}}}
  Key: {{Type: AWS::ApiGateway::ApiKey, Properties: {{Value: "first-key-of-twenty-characters", Enabled: true}}}}
  Binding: {{Type: AWS::ApiGateway::UsagePlanKey, Properties: {{KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}}}
"""
)


@pytest.mark.parametrize(("given", "sent", "status"), [(KEY, "", 200), ("", KEY, 403), ("other", KEY, 403)])
def test_key_that_an_authorizer_gives(bench_of, given, sent, status):
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
    result = {"principalId": "p", "policyDocument": {"Statement": [statement]}, "usageIdentifierKey": given}
    bench = bench_of(BY_AUTHORIZER, function=result)
    assert get(bench, "", Authorization="t", **({"x-api-key": sent} if sent else {})).status == status


def test_status_lists_the_use_of_what_there_is(bench_of):
    bench = bench_of(api(settings=f"[{STAGE % 5}]", plan="Quota: {Limit: 9, Period: DAY}\n      UsagePlanName: p"))
    assert count(bench, "/keyed", 2, KEY) == 2

    def listed():
        status = asyncio.run(bench.gateway.status())
        return [one["of"].split()[0] for one in status["buckets"]], [one["used"] for one in status["quotas"]]

    assert listed() == (["ApiliveStage", "us-east-1"], [2])
    bench.gateway.change(bench_of("Resources: {Topic: {Type: AWS::SNS::Topic}}").gateway.cloud)
    assert listed() == (["us-east-1"], [])  # the limit of the account
