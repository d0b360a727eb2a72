"""Authorizers: what is asked, what is kept, and what a refused caller sees (api-gateway §2.7, §5.12)."""

import asyncio
import base64
import json

import pytest

from tests.helpers.gateway_bench import header
from tests.helpers.ids import api_id

API = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      EndpointConfiguration: {Type: REGIONAL}
      Auth:
        DefaultAuthorizer: %s
        Authorizers:
          Token: {FunctionArn: !GetAtt Fn.Arn, Identity: {ValidationExpression: "t-.*"}}
          Pool: {UserPoolArn: "arn:aws:cognito-idp:us-east-1:123456789012:userpool/p"}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: a.b
      InlineCode: x
      Events:
        One: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /one, Method: get}}
        Two: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /two, Method: get}}
"""
ONE = f"arn:aws:execute-api:us-east-1:123456789012:{api_id('Api')}/live/GET/one"


def policy(effect="Allow", resource="*"):
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "me", "policyDocument": document, "context": {"tier": 3}}


@pytest.fixture
def guarded(bench_of):
    """A bench whose function is its own authorizer, with a result to give as such."""

    def guarded_(result, authorizer="Token"):
        def function(event):
            return result if event.get("type") == "TOKEN" else {"body": json.dumps(event["requestContext"])}

        return bench_of(API % authorizer, function=function)

    return guarded_


def ask(bench, path="/one", **headers):
    return asyncio.run(bench.call("GET", f"/live{path}", **headers))


def test_function_is_asked_and_its_context_handed_on(guarded):
    bench = guarded(policy())
    response = ask(bench, authorization="t-1")
    assert bench.events[0] == {"type": "TOKEN", "authorizationToken": "t-1", "methodArn": ONE}
    assert json.loads(response.body)["authorizer"] == {"principalId": "me", "tier": "3", "integrationLatency": 0}


@pytest.mark.parametrize("headers", [{}, {"authorization": "wrong"}])
def test_missing_or_malformed_identity_asks_nobody(guarded, headers):
    bench = guarded(policy())
    response = ask(bench, **headers)
    assert (response.status, response.body) == (401, b'{"message":"Unauthorized"}')
    assert header(response, "x-amzn-errortype") == "UnauthorizedException"
    assert bench.events == []


@pytest.mark.parametrize(
    ("result", "status", "body"),
    [
        (policy("Deny"), 403, '{"Message":"User is not authorized to access this resource with an explicit deny"}'),
        (policy(resource="arn:other"), 403, '{"Message":"User is not authorized to access this resource"}'),
        (RuntimeError("Unauthorized"), 401, '{"message":"Unauthorized"}'),
        (RuntimeError("x"), 500, '{"message":"Internal server error"}'),
        ({"principalId": "me"}, 500, '{"message":null}'),
        (b"not JSON", 500, '{"message":null}'),
        (b'"\xff"', 500, '{"message":null}'),
        ({**policy(), "context": {"list": [1]}}, 500, '{"message":null}'),
    ],
)
def test_refusals(guarded, result, status, body):
    response = ask(guarded(result), authorization="t-1")
    assert (response.status, response.body.decode()) == (status, body)


def test_kept_policy_holds_for_other_methods_until_it_ends(guarded):
    bench = guarded(policy(resource=ONE))
    assert [ask(bench, path, authorization="t-1").status for path in ("/one", "/two", "/one")] == [200, 403, 200]
    assert sum(event.get("type") == "TOKEN" for event in bench.events) == 1
    bench.time.pass_(300)
    ask(bench, authorization="t-1")
    assert sum(event.get("type") == "TOKEN" for event in bench.events) == 2


def token(**claims):
    return ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b"{}", json.dumps(claims).encode(), b"s")
    )


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (token(sub="me", exp=1_700_000_001), 200),
        (token(sub="me", exp=1_700_000_000), 401),
        (token(sub="me", exp="soon"), 401),
        ("nonsense", 401),
        ("a.b.c", 401),
        ("a.bnVsbA.c", 401),
        (None, 401),
    ],
)
def test_tokens_of_a_pool(guarded, sent, status):
    response = ask(guarded(None, "Pool"), **({"Authorization": sent} if sent else {}))
    assert response.status == status
    if status == 200:
        assert json.loads(response.body)["authorizer"]["claims"]["sub"] == "me"


def test_groups_of_a_pools_token(guarded):
    said = token(sub="me", exp=1_700_000_001, **{"cognito:groups": ["admin", "user"]})
    response = ask(guarded(None, "Pool"), Authorization=said)
    assert json.loads(response.body)["authorizer"]["claims"]["cognito:groups"] == "admin,user"
