"""Functions behind REST APIs: which version, how they are called, and headers on both ways (api-gateway §1.4, §5.1, §5.3, §5.8)."""

import asyncio
import json

import pytest

from tests.helpers.api_templates import FN, PERMISSION, of_method
from tests.helpers.gateway_bench import header
from tests.helpers.ids import key_id
from tests.helpers.texts import replaced

METHOD = """
  HttpMethod: ANY, AuthorizationType: {auth}, ApiKeyRequired: {keyed}, MethodResponses: [{{StatusCode: 200}}, {{StatusCode: 202}}], Integration: {{
    Type: {kind}, IntegrationHttpMethod: {method}, RequestParameters: {{{parameters}}}, IntegrationResponses: [{responses}],
    Uri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:fn{alias}/invocations"
  }}
"""
MORE = f"""{FN}
  Domain: {{Type: AWS::ApiGateway::DomainName, Properties: {{DomainName: api.example.com, EndpointConfiguration: {{Types: [REGIONAL]}}}}}}
  Mapping:
    Type: AWS::ApiGateway::BasePathMapping
    Properties: {{DomainName: !Ref Domain, RestApiId: !Ref Api, BasePath: base, Stage: live}}
  Longer:
    Type: AWS::ApiGatewayV2::ApiMapping
    Properties: {{DomainName: !Ref Domain, ApiId: !Ref Api, ApiMappingKey: base/v1, Stage: live}}
  Plan: {{Type: AWS::ApiGateway::UsagePlan, Properties: {{ApiStages: [{{ApiId: !Ref Api, Stage: live}}]}}}}
  Key: {{Type: AWS::ApiGateway::ApiKey, Properties: {{Value: a-key-of-at-least-twenty-letters, Enabled: true}}}}
  Binding: {{Type: AWS::ApiGateway::UsagePlanKey, Properties: {{KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}}}
"""
DEFAULTS = {
    "endpoint": "REGIONAL", "auth": "NONE", "keyed": "false", "kind": "AWS_PROXY", "method": "POST", "alias": "", "permitted": "",
    "parameters": "", "responses": "{StatusCode: 200}",
}  # fmt: skip
KEY = "a-key-of-at-least-twenty-letters"


def api(**given):
    given = {**DEFAULTS, **given}
    method = of_method(METHOD.format(**given), stage="Variables: {alias: blue}", endpoint=given["endpoint"])
    return method + MORE + replaced(PERMISSION, {"!Ref Fn": f'"fn{given["permitted"]}"'})


def ask(bench, path="/live", method="GET", **headers):
    return asyncio.run(bench.call(method, path, **headers))


def test_other_method_than_post_fails_every_call(bench_of):
    bench = bench_of(api(method="GET"))
    response = ask(bench)
    assert (response.status, response.body, bench.events) == (500, b'{"message": "Internal server error"}', [])


def test_stage_variable_chooses_the_alias(bench_of):
    bench = bench_of(api(alias=":${!stageVariables.alias}", permitted=":blue"))
    assert ask(bench).status == 200
    assert bench.qualifier == "blue"


@pytest.mark.parametrize(
    "name", ["Content-Length", "Transfer-Encoding", "Authorization", "Connection", "Expect", "Proxy-Authenticate", "TE"]
)
def test_mapping_that_the_event_never_sees_still_fails_the_call(bench_of, name):
    bench = bench_of(api(parameters=f"integration.request.header.{name}: \"'x'\""))
    response = ask(bench)
    assert (response.status, len(response.body), bench.events) == (500, 36, [])
    assert header(response, "x-amzn-errortype") == "InternalServerErrorException"


def test_mapping_is_not_applied_to_the_event(bench_of):
    bench = bench_of(api(parameters="integration.request.header.X-Own: \"'x'\""))
    assert ask(bench).status == 200
    assert "X-Own" not in bench.events[0]["headers"]


