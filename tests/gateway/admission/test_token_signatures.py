"""Whose keys must have signed a token, where they come from, and how often they are asked for (api-gateway §5.12, §6.5)."""

import asyncio
import base64
import json
import logging
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from netful.gateway.integrations.web_connection import UnreachableError
from netful.services.http.message import Response
from tests.helpers.gateway_bench import header
from tests.helpers.texts import replaced

APIS = """
Resources:
  Pool: {{Type: AWS::Cognito::UserPool}}
  Rest:
    Type: AWS::ApiGateway::RestApi
    Properties: {{Name: r, EndpointConfiguration: {{Types: [REGIONAL]}}}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Rest
      ResourceId: !GetAtt Rest.RootResourceId
      HttpMethod: GET
      AuthorizationType: COGNITO_USER_POOLS
      AuthorizerId: !Ref ByPool
      AuthorizationScopes: [{scopes}]
      Integration:
        Type: MOCK
        RequestTemplates: {{application/json: '{{"statusCode": 200}}'}}
        IntegrationResponses: [{{StatusCode: 200, ResponseTemplates: {{application/json: "$context.authorizer.claims.sub"}}}}]
      MethodResponses: [{{StatusCode: 200}}]
  ByPool:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      Name: p
      RestApiId: !Ref Rest
      Type: COGNITO_USER_POOLS
      ProviderARNs: [!GetAtt Pool.Arn]
      IdentitySource: method.request.header.Authorization
  Deployment: {{Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {{RestApiId: !Ref Rest}}}}
  Stage: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref Rest, DeploymentId: !Ref Deployment, StageName: live}}}}
  Http: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Name: h, ProtocolType: HTTP}}}}
  Default: {{Type: AWS::ApiGatewayV2::Stage, Properties: {{ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}}}
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {{ApiId: !Ref Http, IntegrationType: AWS_PROXY, PayloadFormatVersion: "2.0", IntegrationUri: !GetAtt Fn.Arn}}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {{ApiId: !Ref Http, RouteKey: GET /a, Target: !Sub "integrations/${{Integration}}", AuthorizerId: !Ref ByIssuer, AuthorizationType: JWT}}
  ByIssuer:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Http
      Name: j
      AuthorizerType: JWT
      IdentitySource: ["$request.header.Authorization"]
      JwtConfiguration: {{Issuer: {issuer}, Audience: [me]}}
  Fn: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.12, Handler: a.b, Role: r, Code: {{ZipFile: x}}}}}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {{FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com}}
  Url: {{Type: AWS::Lambda::Url, Properties: {{TargetFunctionArn: !Ref Fn, AuthType: NONE}}}}
"""
DECLARED = "https://issuer.example/"
POOL = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_IJtNahaHo"


def apis(issuer=DECLARED, scopes=""):
    return APIS.format(issuer=issuer, scopes=scopes)


@pytest.fixture(scope="module")
def keys():
    return {name: RSAKey.generate_key(2048, {"kid": name}) for name in ("own", "next", "other")}


def public(*keys):
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})


def sign(key, named=None, **claims):
    told = {"iss": DECLARED, "aud": "me", "sub": "ada", "exp": 1_700_000_060, "token_use": "id", **claims}
    named = {"alg": "RS256", "kid": key.kid} if named is None else named
    return jws.serialize_compact(named, json.dumps(told), key, algorithms=["RS256", "RS512"])


def forged(key, **header):
    """A token that is signed by nothing, whatever it says of itself."""
    token = sign(key)
    said = base64.urlsafe_b64encode(json.dumps({"kid": key.kid, **header}).encode()).decode().rstrip("=")
    return ".".join((said, *token.split(".")[1:]))


def ask(bench, token, path="/a", host="http.execute-api.us-east-1.amazonaws.com"):
    return asyncio.run(bench.call("GET", path, host=host, Authorization=token))


def ask_rest(bench, token):
    return ask(bench, token, "/live", "rest.execute-api.us-east-1.amazonaws.com")


@pytest.fixture
def declared(bench_of, keys):
    """The bench of an API whose issuer's keys netful.toml names, in one way or the other."""

    def declared_(setting='jwks = "jwks.json"'):
        Path("netful.toml").write_text(f'[issuers."{DECLARED}"]\n{setting}\n')
        Path("jwks.json").write_text(public(keys["own"], keys["next"]))
        Path("key.pem").write_bytes(keys["own"].as_pem(private=False))
        return bench_of(apis())

    return declared_


@pytest.mark.parametrize(
    ("key", "named", "status"),
    [
        ("own", None, 200),
        ("next", None, 200),
        ("own", {"alg": "RS512", "kid": "own"}, 200),
        ("other", None, 401),
        ("other", {"alg": "RS256", "kid": "own"}, 401),
        ("own", {"alg": "RS256", "kid": "next"}, 401),
        ("own", {"alg": "RS256"}, 401),
    ],
)
def test_token_is_signed_by_the_key_that_it_names(declared, keys, key, named, status):
    response = ask(declared(), f"Bearer {sign(keys[key], named)}")
    assert response.status == status


@pytest.mark.parametrize(
    ("key", "named", "status"), [("own", None, 200), ("own", {"alg": "RS256"}, 200), ("other", None, 401)]
)
def test_key_without_a_name_may_have_signed_any(declared, keys, key, named, status):
    assert ask(declared('public_key = "key.pem"'), sign(keys[key], named)).status == status


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256", "PS256", None])
def test_no_other_algorithm_is_taken(declared, keys, algorithm):
    bench = declared()
    assert ask(bench, forged(keys["own"], **({"alg": algorithm} if algorithm else {}))).status == 401
    assert bench.events == []


