"""HTTP APIs: events of format 2.0, results, their own spelling of errors (api-gateway §1.3, §5.1)."""

import asyncio

import pytest

from tests.helpers.gateway_bench import header
from tests.helpers.texts import replaced

API = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Http: {Type: AWS::Serverless::HttpApi}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: a.b
      InlineCode: x
      Events:
        One: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: "/users/{id}", Method: get}}
        Rest: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: "/proxy/{proxy+}", Method: any}}
"""
HOST = "http.execute-api.us-east-1.amazonaws.com"


def ask(bench, method, path, **more):
    return asyncio.run(bench.call(method, path, host=HOST, **more))


def test_event_of_format_2(bench_of):
    bench = bench_of(API)
    response = ask(bench, "GET", "/users/a%20b?q=1&q=2", **{"Cookie": "a=1; b=2", "X-Own": "x"})
    event = bench.events[0]
    context = event.pop("requestContext")
    assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", "GET /users/{id}", "/users/a b")
    assert (event["rawQueryString"], event["queryStringParameters"]) == ("q=1&q=2", {"q": "1,2"})
    assert (event["cookies"], event["pathParameters"]) == (["a=1", "b=2"], {"id": "a b"})
    assert (event["headers"]["x-own"], event["headers"]["x-forwarded-for"]) == ("x", "203.0.113.9")
    assert event["isBase64Encoded"] is False
    assert not {"body", "stageVariables"} & event.keys()
    assert (context["stage"], context["http"]["sourceIp"]) == ("$default", "203.0.113.9")
    assert context["requestId"] == header(response, "apigw-requestid")
    assert header(response, "x-amzn-requestid") is None


@pytest.mark.parametrize(
    ("client", "seen"), [("192.0.2.241", "198.51.100.1"), ("203.0.113.9", "203.0.113.9")], ids=["CloudFront", "other"]
)
def test_viewer_of_a_distribution_before_it(bench_of, client, seen):
    bench = bench_of(API)
    ask(bench, "GET", "/users/a", client=client, **{"X-Forwarded-For": "10.0.0.1, 198.51.100.1"})
    (event,) = bench.events
    assert event["requestContext"]["http"]["sourceIp"] == seen
    assert event["headers"]["x-forwarded-for"] == f"10.0.0.1, 198.51.100.1, {client}"


def test_query_may_contain_what_a_rest_api_refuses_or_splits(bench_of):
    bench = bench_of(API)
    assert ask(bench, "GET", "/users/a?q=1|{2};p=3").status == 200
    assert bench.events[0]["queryStringParameters"] == {"q": "1|{2};p=3"}


@pytest.mark.parametrize(
    ("result", "status", "content_type", "body"),
    [
        ("text", 200, "application/json", "text"),
        ({"a": 1}, 200, "application/json", '{"a":1}'),
        ({"statusCode": 201, "body": "x"}, 201, "text/plain;charset=UTF-8", "x"),
        (
            {"statusCode": 200, "headers": {"content-type": "a/b"}, "body": "eA==", "isBase64Encoded": True},
            200,
            "a/b",
            "x",
        ),
        ({"statusCode": "no"}, 500, "application/json", '{"message":"Internal Server Error"}'),
        (ValueError("x"), 500, "application/json", '{"message":"Internal Server Error"}'),
    ],
)
def test_results(bench_of, result, status, content_type, body):
    response = ask(bench_of(API, function=result), "GET", "/users/1")
    assert (response.status, header(response, "content-type"), response.body.decode()) == (status, content_type, body)


def test_cookies_are_lines_of_their_own(bench_of):
    response = ask(bench_of(API, function={"statusCode": 200, "cookies": ["a=1", "b=2"]}), "GET", "/users/1")
    assert [value for name, value in response.headers if name == "Set-Cookie"] == ["a=1", "b=2"]


def test_route_that_is_not_there(bench_of):
    response = ask(bench_of(API), "GET", "/nothing")
    assert (response.status, response.body) == (404, b'{"message":"Not Found"}')


@pytest.mark.parametrize("format_", ["1.0", "2.0"])
def test_binary_body(bench_of, format_):
    bench = bench_of(replaced(API, {"Method: any": f"Method: any, PayloadFormatVersion: '{format_}'"}))
    ask(bench, "POST", "/proxy/x", body=b"\xff", **{"Content-Type": "image/png"})
    ask(bench, "POST", "/proxy/x", body=b"{}", **{"Content-Type": "application/json"})
    ask(bench, "GET", "/proxy/x")
    assert [event["version"] for event in bench.events] == [format_] * 3
    told = [(event.get("body"), event["isBase64Encoded"]) for event in bench.events]
    assert told == [("/w==", True), ("{}", False), (None, False)]


@pytest.mark.parametrize(("format_", "name"), [("1.0", "Content-Length"), ("2.0", "content-length")])
def test_length_of_the_body(bench_of, format_, name):
    bench = bench_of(replaced(API, {"Method: any": f"Method: any, PayloadFormatVersion: '{format_}'"}))
    ask(bench, "POST", "/proxy/x", body=b"{}", **{"Content-Length": "2"})
    ask(bench, "GET", "/proxy/x")
    assert [event["headers"][name] for event in bench.events] == ["2", "0"]


def test_default_endpoint_that_is_disabled(bench_of):
    disabled = replaced(
        API, {"AWS::Serverless::HttpApi}": "AWS::Serverless::HttpApi, Properties: {DisableExecuteApiEndpoint: true}}"}
    )
    response = ask(bench_of(disabled), "GET", "/users/1")
    assert (response.status, response.body) == (404, b'{"message":"Not Found"}')


ROUTES = """
Resources:
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}
  Dev: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: dev, AutoDeploy: true}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Handler: a.b, Role: r, Code: {ZipFile: x}}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}
  Behind:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Http, IntegrationType: AWS_PROXY, PayloadFormatVersion: "2.0", IntegrationUri: !GetAtt Fn.Arn}
