"""Authorizers of HTTP APIs: tokens, functions, and how a refusal is spelt (api-gateway §6.5)."""

import asyncio
import base64
import json

import pytest

from tests.helpers.gateway_bench import header
from tests.helpers.texts import replaced

API = """
Resources:
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true%(stage)s}}
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Http, IntegrationType: AWS_PROXY, PayloadFormatVersion: "%(format)s", IntegrationUri: !GetAtt Fn.Arn}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Http, RouteKey: "GET /{p}", Target: !Sub "integrations/${Integration}", AuthorizerId: !Ref Who, %(route)s}
  Who: {Type: AWS::ApiGatewayV2::Authorizer, Properties: {ApiId: !Ref Http, Name: w, %(who)s}}
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.12, Handler: a.b, Role: r, Code: {ZipFile: x}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref %(permits)s, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}
"""
HOST = "http.execute-api.us-east-1.amazonaws.com"
JWT = (
    'AuthorizerType: JWT, IdentitySource: ["$request.header.Authorization"], '
    "JwtConfiguration: {Issuer: https://i.example, Audience: [me, you]}"
)
LAMBDA = (
    "AuthorizerType: REQUEST, AuthorizerPayloadFormatVersion: '2.0', EnableSimpleResponses: true, "
    'IdentitySource: ["$request.header.X-Who"%s], '
    "AuthorizerUri: !Sub 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations'"
)


def api(who=JWT, route="AuthorizationType: JWT", format_="2.0", stage="", permits="Fn"):
    return API % {"who": who, "route": route, "format": format_, "stage": stage, "permits": permits}


def by_function(more="", ttl=0, format_="2.0"):
    who = LAMBDA % more + (f", AuthorizerResultTtlInSeconds: {ttl}" if ttl else "")
    return api(who, "AuthorizationType: CUSTOM", format_)


def ask(bench, path="/a", **headers):
    return asyncio.run(bench.call("GET", path, host=HOST, **headers))


def token(header=None, **changed):
    claims = {"iss": "https://i.example", "aud": "me", "exp": 1_700_000_060, **changed}
    parts = [json.dumps({"alg": "RS256"} if header is None else header), json.dumps(claims), "s"]
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (token(), None),
        (f"Bearer {token()}", None),
        (token(aud=["x", "you"]), None),
        (token(aud="other"), "the token does not have a valid audience"),
        (token(aud=[], client_id="me"), "the token does not have a valid audience"),
        (token(iss="https://other"), "the token does not have a valid issuer"),
        (token(exp=1_700_000_000), "the token has expired or is not yet valid"),
        (token(nbf=1_700_000_001), "the token has expired or is not yet valid"),
        (token(iat=1_700_000_001), "the token has expired or is not yet valid"),
        (token({"alg": "HS256"}), "its algorithm is not taken"),
        ("nonsense", "it is not a JSON web token"),
    ],
)
def test_tokens(bench_of, sent, why):
    bench = bench_of(api())
    response = ask(bench, Authorization=sent)
    assert (response.status, len(bench.events)) == ((401, 0) if why else (200, 1))
    if why:
        assert response.body == b'{"message":"Unauthorized"}'
        said = f'Bearer scope="" error="invalid_token" error_description="{why}"'
        assert header(response, "www-authenticate") == said
        assert header(response, "x-amzn-errortype") is None


def test_request_without_a_token(bench_of):
    response = ask(bench_of(api()))
    assert (response.status, header(response, "www-authenticate")) == (401, "Bearer")


def test_client_of_a_token_without_an_audience(bench_of):
    claims = {"iss": "https://i.example", "client_id": "you"}
    parts = ['{"alg": "RS256"}', json.dumps(claims), "s"]
    sent = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    bench = bench_of(api())
    assert ask(bench, Authorization=sent).status == 200
    assert bench.events[0]["requestContext"]["authorizer"]["jwt"]["claims"]["client_id"] == "you"


