"""Authorizers together with the API's own policy, in the order of AWS's authorization flow (api-gateway §2.6, §5.12)."""

import asyncio
import base64
import json
from datetime import UTC, datetime

import pytest

from tests.helpers.api_templates import FN, INVOKE, PERMISSION, mock, of_method
from tests.helpers.gateway_bench import Time, header
from tests.helpers.ids import api_id
from tests.helpers.texts import replaced

AUTHORIZER = """
  Authorizer:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      Name: z
      RestApiId: !Ref Api
      Type: {type}
      ProviderARNs: ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool"]
      AuthorizerUri: {uri}
      IdentitySource: {source}
"""
ALLOW = 'Policy: {Statement: [{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "execute-api:/*"}]}'
DENY, NEITHER = (
    replaced(ALLOW, {"Effect: Allow": "Effect: Deny"}),
    replaced(ALLOW, {"execute-api:/*": "execute-api:/x/*"}),
)
HEADER = "method.request.header.Authorization"


def api(policy="", kind="CUSTOM", source=HEADER, type_="TOKEN", permission=PERMISSION, scopes=""):
    type_ = "COGNITO_USER_POOLS" if kind == "COGNITO_USER_POOLS" else type_
    method = f"HttpMethod: GET, AuthorizationType: {kind}, AuthorizerId: !Ref Authorizer, {scopes}"
    asked = AUTHORIZER.format(type=type_, uri=INVOKE, source=source)
    return of_method(method + mock("$context.authorizer.tier"), policy) + asked + FN + permission


def says(effect, resource="*"):
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource}
    return {"principalId": "me", "policyDocument": {"Statement": [statement]}, "context": {"tier": 3}}


def ask(bench, path="/live", **headers):
    return asyncio.run(bench.call("GET", path, **headers))


NOWHERE = "arn:aws:execute-api:us-east-1:123456789012:other/*"


@pytest.mark.parametrize(
    ("policy", "result", "status", "asked"),
    [
        ("", says("Allow"), 200, 1),
        ("", says("Allow", NOWHERE), 403, 1),
        (ALLOW, says("Allow", NOWHERE), 200, 1),
        (ALLOW, says("Deny"), 403, 1),
        (NEITHER, says("Allow"), 200, 1),
        (NEITHER, says("Allow", NOWHERE), 403, 1),
        (DENY, says("Allow"), 403, 0),
    ],
)
def test_lambda_authorizer_and_policy(bench_of, policy, result, status, asked):
    bench = bench_of(api(policy), function=result)
    assert (ask(bench, Authorization="t").status, len(bench.events)) == (status, asked)


@pytest.mark.parametrize(
    ("condition", "headers", "status"),
    [
        ("StringLike: {aws:Referer: 'https://shop.example/*'}", {"Referer": "https://shop.example/cart"}, 200),
        ("StringLike: {aws:Referer: 'https://shop.example/*'}", {"Referer": "https://x.example/"}, 403),
        ("StringLike: {aws:Referer: 'https://shop.example/*'}", {}, 403),
        ("StringNotLike: {aws:UserAgent: 'curl/*'}", {"User_Agent": "curl/8"}, 403),
        ("StringNotLike: {aws:UserAgent: 'curl/*'}", {}, 200),
        ("'Null': {aws:Referer: 'true'}", {"Referer": "https://x.example/"}, 403),
    ],
)
def test_headers_that_a_policy_looks_at(bench_of, condition, headers, status):
    policy = replaced(ALLOW, {'"execute-api:/*"': f'"execute-api:/*", Condition: {{{condition}}}'})
    bench = bench_of(of_method("HttpMethod: GET, AuthorizationType: NONE, " + mock("ok"), policy))
    assert ask(bench, Referer="https://first.example").status in (200, 403)  # others' headers are not this one's
    assert ask(bench, **headers).status == status