@pytest.mark.parametrize(
    "header",
    [{"alg": ["RS256"]}, {"crit": [{}]}, {"crit": "x"}, {"b64": False}, {"kid": [1]}, {"kid": None}, {"jwk": 3}],
)
def test_header_that_is_not_as_it_should_be_is_refused_and_no_more(declared, keys, header):
    assert ask(declared(), forged(keys["own"], **{"alg": "RS256", **header})).status == 401


def test_refusals_of_a_signature_are_those_of_a_token(declared, keys):
    response = ask(declared(), sign(keys["other"]))
    assert (response.status, response.body) == (401, b'{"message":"Unauthorized"}')
    said = 'Bearer scope="" error="invalid_token" error_description="its issuer has not signed it"'
    assert header(response, "www-authenticate") == said


def test_signed_token_ends_all_the_same(declared, keys):
    bench, token = declared(), sign(keys["own"])
    assert ask(bench, token).status == 200
    bench.time.pass_(61)
    assert ask(bench, token).status == 401


def answering(replies):
    """A function that answers by the path of what it is asked; `replies` says which keys there are, and may change."""

    def function(asked):
        if isinstance(asked, dict):
            return {"statusCode": 200}
        path = asked.target if hasattr(asked, "target") else asked.path
        found = replies.get(path, Response(404, (), b""))
        return found if isinstance(found, Response | Exception) else Response(200, (), found.encode())

    return function


JWKS = "/us-east-1_IJtNahaHo/.well-known/jwks.json"


@pytest.mark.parametrize(
    ("claims", "key", "status"),
    [
        ({}, "own", 200),
        ({}, "other", 401),
        ({"token_use": "access"}, "own", 401),
        ({"token_use": None}, "own", 401),
        ({"iss": replaced(POOL, {"IJtNahaHo": "Other"})}, "own", 401),
        ({"iss": None}, "own", 401),
    ],
)
def test_token_of_the_stacks_own_pool(bench_of, keys, claims, key, status):
    bench = bench_of(apis(), function=answering({JWKS: public(keys["own"])}))
    response = ask_rest(bench, sign(keys[key], **{"iss": POOL, **claims}))
    assert response.status == status
    assert response.body == (b"ada" if status == 200 else b'{"message":"Unauthorized"}')


@pytest.mark.parametrize(("scope", "status"), [("a/read b", 200), ("b", 401)])
def test_access_token_of_the_stacks_own_pool(bench_of, keys, scope, status):
    bench = bench_of(apis(scopes="a/read"), function=answering({JWKS: public(keys["own"])}))
    assert ask_rest(bench, sign(keys["own"], iss=POOL, token_use="access", scope=scope)).status == status


def test_pool_is_asked_once_and_again_for_a_key_that_is_new(bench_of, keys):
    replies = {JWKS: public(keys["own"])}
    bench = bench_of(apis(), function=answering(replies))
    old, new = (sign(keys[name], iss=POOL, exp=1_800_000_000) for name in ("own", "next"))
    assert [ask_rest(bench, old).status for _ in range(3)] == [200] * 3
    replies[JWKS] = public(keys["next"])
    assert ask_rest(bench, new).status == 401  # it was asked less than a second ago
    assert len(bench.events) == 1
    bench.time.pass_(2)
    assert [ask_rest(bench, new).status for _ in range(2)] == [200] * 2
    assert ask_rest(bench, old).status == 401
    assert len(bench.events) == 2


def test_pool_that_does_not_answer_vouches_for_nobody(bench_of, keys):
    assert ask_rest(bench_of(apis(), function=answering({})), sign(keys["own"], iss=POOL)).status == 401


DISCOVERY = "/.well-known/openid-configuration"


@pytest.mark.parametrize(
    ("replies", "status"),
    [
        ({DISCOVERY: '{"jwks_uri": "%s/certs"}', "/certs": None}, 200),
        ({DISCOVERY: '{"jwks_uri": "not a url"}'}, 401),
        ({DISCOVERY: "[]"}, 401),
        ({DISCOVERY: UnreachableError("nobody")}, 401),
        ({}, 401),
    ],
)
def test_issuer_that_is_a_host_of_the_stack_serves_its_keys(bench_of, keys, replies, status):
    from netful.model.names.generated.function_url import url_host

    host = f"https://{url_host('Url', 'us-east-1')}"
    filled = {path: public(keys["own"]) if text is None else text for path, text in replies.items()}
    if isinstance(filled.get(DISCOVERY), str):
        filled[DISCOVERY] = filled[DISCOVERY].replace("%s", host)
    bench = bench_of(apis("!GetAtt Url.FunctionUrl"), function=answering(filled))
    assert ask(bench, sign(keys["own"], iss=f"{host}/")).status == status
    assert ask(bench, sign(keys["other"], iss=f"{host}/")).status == 401


def test_signature_of_an_issuer_whose_keys_nobody_has_is_not_looked_at_and_told_once(bench_of, keys, caplog):
    bench = bench_of(apis("https://unknown.example"))
    with caplog.at_level(logging.WARNING):
        assert [ask(bench, sign(keys[name], iss="https://unknown.example")).status for name in ("own", "other")] == [
            200,
            200,
        ]
    told = [record.getMessage() for record in caplog.records if "signatures" in record.getMessage()]
    assert len(told) == 1
    assert "https://unknown.example" in told[0]