@pytest.mark.parametrize(
    ("claims", "status"), [({"scope": "a b"}, 200), ({"scp": ["b"]}, 200), ({"scope": "c"}, 403), ({}, 403)]
)
def test_scopes(bench_of, claims, status):
    response = ask(
        bench_of(api(route="AuthorizationType: JWT, AuthorizationScopes: [b]")), Authorization=token(**claims)
    )
    assert response.status == status
    if status == 403:
        assert response.body == b'{"message":"Forbidden"}'
        assert header(response, "www-authenticate") == 'Bearer scope="b" error="insufficient_scope"'


def answers(result):
    return lambda event: result if event.get("type") == "REQUEST" else {"body": "ok"}


@pytest.mark.parametrize(
    ("result", "status", "body"),
    [
        ({"isAuthorized": True}, 200, "ok"),
        ({"isAuthorized": False}, 403, '{"message":"Forbidden"}'),
        ({"principalId": "x", "policyDocument": {"Statement": []}}, 403, '{"message":"Forbidden"}'),
        ({}, 500, '{"message":"Internal Server Error"}'),
        (ValueError("x"), 500, '{"message":"Internal Server Error"}'),
        (b"not JSON", 500, '{"message":"Internal Server Error"}'),
    ],
)
def test_function_that_authorizes(bench_of, result, status, body):
    function = answers({"statusCode": 200, **result}) if isinstance(result, dict) else answers(result)
    bench = bench_of(
        by_function(), function=lambda e: function(e) if e.get("type") else {"statusCode": 200, "body": "ok"}
    )
    response = ask(bench, X_Who="me")
    assert (response.status, response.body.decode()) == (status, body)
    assert header(response, "x-amzn-errortype") is None


def test_a_simple_response_that_is_not_enabled(bench_of):
    text = by_function().replace("EnableSimpleResponses: true, ", "")
    bench = bench_of(text, function={"isAuthorized": True})
    assert ask(bench, X_Who="me").status == 500


def test_nothing_is_asked_without_an_identity(bench_of):
    bench = bench_of(by_function(), function={"isAuthorized": True})
    assert (ask(bench).status, bench.events) == (401, [])


@pytest.mark.parametrize(("more", "ttl", "asked"), [("", 0, 4), ("", 60, 1), (', "$context.routeKey"', 60, 1)])
def test_answers_are_kept_by_the_sources_where_a_time_is_given(bench_of, more, ttl, asked):
    bench = bench_of(by_function(more, ttl), function=lambda event: {"isAuthorized": True} if event.get("type") else {})
    assert [ask(bench, path, X_Who="me").status for path in ("/a", "/b", "/a", "/a")] == [200] * 4
    assert sum(event.get("type") == "REQUEST" for event in bench.events) == asked


@pytest.mark.parametrize("format_", ["2.0", "1.0"])
def test_context_is_handed_on_as_it_is(bench_of, format_):
    result = {"isAuthorized": True, "context": {"list": [1, {"a": True}]}}
    bench = bench_of(by_function(format_=format_), function=lambda e: result if e.get("type") else {"statusCode": 200})
    assert ask(bench, X_Who="me").status == 200
    told = bench.events[1]["requestContext"]["authorizer"]
    assert (told["lambda"] if format_ == "2.0" else told)["list"] == [1, {"a": True}]


def test_function_that_api_gateway_may_not_invoke(bench_of):
    bench = bench_of(api("AuthorizerType: JWT", "AuthorizationType: NONE", permits="Who"))
    response = ask(bench)
    assert (response.status, response.body) == (500, b'{"message":"Internal Server Error"}')
    assert (header(response, "x-amzn-errortype"), bench.events) == (None, [])