@pytest.mark.parametrize(
    ("condition", "statuses"),
    [
        ("DateLessThan: {aws:CurrentTime: 'AT'}", [200, 200, 403]),
        ("DateGreaterThanEquals: {aws:CurrentTime: 'AT'}", [403, 403, 200]),
        ("NumericLessThan: {aws:EpochTime: SECONDS}", [200, 200, 403]),
        ("'Null': {aws:CurrentTime: 'true'}", [403, 403, 403]),
    ],
)
def test_time_that_a_policy_looks_at(bench_of, condition, statuses):
    template = of_method("HttpMethod: GET, AuthorizationType: NONE, " + mock("ok"), "POLICY")
    end = int(Time.now) + 60
    at = datetime.fromtimestamp(end, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    condition = condition.replace("AT", at).replace("SECONDS", str(end))
    policy = replaced(ALLOW, {'"execute-api:/*"': f'"execute-api:/*", Condition: {{{condition}}}'})
    bench = bench_of(replaced(template, {"POLICY": policy}))
    found = []
    for seconds in (0, 50, 20):
        bench.time.pass_(seconds)
        found.append(ask(bench).status)
    assert found == statuses


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, 200),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, 403),
        ({"StringEquals": {"aws:UserAgent": "mine"}}, 200),
        ({"StringEquals": {"aws:Referer": "mine"}}, 403),
        ({"StringEquals": {"aws:SourceVpce": "vpce-0"}}, 403),
        ({"DateLessThan": {"aws:CurrentTime": "2001-01-01T00:00:00Z"}}, 403),
        ({"DateGreaterThan": {"aws:CurrentTime": "1969-01-01T00:00:00Z"}}, 200),
    ],
)
def test_conditions_in_the_policy_of_an_authorizer(bench_of, condition, status):
    result = says("Allow")
    result["policyDocument"]["Statement"][0]["Condition"] = condition
    bench = bench_of(api(), function=result)
    assert ask(bench, Authorization="t", User_Agent="mine").status == status


def test_denial_of_the_policy_comes_before_the_missing_token(bench_of):
    assert ask(bench_of(api(DENY), function=says("Allow"))).status == 403
    assert ask(bench_of(api(NEITHER), function=says("Allow"))).status == 401


def token(header=None, **claims):
    parts = (json.dumps(header or {"alg": "RS256"}).encode(), json.dumps(claims).encode(), b"s")
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


POOL = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool"


@pytest.mark.parametrize(
    ("policy", "sent", "status"),
    [(ALLOW, token(), 200), (ALLOW, None, 401), (NEITHER, None, 401), (NEITHER, token(), 403), (DENY, token(), 403)],
)
def test_pool_says_who_calls_before_the_policy_is_asked(bench_of, policy, sent, status):
    bench = bench_of(api(policy, "COGNITO_USER_POOLS"))
    assert ask(bench, **({"Authorization": sent} if sent else {})).status == status


@pytest.mark.parametrize(
    ("scopes", "claims", "status"),
    [
        ([], {"iss": POOL, "token_use": "id"}, 200),
        ([], {"iss": POOL, "token_use": "access"}, 401),
        ([], {"iss": replaced(POOL, {"Pool": "Other"})}, 401),
        (["a/read"], {"token_use": "access", "scope": "b a/read"}, 200),
        (["a/read"], {"token_use": "access", "scope": "b"}, 401),
        (["a/read"], {"token_use": "id", "scope": "a/read"}, 401),
    ],
)
def test_which_token_of_a_pool(bench_of, scopes, claims, status):
    bench = bench_of(api(kind="COGNITO_USER_POOLS", scopes=f"AuthorizationScopes: {scopes}, "))
    response = ask(bench, Authorization=token(**claims))
    assert response.status == status
    if status == 401:
        assert response.body == b'{"message":"Unauthorized"}'


REQUEST = "method.request.header.X-Who, method.request.querystring.q, stageVariables.none"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [("/live?q=1", {"x-who": "me"}, 200), ("/live", {"x-who": "me"}, 401), ("/live?q=", {"x-who": "me"}, 401)],
)
def test_request_authorizer_wants_all_its_sources(bench_of, path, headers, status):
    source = REQUEST.removesuffix(", stageVariables.none")
    bench = bench_of(api(source=source, type_="REQUEST"), function=says("Allow"))
    response = ask(bench, path, **headers)
    assert (response.status, len(bench.events)) == (status, int(status == 200))
    if status == 200:
        event = bench.events[0]
        assert (event["type"], event["queryStringParameters"]) == ("REQUEST", {"q": "1"})
        assert (event["pathParameters"], event["stageVariables"]) == ({}, {})
        assert event["methodArn"] == f"arn:aws:execute-api:us-east-1:123456789012:{api_id('Api')}/live/GET/"