"""
KEYS = ("GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default")


@pytest.mark.parametrize(
    ("method", "path", "key", "stage"),
    [
        ("GET", "/pets/dog/1", KEYS[0], "$default"),
        ("GET", "/pets/dog/2", KEYS[1], "$default"),
        ("GET", "/pets/cat/1", KEYS[2], "$default"),
        ("POST", "/test/5", KEYS[3], "$default"),
        ("GET", "/", KEYS[4], "$default"),
        ("GET", "/dev/pets/dog/2", KEYS[1], "dev"),
        ("GET", "/other/pets", KEYS[3], "$default"),
    ],
)
def test_route_and_stage_of_a_request(bench_of, method, path, key, stage):
    routes = "".join(
        f"  R{n}: {{Type: AWS::ApiGatewayV2::Route, Properties: {{ApiId: !Ref Http, RouteKey: '{k}', "
        f"Target: !Sub 'integrations/${{Behind}}'}}}}\n"
        for n, k in enumerate(KEYS)
    )
    bench = bench_of(ROUTES + routes)
    assert ask(bench, method, path).status == 200
    event = bench.events[0]
    assert (event["routeKey"], event["requestContext"]["stage"], event["rawPath"]) == (key, stage, path)


MAPPED = """
Resources:
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: "%(stage)s", AutoDeploy: true, StageVariables: {own: var}}}
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Http
      IntegrationType: AWS_PROXY
      PayloadFormatVersion: "%(format)s"
      IntegrationUri: !GetAtt Fn.Arn
      RequestParameters:
        append:header.x-many: $request.querystring.q
        remove:header.x-gone: ""
        overwrite:querystring.added: a-$${stageVariables.own}
        overwrite:header.x-path: $request.path
  Route: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: "GET /pets/{id}", Target: !Sub "integrations/${Integration}"}}
  Domain: {Type: AWS::ApiGatewayV2::DomainName, Properties: {DomainName: api.example.com}}
  Mapping: {Type: AWS::ApiGatewayV2::ApiMapping, Properties: {DomainName: !Ref Domain, ApiId: !Ref Http, Stage: !Ref Stage, ApiMappingKey: v1}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Handler: a.b, Role: r, Code: {ZipFile: x}}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}
"""


def test_function_sees_the_request_as_its_integration_has_mapped_it(bench_of):
    bench = bench_of(replaced(MAPPED % {"stage": "dev", "format": "2.0"}, {"$${": "${"}))
    given = {"X-Many": "0", "X-Gone": "1"}
    assert ask(bench, "GET", "/dev/pets/1?q=1&q=2", **given).status == 200
    event = bench.events[0]
    headers = event["headers"]
    assert (headers["x-many"], "x-gone" in headers, headers["x-path"]) == ("0,1,2", False, "/pets/1")
    assert event["queryStringParameters"] == {"q": "1,2", "added": "a-var"}
    assert event["rawQueryString"] == "q=1&q=2&added=a-var"
    assert (event["rawPath"], event["pathParameters"]) == ("/dev/pets/1", {"id": "1"})


@pytest.mark.parametrize(
    ("format_", "stage", "path"),
    [("2.0", "$default", "/pets/1"), ("2.0", "dev", "/dev/pets/1"), ("1.0", "dev", "/v1/pets/1")],
)
def test_path_by_a_custom_domain(bench_of, format_, stage, path):
    bench = bench_of(replaced(MAPPED % {"stage": stage, "format": format_}, {"$${": "${"}))
    assert asyncio.run(bench.call("GET", "/v1/pets/1", host="api.example.com")).status == 200
    event = bench.events[0]
    assert (event["rawPath"] if format_ == "2.0" else event["path"]) == path


def test_api_that_is_made_by_its_target_has_a_stage(bench_of):
    text = """
    Resources:
      Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP, Target: !GetAtt Fn.Arn}}
      Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Handler: a.b, Role: r, Code: {ZipFile: x}}}
      Permission:
        Type: AWS::Lambda::Permission
        Properties: {FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}
    """
    bench = bench_of(text)
    assert ask(bench, "PUT", "/any/path").status == 200
    event = bench.events[0]
    assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", "$default", "/any/path")
