"""Limits, content codings and access logs of APIs (api-gateway §5.11, §5.16, §5.17)."""

import asyncio
import gzip
import json
import zlib

import pytest

from netful.services.http.message import Response
from tests.helpers.gateway_bench import FUNCTION, header

REST = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: live, EndpointConfiguration: {Type: %s}%s}
""" + FUNCTION + """
      Events: {Any: {Type: Api, Properties: {RestApiId: !Ref Api, Path: "/{proxy+}", Method: any}}}
"""  # fmt: skip
HTTP = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: {Type: AWS::Serverless::HttpApi}
""" + FUNCTION + """
      Events: {Any: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: "/{proxy+}", Method: any}}}
"""  # fmt: skip


def rest(more="", kind="REGIONAL"):
    return REST % (kind, f", {more}" if more else "")


def ask(bench, method="GET", path="/live/x", **more):
    return asyncio.run(bench.call(method, path, **more))


MEGABYTES = 10 * 1024 * 1024


@pytest.mark.parametrize(
    ("api", "path", "body", "head", "status", "said"),
    [
        (rest(), "/live/x", MEGABYTES, 0, 200, ""),
        (rest(), "/live/x", MEGABYTES + 1, 0, 413, "HTTP content length exceeded 10485760 bytes."),
        (HTTP, "/x", MEGABYTES + 1, 0, 413, "Request Entity Too Large"),
        (rest(), "/live/x", 0, 10_100, 200, ""),
        (rest(), "/live/x", 0, 10_241, 431, "Request header section exceeded 10240 bytes."),
        (HTTP, "/x", 0, 10_241, 431, "Request Header Fields Too Large"),
        (rest(), "/live/" + "x" * 1600, 0, 0, 414, "Request URI too long"),
        (rest(), "/live/x?q=" + "x" * 10_240, 0, 0, 414, "Request URI too long"),
        (rest(kind="EDGE"), "/live/x?q=" + "x" * 8_192, 0, 0, 414, "Request URI too long"),
        (rest(), "/live/x?q=" + "x" * 8_192, 0, 0, 200, ""),
    ],
)
def test_sizes(bench_of, api, path, body, head, status, said):
    response = ask(bench_of(api), "POST", path, body=b"x" * body, X_Large="x" * head)
    assert response.status == status
    assert said in response.body.decode()


@pytest.mark.parametrize(
    ("accepts", "coding", "unpack"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("deflate;q=1, gzip;q=0.5", "deflate", zlib.decompress),
        ("br, *;q=0.1", "gzip", gzip.decompress),
        ("br", None, bytes),
        ("gzip;q=0", None, bytes),
        ("gzip;q=much, deflate;q=0.1", "deflate", zlib.decompress),
        ("deflate, gzip;q=1", "gzip", gzip.decompress),
        ("", None, bytes),
    ],
)
def test_large_answer_is_packed_as_the_client_likes(bench_of, accepts, coding, unpack):
    bench = bench_of(rest("MinimumCompressionSize: 10"), function={"statusCode": 200, "body": "x" * 10})
    response = ask(bench, Accept_Encoding=accepts)
    assert (header(response, "content-encoding"), unpack(response.body)) == (coding, b"x" * 10)


def test_small_and_packed_answers_stay_as_they_are(bench_of):
    small = bench_of(rest("MinimumCompressionSize: 10"), function={"statusCode": 200, "body": "x" * 9})
    assert header(ask(small, Accept_Encoding="gzip"), "content-encoding") is None
    own = {"statusCode": 200, "headers": {"Content-Encoding": "br"}, "body": "x" * 99}
    packed = bench_of(rest("MinimumCompressionSize: 10"), function=own)
    assert ask(packed, Accept_Encoding="gzip").body == b"x" * 99


def test_packed_body_is_unpacked(bench_of):
    bench = bench_of(rest("MinimumCompressionSize: 10"))
    ask(bench, "POST", body=gzip.compress(b"plain"), Content_Encoding="gzip")
    assert (bench.events[0]["body"], "Content-Encoding" in bench.events[0]["headers"]) == ("plain", False)
    assert ask(bench, "POST", body=b"not packed", Content_Encoding="gzip").status == 400
    assert ask(bench, "POST", body=gzip.compress(b"\0" * (MEGABYTES + 1)), Content_Encoding="gzip").status == 413


FORMAT = (
    '{"id":"$context.requestId","route":"$context.httpMethod $context.resourcePath","status":$context.status,"ip":'
    '"$context.identity.sourceIp","bytes":$context.responseLength,"ms":"$context.integrationLatency","what":'
    '"$context.error.message","type":"$context.error.responseType","by":"$context.authorizer.principalId",'
    '"integration":"$context.integration.status"}'
)
LOGGED = "AccessLogSetting: {DestinationArn: %s, Format: '" + FORMAT + "'}"
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/my/api"


def logged(bench, *requests):
    async def main():
        responses = [await bench.call(method, path) for method, path in requests]
        await bench.gateway.logs.settled()
        return responses

    return asyncio.run(main()), [json.loads(event.message) for event in bench.gateway.logs.of("Api").events]


def answers(calls):
    """A function that also stands for the services, whose calls it keeps."""

    def function(asked):
        if isinstance(asked, dict):
            return {"statusCode": 201, "body": "four"}
        calls.append(asked)
        return Response(200, (), b"{}")

    return function


def test_line_of_a_request(bench_of):
    bench = bench_of(rest(LOGGED % GROUP), function=answers([]))
    (answered, refused), (line, other) = logged(bench, ("GET", "/live/x"), ("GET", "/live"))
    assert line == {
        "id": header(answered, "x-amzn-requestid"), "route": "GET /{proxy+}", "status": 201, "ip": "203.0.113.9",
        "bytes": 4, "ms": "0", "what": "-", "type": "-", "by": "-", "integration": "201",
    }  # fmt: skip
    assert (other["status"], other["what"], other["type"]) == (
        403, "Missing Authentication Token", "MISSING_AUTHENTICATION_TOKEN",
    )  # fmt: skip
    assert (other["ms"], refused.status) == ("-", 403)


def test_lines_go_to_the_log_group(bench_of):
    calls = []
    logged(bench_of(rest(LOGGED % GROUP), function=answers(calls)), ("GET", "/live/x"), ("GET", "/live/y"))
    targets = [call.header("x-amz-target").rpartition(".")[2] for call in calls]
    assert targets[:3] == ["CreateLogGroup", "CreateLogStream", "PutLogEvents"]
    puts = [json.loads(call.body) for call in calls if call.header("x-amz-target").endswith("PutLogEvents")]
    assert {put["logGroupName"] for put in puts} == {"/my/api"}
    assert sum(len(put["logEvents"]) for put in puts) == 2


def test_lines_go_to_the_delivery_stream(bench_of):
    calls = []
    arn = "arn:aws:firehose:us-east-1:123456789012:deliverystream/amazon-apigateway-x"
    logged(bench_of(rest(LOGGED % arn), function=answers(calls)), ("GET", "/live/x"))
    assert [call.header("x-amz-target") for call in calls] == ["Firehose_20150804.PutRecordBatch"]
    assert json.loads(calls[0].body)["DeliveryStreamName"] == "amazon-apigateway-x"
