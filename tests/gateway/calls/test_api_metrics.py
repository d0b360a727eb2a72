"""What CloudWatch is told of APIs, on a clock in the test's hands (api-gateway §4)."""

import asyncio

import pytest

API = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      Name: orders
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      CacheClusterEnabled: true
      CacheClusterSize: "0.5"
      MethodSettings:
        - {HttpMethod: GET, ResourcePath: /cached, CachingEnabled: true, DetailedMetricsEnabled: true, MetricsEnabled: true}
        - {HttpMethod: GET, ResourcePath: /never, ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0}
      DefinitionBody:
        swagger: "2.0"
        paths:
          /cached: {get: {x-amazon-apigateway-integration: &fn {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}}}
          /fn: {get: {x-amazon-apigateway-integration: *fn}}
          /mock: {get: {x-amazon-apigateway-integration: &mock {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: 200}}}}}
          /never: {get: {x-amazon-apigateway-integration: *mock}}
  Allowed:
    Type: AWS::Lambda::Permission
    Properties: {Action: lambda:InvokeFunction, FunctionName: !Ref Fn, Principal: apigateway.amazonaws.com}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      {Runtime: python3.12, Handler: a.b, InlineCode: x, Events: {Http: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /fn, Method: get}}}}
  Http: {Type: AWS::Serverless::HttpApi}
"""
HTTP = "http.execute-api.us-east-1.amazonaws.com"
STAGE = {"ApiName": "orders", "Stage": "live"}


@pytest.fixture
def bench(bench_of):
    bench = bench_of(API)

    def answered(_event):
        bench.time.pass_(0.25)
        return {"statusCode": 200, "body": "x"}

    bench.function = answered
    return bench


def ask(bench, *paths, **known):
    return [asyncio.run(bench.call("GET", path, **known)).status for path in paths]


def taken(bench, dimensions):
    """The sum and the number of samples of every metric of some dimensions."""
    found = {}
    for one in bench.gateway.metrics.take():
        if {name["Name"]: name["Value"] for name in one["Dimensions"]} == dimensions:
            statistics = one["StatisticValues"]
            total, count = found.get(one["MetricName"], (0, 0))
            found[one["MetricName"]] = (total + statistics["Sum"], count + statistics["SampleCount"])
    return found


def test_every_request_is_counted_however_it_is_answered(bench):
    paths = ["/live/mock", "/live/mock", "/live/fn", "/live/never", "/live/nothing", "/live/cached", "/live/cached"]
    assert ask(bench, *paths) == [200, 200, 200, 429, 403, 200, 200]
    assert taken(bench, STAGE) == {
        "Count": (7, 7),
        "4XXError": (2, 7),
        "5XXError": (0, 7),
        "Latency": (500, 7),
        "IntegrationLatency": (500, 2),
        "CacheHitCount": (1, 2),
        "CacheMissCount": (1, 2),
    }
    assert taken(bench, STAGE) == {}


def test_failed_integration_is_an_error_of_the_server(bench):
    bench.function = lambda _event: {"statusCode": "none"}
    assert ask(bench, "/live/fn") == [502]
    assert taken(bench, {"ApiName": "orders"})["5XXError"] == (1, 1)


def test_method_has_metrics_of_its_own_where_they_are_asked_for(bench):
    ask(bench, "/live/cached", "/live/mock")
    method = {"ApiName": "orders", "Method": "GET", "Resource": "/cached", "Stage": "live"}
    assert taken(bench, method)["Count"] == (1, 1)
    ask(bench, "/live/mock")
    assert taken(bench, {**method, "Resource": "/mock"}) == {}


def test_http_api_has_names_of_its_own(bench):
    assert ask(bench, "/fn", "/nothing", host=HTTP) == [200, 404]
    assert taken(bench, {"ApiId": "Http", "Stage": "$default"}) == {
        "Count": (2, 2),
        "4xx": (1, 2),
        "5xx": (0, 2),
        "Latency": (250, 2),
        "IntegrationLatency": (250, 1),
    }


def test_each_minute_has_its_own(bench):
    ask(bench, "/live/mock")
    bench.time.pass_(60)
    ask(bench, "/live/mock", "/live/mock")
    counts = [
        one for one in bench.gateway.metrics.take() if one["MetricName"] == "Count" and len(one["Dimensions"]) == 1
    ]
    of_minutes = {}
    for one in counts:
        at = one["Timestamp"]
        of_minutes[at] = of_minutes.get(at, 0) + one["StatisticValues"]["Sum"]
    assert sorted(of_minutes.values()) == [1, 2]
    assert all(at % 60 == 0 for at in of_minutes)


def test_what_was_counted_outlives_a_change_of_the_templates(bench):
    ask(bench, "/live/mock")
    bench.gateway.change(bench.gateway.cloud)
    ask(bench, "/live/mock")
    assert taken(bench, STAGE)["Count"] == (2, 2)
