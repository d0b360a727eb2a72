"""Execution logs of REST APIs, and what of a call its logs can tell (api-gateway §0, §5.17)."""

import asyncio
import json

import pytest

from netful.model.identity import short_id
from netful.services.http.message import Response
from tests.helpers.gateway_bench import header
from tests.helpers.ids import api_id, key_id
from tests.helpers.texts import replaced

API = """
Resources:
  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a, EndpointConfiguration: {{Types: [REGIONAL]}}}}}}
  Foo: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: foo}}}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Foo
      HttpMethod: GET
      AuthorizationType: NONE
      ApiKeyRequired: {keyed}
      MethodResponses: [{{StatusCode: 200}}]
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub "arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{Fn.Arn}}/invocations"
  Deployment: {{Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {{RestApiId: !Ref Api}}}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Deployment
      StageName: dev
      CacheClusterEnabled: {cached}
      AccessLogSetting: {{DestinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:access", Format: '{format}'}}
      MethodSettings: [{{ResourcePath: "/*", HttpMethod: "*", CachingEnabled: {cached}, LoggingLevel: {level}, DataTraceEnabled: {data}}}]
  Domain: {{Type: AWS::ApiGateway::DomainName, Properties: {{DomainName: api.example.com}}}}
  Mapping:
    Type: AWS::ApiGateway::BasePathMapping
    Properties: {{DomainName: !Ref Domain, RestApiId: !Ref Api, BasePath: base, Stage: dev}}
  Plan: {{Type: AWS::ApiGateway::UsagePlan, Properties: {{ApiStages: [{{ApiId: !Ref Api, Stage: dev}}]}}}}
  Key: {{Type: AWS::ApiGateway::ApiKey, Properties: {{Value: a-key-of-at-least-twenty-F0yrv6, Enabled: true}}}}
  Binding: {{Type: AWS::ApiGateway::UsagePlanKey, Properties: {{KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}}}
  Fn:
    Type: AWS::Lambda::Function
    Properties: {{FunctionName: fn, Runtime: python3.12, Handler: a.b, Role: r, Code: {{ZipFile: x}}}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {{FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}}
"""
KEYLESS = (
    "API Key  authorized because method 'GET /foo' does not require API Key. "
    "Request will not contribute to throttle or quota limits"
)
ACCESS = "$context.requestId"


def api(level="INFO", data="true", keyed="false", cached="false", format_=ACCESS):
    return API.format(level=level, data=data, keyed=keyed, cached=cached, format=format_)


@pytest.fixture
def logged(bench_of):
    """What a request's response and lines are: those of the execution log, and those of the access log."""

    def logged_(
        text, result=None, path="/dev/foo?queryTest=value", host="api.execute-api.us-east-1.amazonaws.com", **headers
    ):
        sent = []

        def function(asked):
            if isinstance(asked, dict):
                return {"statusCode": 200, "body": "hi"} if result is None else result
            sent.append(json.loads(asked.body))
            return Response(200, (), b"{}")

        bench = bench_of(text, function=function)

        async def main():
            response = await bench.call("GET", path, host=host, **headers)
            await bench.gateway.logs.settled()
            return response

        response = asyncio.run(main())
        lines = {}
        for put in sent:
            events = [event["message"] for event in put.get("logEvents", ())]
            lines.setdefault(put["logGroupName"], []).extend(events)
        access = lines.pop("access", [])
        (execution,) = lines.items() if lines else [("", [])]
        return response, execution, access

    return logged_


WORDS = {
    "throttle": (
        "Throttle: {RateLimit: 0, BurstLimit: 0}",
        (
            "API Key ****F0yrv6 exceeded throttle limit for API Stage {api}/dev: Key throttle limit exceeded for "
            "Usage Plan ID Plan, RestApi {api}, Stage dev, Resource {resource}, HttpMethod GET. Limit: 0.00 Burst: 0"
        ),
    ),
    "quota": (
        "Quota: {Limit: 0, Period: DAY}",
        (
            "API Key ****F0yrv6 exceeded quota limit for API Stage {api}/dev: Key quota exhausted for "
            "Usage Plan ID Plan. Limit: 0 Period: DAY"
        ),
    ),
}