def test_sources_are_the_key_of_what_is_kept(bench_of):
    bench = bench_of(api(source="method.request.header.X-Who", type_="REQUEST"), function=says("Allow"))
    assert [ask(bench, X_Who=who).status for who in ("a", "a", "b")] == [200] * 3
    assert len(bench.events) == 2


@pytest.mark.parametrize(
    ("permission", "result", "body", "kind"),
    [
        ("", says("Allow"), '{"message":null}', "AuthorizerConfigurationException"),
        (PERMISSION, {"principalId": "me"}, '{"message":null}', "AuthorizerConfigurationException"),
        (PERMISSION, ValueError("x"), '{"message":"Internal server error"}', "InternalServerErrorException"),
    ],
)
def test_authorizer_that_does_not_answer(bench_of, permission, result, body, kind):
    response = ask(bench_of(api(permission=permission), function=result), Authorization="t")
    assert (response.status, response.body.decode(), header(response, "x-amzn-errortype")) == (500, body, kind)


def test_context_is_text_in_templates(bench_of):
    assert ask(bench_of(api(), function=says("Allow")), Authorization="t").body == b"3"


UNKNOWN = ("abc123", "!ImportValue Who", "!Ref AWS::NoValue")


@pytest.mark.parametrize(
    ("kind", "authorizer"),
    [
        *((kind, one) for kind in ("CUSTOM", "COGNITO_USER_POOLS", "!ImportValue Kind") for one in UNKNOWN),
        ("!ImportValue Kind", "!Ref Authorizer"),
    ],
)
def test_authorizer_that_is_not_known_admits_no_caller(bench_of, kind, authorizer):
    text = api(ALLOW, kind).replace("AuthorizerId: !Ref Authorizer", f"AuthorizerId: {authorizer}")
    bench = bench_of(text, function=says("Allow"))
    for headers in ({}, {"Authorization": "t"}):
        response = ask(bench, **headers)
        assert (response.status, header(response, "x-amzn-errortype")) == (500, "AuthorizerConfigurationException")
    assert bench.events == []


SAID = """
  Said:
    Type: AWS::ApiGateway::GatewayResponse
    Properties: {RestApiId: !Ref Api, ResponseType: DEFAULT_4XX, ResponseTemplates: {application/json: "$context.authorizer.tier $context.authorizer.principalId"}}
"""
SPENT = "MethodSettings: [{HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0}], "


@pytest.mark.parametrize(
    ("result", "settings", "status"),
    [(says("Deny"), "", 403), (says("Allow", NOWHERE), "", 403), (says("Allow"), SPENT, 429)],
)
def test_refusal_has_the_context_of_the_authorizer(bench_of, result, settings, status):
    format_ = 'AccessLogSetting: {DestinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:a", Format: "$context.authorizer.tier $context.status"}, '
    text = replaced(api() + SAID, {"StageName: live": settings + format_ + "StageName: live"})
    bench, lines = bench_of(text, function=result), []
    bench.gateway.logs.write = lambda _api, _stage, _destination, line: lines.append(line)
    response = ask(bench, Authorization="t")
    assert (response.status, response.body, lines) == (status, b"3 me", [f"3 {status}"])


def test_refusal_without_a_result_has_no_context_of_the_authorizer(bench_of):
    assert ask(bench_of(api() + SAID, function=says("Deny"))).body == b" "


@pytest.mark.parametrize("qualifier", ["", "live", "7"])
def test_alias_or_version_of_the_authorizer_is_invoked(bench_of, qualifier):
    named = f":{qualifier}" if qualifier else ""
    text = replaced(api(), {"${Fn.Arn}/invocations": f"${{Fn.Arn}}{named}/invocations"})
    text = replaced(text, {"FunctionName: !Ref Fn": f'FunctionName: !Sub "${{Fn}}{named}"'})
    bench = bench_of(text, function=says("Allow"))
    assert (ask(bench, Authorization="t").status, bench.qualifier) == (200, qualifier)
