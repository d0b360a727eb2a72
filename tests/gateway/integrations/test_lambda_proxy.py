"""AWS_PROXY: the event and the rules for its result, as recorded on AWS (api-gateway §5.15, §5.16)."""

import asyncio
import base64

import pytest

from tests.helpers.gateway_bench import FUNCTION, header
from tests.helpers.ids import api_id
from tests.helpers.texts import replaced

API = (
    """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: stage, EndpointConfiguration: {Type: REGIONAL}%s}
"""
    + FUNCTION
    + """
      Events:
        Root: {Type: Api, Properties: {RestApiId: !Ref Api, Path: "/users/{id}", Method: get}}
        Rest: {Type: Api, Properties: {RestApiId: !Ref Api, Path: "/proxy/{proxy+}", Method: any}}
"""
)


def test_event_has_the_recorded_fields(bench_of):
    bench = bench_of(API % "")
    response = asyncio.run(bench.call("GET", "/stage/users/a%2Bb?q=1&q=2%202&e=", **{"User-Agent": "t", "X-oDD": "1"}))
    assert response.status == 200
    event = bench.events[0]
    trace = header(response, "x-amzn-trace-id")
    assert trace.startswith("Root=1-6553f100-")
    headers = {
        "Host": "api.execute-api.us-east-1.amazonaws.com",
        "User-Agent": "t",
        "X-oDD": "1",
        "X-Amzn-Trace-Id": trace,
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    context = event.pop("requestContext")
    assert event == {
        "resource": "/users/{id}",
        "path": "/users/a%2Bb",
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {"q": "2 2", "e": ""},
        "multiValueQueryStringParameters": {"q": ["1", "2 2"], "e": [""]},
        "pathParameters": {"id": "a%2Bb"},
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }
    identity = context.pop("identity")
    assert {name for name, value in identity.items() if value is not None} == {"sourceIp", "userAgent"}
    assert (identity["sourceIp"], len(identity)) == ("203.0.113.9", 12)
    assert context.pop("requestId") == header(response, "x-amzn-requestid")
    assert context.pop("extendedRequestId") == header(response, "x-amz-apigw-id")
    assert {name: value for name, value in context.items() if name not in ("deploymentId", "resourceId")} == {
        "accountId": "123456789012",
        "apiId": api_id("Api"),
        "domainName": "api.execute-api.us-east-1.amazonaws.com",
        "domainPrefix": "api",
        "httpMethod": "GET",
        "path": "/stage/users/a%2Bb",
        "protocol": "HTTP/1.1",
        "requestTime": "14/Nov/2023:22:13:20 +0000",
        "requestTimeEpoch": 1_700_000_000_000,
        "resourcePath": "/users/{id}",
        "stage": "stage",
    }


@pytest.mark.parametrize(
    ("asked", "path", "proxy", "context_path"),
    [
        ("/stage/proxy/value/", "/proxy/value/", "value", "/stage/proxy/value/"),
        ("/stage/proxy/a//b", "/proxy/a//b", "a//b", "/stage/proxy/a//b"),
        ("/stage//proxy/value", "/proxy/value", "value", "/stage//proxy/value"),
        ("//stage/proxy/value", "/proxy/value", "value", "/stage/proxy/value"),
        ("/stage/proxy/test%2Balias@gmail.com", "/proxy/test%2Balias@gmail.com", "test%2Balias@gmail.com", None),
    ],
)
def test_slashes_and_encoding_of_paths(bench_of, asked, path, proxy, context_path):
    bench = bench_of(API % "")
    asyncio.run(bench.call("POST", asked))
    event = bench.events[0]
    assert (event["path"], event["pathParameters"]) == (path, {"proxy": proxy})
    assert event["requestContext"]["path"] == (context_path or asked)


@pytest.mark.parametrize(
    ("result", "status", "body"),
    [
        ({"statusCode": 200}, 200, ""),
        ({"headers": {"a": "b"}}, 200, ""),
        ({"statusCode": "201"}, 201, ""),
        ({"statusCode": "test"}, 502, '{"message": "Internal server error"}'),
        ({"statusCode": 101}, 502, '{"message": "Internal server error"}'),
        ({"statusCode": 200, "wrongValue": 1}, 502, '{"message": "Internal server error"}'),
        ({}, 200, ""),
        (ValueError("x"), 502, '{"message": "Internal server error"}'),
        ("justAString", 502, '{"message": "Internal server error"}'),
        ({"headers": None, "body": "x"}, 200, "x"),
        ({"multiValueHeaders": {"x": "a"}}, 502, '{"message": "Internal server error"}'),
        ({"body": {"a": 1}}, 502, '{"message": "Internal server error"}'),
        ({"body": "eA==", "isBase64Encoded": True}, 200, "eA=="),
        ({"body": "eA==", "isBase64Encoded": False}, 200, "eA=="),
    ],
)
def test_results_of_functions(bench_of, result, status, body):
    bench = bench_of(API % "", function=result)
    response = asyncio.run(bench.call("GET", "/stage/users/1"))
    assert (response.status, response.body.decode()) == (status, body)
    assert header(response, "content-type") == "application/json"
    assert header(response, "x-amzn-errortype") == ("InternalServerErrorException" if status == 502 else None)


def test_headers_of_both_maps_are_joined(bench_of):
    result = {"multiValueHeaders": {"X-Many": ["a", "b"]}, "headers": {"x-many": "c", "x-bool": True}}
    response = asyncio.run(bench_of(API % "", function=result).call("GET", "/stage/users/1"))
    assert header(response, "x-many") == "a, b, c"
    assert header(response, "x-bool") == "true"


@pytest.mark.parametrize(
    ("listed", "accept", "binary"),
    [
        ("image~1png", "image/png", True),
        ("image~1png", "image/png,image/*", True),
        ("image~1png", "image/jpg", False),
        ("image~1png", "image/*", False),
        ("image~1png", "*/*", False),
        ("image~1png", "image/webp,image/png,*/*", False),
        ("'*~1test'", "random/test", False),
        ("application~1*", "application/anything", True),
        ("application~1*", "application/*", True),
        ("application~1*", "application", False),
        ("'*~1*'", "text/plain", True),
    ],
)
def test_base64_is_decoded_for_a_binary_accept(bench_of, listed, accept, binary):
    bench = bench_of(API % f", BinaryMediaTypes: [{listed}]", function={"body": "eA==", "isBase64Encoded": True})
    response = asyncio.run(bench.call("GET", "/stage/users/1", Accept=accept))
    assert response.body == (b"x" if binary else b"eA==")


def test_bad_base64_is_a_500(bench_of):
    bench = bench_of(API % ", BinaryMediaTypes: [a~1b]", function={"body": "!", "isBase64Encoded": True})
    assert asyncio.run(bench.call("GET", "/stage/users/1", Accept="a/b")).status == 500


def test_binary_body_reaches_the_function_in_base64(bench_of):
    bench = bench_of(API % ", BinaryMediaTypes: [image~1png]")
    asyncio.run(bench.call("PUT", "/stage/proxy/x", body=b"\xff\x00", **{"Content-Type": "image/png"}))
    asyncio.run(bench.call("PUT", "/stage/proxy/x", body=b"\xff", **{"Content-Type": "text/plain"}))
    first, second = bench.events
    assert (base64.b64decode(first["body"]), first["isBase64Encoded"]) == (b"\xff\x00", True)
    assert (second["body"], second["isBase64Encoded"]) == ("\ufffd", False)


def test_late_function_is_a_504_and_runs_on(bench_of):
    async def scenario():
        bench = bench_of(replaced(API % "", {"Method: get": "Method: get, TimeoutInMillis: 50"}))
        released, finished = asyncio.Event(), asyncio.Event()
        invoke = bench.invoke

        async def slow(*args):
            await released.wait()
            done = await invoke(*args)
            finished.set()
            return done

        bench.invoke = slow
        response = await bench.call("GET", "/stage/users/1")
        released.set()
        await finished.wait()
        return response, bench

    response, bench = asyncio.run(scenario())
    assert (response.status, response.body) == (504, b'{"message": "Endpoint request timed out"}')
    assert len(bench.events) == 1


@pytest.mark.parametrize("more", ["", ", TracingEnabled: true"], ids=["plain", "traced"])
def test_events_of_like_calls_differ_in_their_names_and_time_alone(bench_of, more):
    bench = bench_of(API % more)

    async def calls():
        told = []
        for second in range(4):
            bench.time.now += second
            told.append(await bench.call("GET", "/stage/users/7?q=1", **{"User-Agent": "t"}))
        told.append(await bench.call("POST", "/stage/proxy/x", body=b"body"))
        return [*told, await bench.call("GET", "/stage/users/7?q=2", **{"User-Agent": "t"})]

    answers = asyncio.run(calls())
    *alike, posted, other = bench.events
    assert posted["body"] == "body"
    assert other["queryStringParameters"] == {"q": "2"}
    seen = []
    for event, response in zip(alike, answers, strict=False):
        context, trace = event["requestContext"], header(response, "x-amzn-trace-id")
        assert context.pop("requestId") == header(response, "x-amzn-requestid")
        assert context.pop("extendedRequestId") == header(response, "x-amz-apigw-id")
        assert event["headers"].pop("X-Amzn-Trace-Id") == trace
        assert event["multiValueHeaders"].pop("X-Amzn-Trace-Id") == [trace]
        assert context.pop("xrayTraceId", trace.removeprefix("Root=")) == trace.removeprefix("Root=")
        seen.append((context.pop("requestTimeEpoch"), context.pop("requestTime"), trace))
        assert event == alike[0]
    assert len({trace for _, _, trace in seen}) == 4
    assert [at - seen[0][0] for at, _, _ in seen] == [0, 1000, 3000, 6000]
    assert seen[3][1] == "14/Nov/2023:22:13:26 +0000"
