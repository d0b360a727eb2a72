"""The stage's cache, on a clock in the test's hands (api-gateway §4)."""

import asyncio

import pytest

from netful.engine.authorization.sessions import keys_of
from tests.helpers.gateway_bench import header, signed_headers

API = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      CacheClusterEnabled: true
      CacheClusterSize: "0.5"
      MethodSettings: [%s]
      DefinitionBody:
        swagger: "2.0"
        paths:
          /items/{id}:
            parameters: [{name: id, in: path, required: true, type: string}, {name: q, in: query, type: string}]
            get: {x-amazon-apigateway-integration: &one {<<: &fn {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}, cacheKeyParameters: [method.request.path.id, method.request.querystring.q]}}
            post: {x-amazon-apigateway-integration: *one}
          /all/{id}: {get: {x-amazon-apigateway-integration: *fn}}
          /mapped/{id}:
            parameters: [{name: id, in: path, required: true, type: string}]
            get: {x-amazon-apigateway-integration: {<<: *fn, requestParameters: {integration.request.querystring.k: method.request.path.id}, cacheKeyParameters: [integration.request.querystring.k]}}
            post: {x-amazon-apigateway-integration: {<<: *fn, requestParameters: {integration.request.header.k: method.request.body}, cacheKeyParameters: [integration.request.header.k, integration.request.header.none]}}
  Allowed:
    Type: AWS::Lambda::Permission
    Properties: {Action: lambda:InvokeFunction, FunctionName: !Ref Fn, Principal: apigateway.amazonaws.com}
  Fn:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, Handler: a.b, InlineCode: x}