@pytest.mark.parametrize("kind", WORDS)
def test_what_of_a_plan_refuses_is_said(logged, kind):
    setting, said = WORDS[kind]
    plan = replaced(api(keyed="true", level="ERROR"), {"{ApiStages: [": f"{{{setting}, ApiStages: ["})
    response, (_, lines), _ = logged(plan, **{"x-api-key": "a-key-of-at-least-twenty-F0yrv6"})
    assert response.status == 429
    assert [line.partition(") ")[2] for line in lines] == [said.format(api=api_id("Api"), resource=short_id("Foo"))]


def test_throttle_of_the_stage_has_no_words(logged):
    settings = "DataTraceEnabled: true, ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0"
    stage = replaced(api(keyed="true", level="ERROR"), {"DataTraceEnabled: true": settings})
    response, (_, lines), _ = logged(stage, **{"x-api-key": "a-key-of-at-least-twenty-F0yrv6"})
    assert (response.status, lines) == (429, [])


def test_lines_of_a_call(logged):
    response, (group, lines), _ = logged(api())
    request_id = header(response, "x-amzn-requestid")
    assert group == f"API-Gateway-Execution-Logs_{api_id('Api')}/dev"
    assert all(line.startswith(f"({request_id}) ") for line in lines)
    texts = [line.partition(") ")[2] for line in lines]
    url = (
        "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/"
        "arn:aws:lambda:us-east-1:123456789012:function:fn/invocations"
    )
    extended = header(response, "x-amz-apigw-id")
    assert texts[:8] == [
        f"Extended Request Id: {extended}",
        f"Verifying Usage Plan for request: {request_id}. API Key:  API Stage: {api_id('Api')}/dev",
        KEYLESS,
        f"Usage Plan check succeeded for API Key  and API Stage {api_id('Api')}/dev",
        f"Starting execution for request: {request_id}",
        "HTTP Method: GET, Resource Path: /foo",
        "Method request path: {}",
        "Method request query string: {queryTest=value}",
    ]
    assert [text.partition(":")[0] for text in texts[8:]] == [
        "Method request headers",
        "Method request body before transformations",
        "Endpoint request URI",
        "Endpoint request headers",
        "Endpoint request body after transformations",
        "Sending request to https",
        "Received response. Status",
        "Endpoint response headers",
        "Endpoint response body before transformations",
        "Method response body after transformations",
        "Method response headers",
        "Successfully completed execution",
        "Method completed with status",
    ]
    assert f"Endpoint request URI: {url}" in texts
    assert "Received response. Status: 200, Integration latency: 0 ms" in texts
    assert texts[-1] == "Method completed with status: 200"


def test_a_binary_body_is_not_shown(logged):
    text = replaced(api(), {"{Name: a": "{BinaryMediaTypes: ['*/*'], Name: a"})
    _, (_, lines), _ = logged(text)
    assert "Method request body before transformations: [Binary Data]" in [one.partition(") ")[2] for one in lines]


def test_what_is_not_traced_is_not_shown(logged):
    _, (_, lines), _ = logged(api(data="false"))
    assert not [line for line in lines if "headers" in line or "body" in line]
    assert lines[-1].endswith("Method completed with status: 200")


def test_only_errors(logged):
    _, (_, lines), _ = logged(api(level="ERROR"))
    assert lines == []
    _, (_, lines), _ = logged(api(level="ERROR"), result="no object")
    (line,) = lines
    assert line.endswith(") Execution failed due to configuration error: Malformed Lambda proxy response")


def test_nothing_where_nothing_is_asked_for(logged):
    assert logged(api(level="'OFF'"))[1] == ("", [])


