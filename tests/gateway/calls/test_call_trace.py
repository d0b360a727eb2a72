"""Traces of calls: a segment for the stage, with parts, and a header for the function."""

import asyncio

import pytest

from netful.engine.traces.tracer import Tracer
from tests.helpers.gateway_bench import FUNCTION, Time

API = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      DefinitionBody:
        swagger: "2.0"
        paths:
          /orders: {get: {x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}}}
          /mock: {get: {x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: "200"}}}}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}}
"""
ROOT = "1-5759e988-bd862e3fe1be46a994272793"


@pytest.fixture
def traced(bench_of):
    """A gateway that traces a share of its calls, and its segments."""

    def make(share, function=None):
        segments, time = [], Time()
        numbers = iter(range(1, 10_000))
        tracer = Tracer(share, segments.append, lambda _bits: next(numbers), lambda: 0.5, time)
        return bench_of(API + FUNCTION, function, tracer=tracer, time=time), segments

    return make


def get(bench, path, **headers):
    return asyncio.run(bench.call("GET", path, **headers))


def header_of(event):
    return event["headers"]["X-Amzn-Trace-Id"]


def test_a_call_is_a_segment_with_its_stages_and_the_function_is_below_the_integration(traced):
    bench, segments = traced(1.0)
    assert get(bench, "/prod/orders").status == 200
    (one,) = segments
    assert (one["name"], one["http"]["response"]["status"]) == ("Api/prod", 200)
    parts = {part["name"]: part["id"] for part in one["subsegments"]}
    assert list(parts) == ["integration Fn"]
    assert header_of(bench.events[0]) == f"Root={one['trace_id']};Parent={parts['integration Fn']};Sampled=1"


def test_the_trace_of_a_request_goes_on(traced):
    bench, segments = traced(0.0)
    get(bench, "/prod/orders", X_Amzn_Trace_Id=f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1")
    assert [(one["trace_id"], one["parent_id"]) for one in segments] == [(ROOT, "53995c3f42cd8ad8")]


def test_what_is_not_sampled_says_so_to_the_function(traced):
    bench, segments = traced(0.0)
    get(bench, "/prod/orders")
    assert not segments
    assert header_of(bench.events[0]).endswith(";Sampled=0")


def test_a_failure_is_a_fault(traced):
    bench, segments = traced(1.0, RuntimeError("no"))
    assert get(bench, "/prod/orders").status == 502
    assert segments[0]["fault"]


@pytest.mark.parametrize(("path", "status"), [("/prod/mock", 200), ("/prod/nothing", 403), ("/elsewhere", 403)])
def test_calls_without_a_back_end_are_traced_with_the_same_response(traced, path, status):
    bench, segments = traced(1.0)
    plain, _ = traced(0.0)
    answer = get(bench, path)
    assert (answer.status, answer.body) == (status, get(plain, path).body)
    assert [one["http"]["response"]["status"] for one in segments] == [status]
