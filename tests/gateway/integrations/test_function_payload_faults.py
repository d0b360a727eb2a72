"""Payloads of functions that are not JSON: every kind of API has its answer, request id, metrics and log line."""

import asyncio

import pytest

from netful.services.http.message import Response
from tests.helpers.gateway_bench import header

API = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      AccessLogSetting: {DestinationArn: !GetAtt Log.Arn, Format: "$context.requestId $context.status"}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      AccessLogSettings: {DestinationArn: !GetAtt Log.Arn, Format: "$context.requestId $context.status"}
  Log: {Type: AWS::Logs::LogGroup}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: a.b
      InlineCode: x
      Events:
        Rest: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /a, Method: get}}
        Http: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /a, Method: get}}
        First: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /b, Method: get, PayloadFormatVersion: "1.0"}}
"""
REST, HTTP = (f"{name}.execute-api.us-east-1.amazonaws.com" for name in ("rest", "http"))
LOWER, UPPER = b'{"message": "Internal server error"}', b'{"message":"Internal Server Error"}'
PAYLOADS = (b"hello", b"", b'"\xff"', b"[" * 100_000)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize(
    ("host", "path", "status", "body", "request_id", "errors"),
    [
        (REST, "/live/a", 502, LOWER, "x-amzn-requestid", "5XXError"),
        (HTTP, "/a", 500, UPPER, "apigw-requestid", "5xx"),
        (HTTP, "/b", 500, UPPER, "apigw-requestid", "5xx"),
    ],
)
def test_payload_that_is_not_json(bench_of, payload, host, path, status, body, request_id, errors):
    bench = bench_of(API, function=lambda asked: payload if isinstance(asked, dict) else Response(200, (), b"{}"))

    async def main():
        answered = await bench.call("GET", path, host=host)
        await bench.gateway.logs.settled()
        return answered

    response = asyncio.run(main())
    assert (response.status, response.body) == (status, body)
    (line,) = bench.gateway.logs.of("Rest" if host == REST else "Http").events
    assert line.message.strip() == f"{header(response, request_id)} {status}"
    counts = [one for one in bench.gateway.metrics.take() if one["MetricName"] == errors]
    assert {one["StatisticValues"]["Sum"] for one in counts} == {1}