@pytest.mark.parametrize(
    ("name", "back"),
    [
        *(
            (name, f"x-amzn-Remapped-{name}")
            for name in ("Authorization", "Connection", "Content-MD5", "Date", "Server")
        ),
        *((name, f"x-amzn-Remapped-{name}") for name in ("Max-Forwards", "User-Agent", "WWW-Authenticate")),
        *((name, None) for name in ("Expect", "Host", "Proxy-Authenticate", "TE", "Trailer", "Upgrade", "Via")),
        *((name, None) for name in ("Transfer-Encoding", "Content-Length")),
        *((name, name) for name in ("Accept", "Age", "Content-Encoding", "Pragma", "Range", "Referer", "Warn")),
    ],
)
def test_header_of_a_function_on_its_way_back(bench_of, name, back):
    response = ask(bench_of(api(), function={"headers": {name: "v"}}))
    assert [key for key, value in response.headers if value == "v"] == ([back] if back else [])


def test_cookies_come_back_one_by_one(bench_of):
    function = {"multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"], "X-Many": ["1", "2"]}}
    response = ask(bench_of(api(), function=function))
    assert [value for name, value in response.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert header(response, "x-many") == "1, 2"


DROPPED = (
    "Connection", "Content-MD5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "TE", "Transfer-Encoding",
    "Trailer", "Upgrade", "WWW-Authenticate",
)  # fmt: skip


def test_headers_that_are_dropped_before_anything(bench_of):
    bench = bench_of(api())
    assert ask(bench, **dict.fromkeys(DROPPED, "v"), Accept="a", Via="1.1 x").status == 200
    headers = bench.events[0]["headers"]
    assert not {name.lower() for name in headers} & {name.lower() for name in DROPPED}
    assert (headers["Accept"], headers["Via"]) == ("a", "1.1 x")


def test_signature_is_not_handed_on(bench_of):
    bench = bench_of(api())
    ask(bench, Authorization="AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=0")
    ask(bench, Authorization="Bearer t")
    assert ["Authorization" in event["headers"] for event in bench.events] == [False, True]


def test_last_of_repeated_values(bench_of):
    bench = bench_of(api())
    connection = {"X-Two": "1", "x-two": "2"}
    ask(bench, "/live?a=1&a=2;b=3", **connection)
    event = bench.events[0]
    assert (event["headers"]["X-Two"], event["multiValueHeaders"]["X-Two"]) == ("2", ["1", "2"])
    assert event["queryStringParameters"] == {"a": "2", "b": "3"}


def test_query_is_decoded(bench_of):
    bench = bench_of(api())
    ask(bench, "/live?dateTimeOffset=2023-06-12T18:05:10.123456+00:00&plus=%2B&space=a%20b")
    assert bench.events[0]["queryStringParameters"] == {
        "dateTimeOffset": "2023-06-12T18:05:10.123456 00:00", "plus": "+", "space": "a b",
    }  # fmt: skip


AT_THE_EDGE = {
    "Accept", "Accept-Encoding", "Authorization", "CloudFront-Forwarded-Proto", "CloudFront-Is-Desktop-Viewer",
    "CloudFront-Is-Mobile-Viewer", "CloudFront-Is-SmartTV-Viewer", "CloudFront-Is-Tablet-Viewer",
    "CloudFront-Viewer-ASN", "CloudFront-Viewer-Country", "Host", "User-Agent", "Via", "X-Amz-Cf-Id",
    "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto", "tEsT-HEADeR",
}  # fmt: skip


def test_headers_through_the_edge(bench_of):
    sent = {"accept": "*/*", "accept-encoding": "gzip", "authorization": "t", "user-agent": "u", "tEsT-HEADeR": "1"}
    edge, regional = bench_of(api(endpoint="EDGE")), bench_of(api())
    ask(edge, **sent)
    assert set(edge.events[0]["headers"]) == AT_THE_EDGE
    regional = bench_of(api())
    ask(regional, **sent)
    of_edge = {n for n in AT_THE_EDGE if n.startswith("CloudFront-")} | {"Via", "X-Amz-Cf-Id"}
    assert {n.lower() for n in regional.events[0]["headers"]} == {n.lower() for n in AT_THE_EDGE - of_edge}


def test_trace_of_the_client_is_kept(bench_of):
    bench = bench_of(api())
    response = ask(bench, X_Amzn_Trace_Id="Self=1-2;Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")
    kept = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"
    assert (bench.events[0]["headers"]["X-Amzn-Trace-Id"], header(response, "x-amzn-trace-id")) == (kept, kept)
    assert header(ask(bench, "/live/none"), "x-amzn-trace-id") is None


@pytest.mark.parametrize(
    ("path", "told", "status"),
    [("/base", "/base", 200), ("/base/", "/base/", 200), ("/base/v1", "/base/v1", 200), ("/basement", "", 403)],
)
def test_custom_domain(bench_of, path, told, status):
    bench = bench_of(api())
    response = ask(bench, path, host="api.example.com")
    assert response.status == status
    if status == 403:
        assert (response.body, header(response, "x-amzn-errortype")) == (
            b'{"message":"Forbidden"}', "ForbiddenException",
        )  # fmt: skip
        return
    event = bench.events[0]
    assert (event["path"], event["resource"], event["requestContext"]["path"]) == (told, "/", told)
    assert (event["requestContext"]["domainName"], event["requestContext"]["stage"]) == ("api.example.com", "live")


@pytest.mark.parametrize("path", ["/ping", "/sping"])
def test_reserved_path_of_a_custom_domain(bench_of, path):
    bench = bench_of(api())
    response = ask(bench, path, host="api.example.com")
    assert (response.status, response.body, header(response, "content-type")) == (200, b"healthy", "text/plain")
    assert header(response, "x-amzn-ErrorType") is None
    assert bench.events == []


def test_key_is_told(bench_of):
    bench = bench_of(api(keyed="true"))
    assert ask(bench, **{"X-API-KEY": KEY}).status == 200
    identity = bench.events[0]["requestContext"]["identity"]
    assert (identity["apiKey"], identity["apiKeyId"]) == (KEY, key_id("Key"))


EVENT = "integration.request.header.X-Amz-Invocation-Type: \"'Event'\""


def post(bench):
    return asyncio.run(bench.call("POST", "/live", body=b'{"n": 1}', **{"Content-Type": "application/json"}))


def test_asynchronous_call_does_not_wait(bench_of):
    accepted = '{StatusCode: 200}, {StatusCode: 202, SelectionPattern: "none"}'
    bench = bench_of(api(kind="AWS", parameters=EVENT, responses=accepted))
    response = post(bench)
    assert (response.status, response.body) == (200, b"")
    assert bench.events == [("Fn", {"n": 1}, "")]


@pytest.mark.parametrize(("responses", "status"), [("{StatusCode: 202}", 202), ("{StatusCode: 201}", 500)])
def test_method_must_declare_the_response(bench_of, responses, status):
    response = post(bench_of(api(kind="AWS", responses=responses), function={"a": 1}))
    assert response.status == status
    assert json.loads(response.body) == ({"a": 1} if status == 202 else {"message": "Internal server error"})


def test_no_response_is_for_the_answer(bench_of):
    response = post(bench_of(api(kind="AWS", responses='{StatusCode: 200, SelectionPattern: "x"}')))
    assert (response.status, response.body) == (500, b'{"message": "Internal server error"}')


_LATER = "integration.request.header.X-Amz-Invocation-Type: \"'Event'\", "


@pytest.mark.parametrize(("kind", "before"), [("AWS_PROXY", ""), ("AWS", ""), ("AWS", _LATER)])
def test_the_request_mapping_names_the_tenant(bench_of, kind, before):
    mapping = f"{before}integration.request.header.X-Amz-Tenant-Id: stageVariables.alias"
    bench = bench_of(api(kind=kind, parameters=mapping))
    asyncio.run(bench.call("POST", "/live", body=b"{}"))
    assert bench.tenant == "blue"