def test_events_are_cut_and_keys_masked(logged):
    _, (_, lines), _ = logged(
        api(keyed="true"),
        result={"body": "x" * 3000},
        x_api_key="a-key-of-at-least-twenty-F0yrv6",
        Authorization="secret-token",
    )
    assert max(len(line) for line in lines) == 1024
    assert any(f"API Key: ****F0yrv6 API Stage: {api_id('Api')}/dev" in line for line in lines)
    assert not any("secret" in line or "twenty" in line for line in lines if "Method request headers" in line)


def test_lines_are_what_netful_logs_prints(bench_of):
    bench = bench_of(api(data="false"))

    async def main():
        await bench.call("GET", "/dev/foo")
        return bench.gateway.logs.of("Api").text

    bench.function = lambda asked: {} if isinstance(asked, dict) else Response(200, (), b"{}")
    assert "Starting execution for request" in asyncio.run(main())


MEMBERS = (
    '{"base":"$context.customDomain.basePathMatched","error":"$context.integration.error","key":"$context.identity.apiKeyId"'
    ',"ms":"$context.integrationLatency","status":"$context.integrationStatus"}'
)


def test_members_of_the_access_log(logged):
    response, _, (line,) = logged(
        api(keyed="true", format_=MEMBERS),
        path="/base/foo",
        host="api.example.com",
        x_api_key="a-key-of-at-least-twenty-F0yrv6",
    )
    assert response.status == 200
    assert json.loads(line) == {"base": "base", "error": "-", "key": key_id("Key"), "ms": "0", "status": "200"}
    _, _, (line,) = logged(api(format_=MEMBERS), result="no object")
    assert json.loads(line) == {"base": "-", "error": "Internal server error", "key": "-", "ms": "0", "status": "200"}


def test_hit_of_a_cache_has_no_integration_latency(bench_of):
    bench = bench_of(api(cached="true", format_=MEMBERS))
    bench.function = lambda asked: {"body": "x"} if isinstance(asked, dict) else Response(200, (), b"{}")

    async def main():
        for _ in range(2):
            await bench.call("GET", "/dev/foo")
        await bench.gateway.logs.settled()

    asyncio.run(main())
    access = [json.loads(e.message) for e in bench.gateway.logs.of("Api").events if e.message.startswith("{")]
    assert [line["ms"] for line in access] == ["0", "-"]


def test_admission_is_told_phase_by_phase(bench_of):
    """As AWS's guide has them: waf, authenticate, authorizer, authorize; what a request does not go through is `-`."""
    names = [f"{phase}.{what}" for phase in ("authenticate", "authorizer", "authorize") for what in ("status", "error")]
    format_ = " ".join(f"$context.{name}" for name in [*names, "authorizer.integrationStatus", "endpointType"])
    bench, lines = bench_of(AUTHORIZED % format_), []
    bench.gateway.logs.write = lambda _api, _stage, _destination, line: lines.append(line)
    allowed = {
        "principalId": "me",
        "policyDocument": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    }
    bench.function = lambda event: allowed if event.get("type") == "TOKEN" else {"statusCode": 200}
    asyncio.run(bench.call("GET", "/dev/foo", x_who="me"))
    asyncio.run(bench.call("GET", "/dev/foo"))
    asyncio.run(bench.call("GET", "/dev/signed"))
    asyncio.run(bench.call("GET", "/dev/open"))
    assert lines == [
        "- - 200 - - - 200 REGIONAL",
        "- - 401 Unauthorized - - - REGIONAL",
        "- - - - 403 Missing Authentication Token - REGIONAL",
        "- - - - - - - REGIONAL",
    ]


AUTHORIZED = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: dev
      EndpointConfiguration: {Type: REGIONAL}
      AccessLogSetting: {DestinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:access", Format: "%s"}
      Auth: {Authorizers: {Who: {FunctionArn: !GetAtt Fn.Arn, Identity: {Header: x-who}}}}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: a.b
      InlineCode: x
      Events:
        Foo: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /foo, Method: get, Auth: {Authorizer: Who}}}
        Open: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /open, Method: get}}
        Signed: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /signed, Method: get, Auth: {Authorizer: AWS_IAM}}}
"""