def test_throttled(bench_of):
    stage = ", DefaultRouteSettings: {ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1}"
    bench = bench_of(api("AuthorizerType: JWT", "AuthorizationType: NONE", stage=stage))
    assert ask(bench).status == 200
    response = ask(bench)
    assert (response.status, response.body) == (429, b'{"message":"Too Many Requests"}')
    assert header(response, "x-amzn-errortype") is None


@pytest.mark.parametrize(
    ("source", "status"),
    [("${Http}/authorizers/${Who}", 200), ("${Http}/*", 200), ("${Http}/*/*", 200), ("${Http}/*/GET/*", 500)],
)
def test_function_of_an_authorizer_is_asked_for_the_authorizer(bench_of, source, status):
    """The route's own function permits by another permission: what is for a method is not for an authorizer."""
    arn = f"SourceArn: !Sub 'arn:aws:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{source}'"
    text = replaced(by_function(), {"Principal: apigateway": f"{arn}, Principal: apigateway"}) + (
        "  Own: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: lambda:InvokeFunction, "
        "Principal: apigateway.amazonaws.com, SourceArn: !Sub 'arn:aws:execute-api:*:*:${Http}/*/GET/*'}}\n"
    )
    bench = bench_of(text, {"isAuthorized": True})
    assert ask(bench, x_who="me").status == status


def test_claims_are_texts(bench_of):
    bench = bench_of(api())
    claims = {"cognito:groups": ["admin", "power user"], "n": 5, "ok": True, "none": None, "deep": {"a": 1}}
    assert ask(bench, Authorization=token(**claims)).status == 200
    told = bench.events[0]["requestContext"]["authorizer"]["jwt"]["claims"]
    assert {name: told.get(name) for name in claims} == {
        "cognito:groups": "[admin power user]",
        "n": "5",
        "ok": "true",
        "none": None,
        "deep": '{"a":1}',
    }
    assert "none" not in told


@pytest.mark.parametrize("kind", ["JWT", "CUSTOM", "!ImportValue Kind"])
def test_authorizer_that_is_not_known_admits_no_caller(bench_of, kind):
    text = replaced(api(route=f"AuthorizationType: {kind}"), {"AuthorizerId: !Ref Who": "AuthorizerId: abc123"})
    bench = bench_of(text)
    response = ask(bench, Authorization=token())
    assert (response.status, response.body, bench.events) == (500, b'{"message":"Internal Server Error"}', [])


@pytest.mark.parametrize(
    ("format_", "told"),
    [
        ("2.0", {"version": "2.0", "identitySource": ["me", "7"]}),
        ("1.0", {"version": "1.0", "identitySource": "me,7", "authorizationToken": "me,7"}),
    ],
)
def test_function_is_told_the_identity(bench_of, format_, told):
    text = replaced(
        by_function(', "$request.querystring.q"'),
        {"AuthorizerPayloadFormatVersion: '2.0'": f"AuthorizerPayloadFormatVersion: '{format_}'"},
    )
    bench = bench_of(text, function={"isAuthorized": True})
    ask(bench, "/a?q=7", X_Who="me")
    names = ("version", "identitySource", "authorizationToken")
    assert {name: bench.events[0][name] for name in names if name in bench.events[0]} == told


@pytest.mark.parametrize("format_", ["2.0", "1.0"])
@pytest.mark.parametrize(
    ("scopes", "claims", "told"),
    [
        (", AuthorizationScopes: [b, c]", {"scope": "a b"}, ["a", "b"]),
        (", AuthorizationScopes: [b]", {"scp": ["b"]}, ["b"]),
        ("", {"scope": "a b"}, None),
    ],
)
def test_scopes_of_the_token_are_told_where_the_route_lists_some(bench_of, format_, scopes, claims, told):
    bench = bench_of(api(route=f"AuthorizationType: JWT{scopes}", format_=format_))
    assert ask(bench, Authorization=token(**claims)).status == 200
    authorizer = bench.events[0]["requestContext"]["authorizer"]
    assert (authorizer["jwt"] if format_ == "2.0" else authorizer)["scopes"] == told