"""
ALL = '{HttpMethod: "*", ResourcePath: "/*", CachingEnabled: true%s}'
POST = '{HttpMethod: POST, ResourcePath: "/items/{id}", CachingEnabled: true}'
MAPPED_POST = '{HttpMethod: POST, ResourcePath: "/mapped/{id}", CachingEnabled: true}'
OFF = '{HttpMethod: GET, ResourcePath: "/items/{id}", CachingEnabled: false}'


@pytest.fixture
def counted(bench_of):
    """A bench whose function tells how often it ran."""

    def counted_(*settings, status=200):
        bench = bench_of(API % ", ".join(settings))
        bench.function = lambda _event: {"statusCode": status, "body": str(len(bench.events))}
        return bench

    return counted_


def ask(bench, path, method="GET", **headers):
    return asyncio.run(bench.call(method, f"/live{path}", **headers))


def bodies(bench, *paths, method="GET"):
    return [ask(bench, path, method).body.decode() for path in paths]


def test_answer_is_kept_for_its_time(counted):
    bench = counted(ALL % ", CacheTtlInSeconds: 60")
    assert bodies(bench, "/items/1", "/items/1") == ["1", "1"]
    bench.time.pass_(59)
    assert bodies(bench, "/items/1") == ["1"]
    bench.time.pass_(1)
    assert bodies(bench, "/items/1") == ["2"]


def test_hit_has_ids_of_its_own(counted):
    bench = counted(ALL % "")
    first, second = ask(bench, "/items/1"), ask(bench, "/items/1")
    assert header(first, "x-amzn-requestid") != header(second, "x-amzn-requestid")
    assert header(second, "x-amzn-trace-id") is None


def test_only_listed_parameters_make_another_entry(counted):
    bench = counted(ALL % "")
    assert bodies(bench, "/items/1", "/items/2", "/items/1?q=a", "/items/1?q=b", "/items/1?other=b") == list("12341")
    assert bodies(bench, "/all/1", "/all/2") == ["5", "5"]  # the famous trap: the path is no key parameter


def test_value_that_is_mapped_to_an_integration_parameter_makes_another_entry(counted):
    bench = counted(ALL % "", MAPPED_POST)
    assert bodies(bench, "/mapped/1?k=1", "/mapped/2?k=1", "/mapped/1?k=2") == ["1", "2", "1"]
    sent = [asyncio.run(bench.call("POST", "/live/mapped/1", body=body)).body for body in (b"a", b"b", b"a")]
    assert sent == [b"3", b"4", b"3"]


def test_only_get_unless_a_method_says_otherwise(counted):
    assert bodies(counted(ALL % ""), "/items/1", "/items/1", method="POST") == ["1", "2"]
    assert bodies(counted(ALL % "", POST), "/items/1", "/items/1", method="POST") == ["1", "1"]


def test_method_setting_turns_it_off(counted):
    assert bodies(counted(ALL % "", OFF), "/items/1", "/items/1") == ["1", "2"]


def test_errors_of_the_function_are_kept_and_the_gateways_own_are_not(counted):
    bench = counted(ALL % "", status=500)
    assert bodies(bench, "/items/1", "/items/1") == ["1", "1"]
    bench.function = ValueError("x")
    assert (ask(bench, "/items/2").status, ask(bench, "/items/2").status) == (502, 502)
    assert len(bench.events) == 3


def test_large_answers_are_not_kept(counted):
    bench = counted(ALL % "")
    bench.function = {"body": "x" * 1_048_577}
    ask(bench, "/items/1")
    ask(bench, "/items/1")
    assert len(bench.events) == 2


STRATEGY = ", UnauthorizedCacheControlHeaderStrategy: "


@pytest.mark.parametrize(
    ("settings", "status", "calls", "warned"),
    [
        ("", 200, 1, True),
        (STRATEGY + "SUCCEED_WITHOUT_RESPONSE_HEADER", 200, 1, False),
        (STRATEGY + "FAIL_WITH_403", 403, 1, False),
        (", RequireAuthorizationForCacheControl: false", 200, 2, False),
    ],
)
def test_who_may_replace_an_entry(counted, settings, status, calls, warned):
    bench = counted(ALL % settings)
    ask(bench, "/items/1")
    response = ask(bench, "/items/1", cache_control="max-age=0")
    assert (response.status, len(bench.events), header(response, "warning") is not None) == (status, calls, warned)


def test_other_cache_control_has_no_effect(counted):
    bench = counted(ALL % ", RequireAuthorizationForCacheControl: false")
    ask(bench, "/items/1")
    assert ask(bench, "/items/1", cache_control="no-cache, no-store").body == b"1"


def test_hit_takes_a_token(counted):
    bench = counted(ALL % ", ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2")
    assert [ask(bench, "/items/1").status for _ in range(3)] == [200, 200, 429]


def test_time_is_an_hour_at_most(counted):
    bench = counted(ALL % ", CacheTtlInSeconds: 9999")
    assert bodies(bench, "/items/1", "/items/1") == ["1", "1"]
    bench.time.pass_(3600)
    assert bodies(bench, "/items/1") == ["2"]


SIGNED = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      Auth: {DefaultAuthorizer: AWS_IAM}
      CacheClusterEnabled: true
      MethodSettings: [{HttpMethod: "*", ResourcePath: "/*", CachingEnabled: true}]
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: a.b
      InlineCode: x
      Policies: [{Statement: [{Effect: Allow, Action: [execute-api:Invoke, %s], Resource: "*"}]}]
      Events: {Get: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /a, Method: get}}}
"""


@pytest.mark.parametrize(("action", "calls"), [("execute-api:InvalidateCache", 2), ("execute-api:Other", 1)])
def test_caller_whose_policy_allows_it_replaces_an_entry(bench_of, action, calls):
    bench = bench_of(SIGNED % action)
    url = "https://api.execute-api.us-east-1.amazonaws.com/live/a"
    keys = keys_of(bench.gateway.cloud.compute.functions["Fn"])
    for headers in ({}, {"cache-control": "max-age=0"}):
        signed = signed_headers(keys, "GET", url, at=bench.time.now)
        assert ask(bench, "/a", **signed, **headers).status == 200
    assert len(bench.events) == calls
