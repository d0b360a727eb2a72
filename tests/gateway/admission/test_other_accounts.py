"""Callers of other accounts: both their own policies and the API's must allow (api-gateway §2.6, table B)."""

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.fabric.doors.door import Door, DoorKind
from tests.helpers.api_templates import mock, of_method
from tests.helpers.gateway_bench import header, signed_headers
from tests.helpers.texts import replaced

HTTP = """
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  Default: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Http, IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: "https://example.com"}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Http, RouteKey: GET /a, Target: !Sub "integrations/${Integration}", AuthorizationType: AWS_IAM}
"""
PROJECT = """
[identities.Partner]
arn = "{arn}"
access_key_id = "AKIAPARTNER"
secret_access_key = "partner's"
policies = ["partner.json"]
"""
ROLE, USER = "arn:aws:iam::444455556666:role/partner", "arn:aws:iam::444455556666:user/ada"
OWN = "arn:aws:iam::123456789012:user/ada"
KEYS = SimpleNamespace(access_key_id="AKIAPARTNER", secret_access_key="partner's", session_token=None)
HOSTS = {"/live": "api", "/a": "http"}


def policy(effect="Allow", principal=ROLE, condition=""):
    return (
        f'Policy: {{Statement: [{{Effect: {effect}, Principal: {{AWS: "{principal}"}}, Action: execute-api:Invoke, '
        f'Resource: "execute-api:/*"{condition}}}]}}'
    )


@pytest.fixture
def bench_for(bench_of):
    """The bench of an API that an identity calls."""

    def bench_for_(text="", own="Allow", arn=ROLE, kind="AWS_IAM", organization=""):
        statement = {"Effect": own or "Allow", "Action": "execute-api:*", "Resource": "*" if own else "arn:aws:none"}
        Path("partner.json").write_text(json.dumps({"Statement": statement}))
        Path("netful.toml").write_text(
            PROJECT.format(arn=arn) + (f'organization = "{organization}"' if organization else "")
        )
        answer = mock("$context.identity.accountId $context.identity.userArn")
        return bench_of(of_method(f"HttpMethod: GET, AuthorizationType: {kind}, {answer}", text) + HTTP)

    return bench_for_


def ask(bench, path="/live", keys=KEYS):
    host = f"{HOSTS[path]}.execute-api.us-east-1.amazonaws.com"
    headers = signed_headers(keys, "GET", f"https://{host}{path}", at=bench.time.now)
    return asyncio.run(bench.call("GET", path, host=host, **headers))


def traced(bench, destination="Api GET /live/"):
    cloud = bench.gateway.cloud
    return trace(cloud, parse(cloud, "internet+Partner", destination))


@pytest.mark.parametrize(
    ("text", "own", "arn", "status"),
    [
        (policy(), "Allow", ROLE, 200),
        (policy(principal="444455556666"), "Allow", ROLE, 200),
        (policy(principal="arn:aws:iam::444455556666:root"), "Allow", USER, 200),
        (policy(principal=USER), "Allow", USER, 200),
        (policy(principal="*"), "Allow", USER, 200),
        (policy(principal="*", condition=", Condition: {StringEquals: {aws:PrincipalAccount: '444455556666'}}"), "Allow", USER, 200),
        (policy(principal="*", condition=", Condition: {StringEquals: {aws:PrincipalAccount: '777788889999'}}"), "Allow", USER, 403),
        (policy(), None, ROLE, 403),
        (policy(), "Deny", ROLE, 403),
        (policy("Deny"), "Allow", ROLE, 403),
        (policy(principal="777788889999"), "Allow", ROLE, 403),
        ("", "Allow", ROLE, 403),
        ("", "Allow", OWN, 200),
        ("", None, OWN, 403),
        (policy(principal=OWN), None, OWN, 200),
        (policy(principal=OWN), "Deny", OWN, 403),
    ],
)  # fmt: skip
def test_both_sides_must_allow_another_account_and_one_its_own(bench_for, text, own, arn, status):
    bench = bench_for(text, own, arn)
    response = ask(bench)
    assert response.status == status
    path = traced(bench)
    assert (path.verdict, path.symptom.status) == (("reachable", None) if status == 200 else ("blocked", 403))
    if status == 403:
        assert header(response, "x-amzn-errortype") == "AccessDeniedException"
        assert path.symptom.body == response.body.decode()


def test_caller_is_told_and_named(bench_for):
    session = "arn:aws:sts::444455556666:assumed-role/partner/Partner"
    assert ask(bench_for(policy())).body.decode() == f"444455556666 {session}"
    assert json.loads(ask(bench_for()).body)["Message"].startswith(f"User: {session} is not authorized")


def test_http_api_lets_no_other_account_in(bench_for):
    bench = bench_for()
    response = ask(bench, "/a")
    assert (response.status, response.body) == (403, b'{"message":"Forbidden"}')
    path = traced(bench, "Http GET /a")
    assert [hop.code for hop in path.hops if hop.verdict == "deny"] == ["NETFUL_API_OTHER_ACCOUNT"]


def test_signature_is_over_what_the_client_sends_at_the_local_endpoint(bench_for):
    bench, path = bench_for(policy()), "/_execute-api/Api/live"
    headers = signed_headers(KEYS, "GET", f"http://127.0.0.1:4566{path}", at=bench.time.now)
    local = Door(DoorKind.LOCAL)
    assert asyncio.run(bench.call("GET", path, host="127.0.0.1:4566", door=local, **headers)).status == 200


def test_keys_are_compared(bench_for):
    wrong = SimpleNamespace(**{**vars(KEYS), "secret_access_key": "another"})
    response = ask(bench_for(policy()), keys=wrong)
    assert (response.status, header(response, "x-amzn-errortype")) == (403, "InvalidSignatureException")


def test_method_that_asks_for_no_signature_takes_everybody_for_anonymous(bench_for):
    assert ask(bench_for(policy(), kind="NONE")).status == 403
    assert ask(bench_for(policy(principal="*"), kind="NONE")).status == 200


OF_ORGANIZATION = ", Condition: {{{}: {{aws:PrincipalOrgID: o-example}}}}"


@pytest.mark.parametrize(
    ("condition", "organization", "status"),
    [("StringEquals", "o-example", 200), ("StringEquals", "o-other", 403), ("StringNotEquals", "o-example", 403)],
)
def test_organization_of_an_identity(bench_for, condition, organization, status):
    made = policy(principal="*", condition=OF_ORGANIZATION.format(condition))
    bench = bench_for(made, organization=organization)
    assert ask(bench).status == status
    assert traced(bench).verdict == ("reachable" if status == 200 else "blocked")


@pytest.mark.parametrize(
    ("effect", "condition", "status"),
    [("Allow", "StringEquals", 403), ("Deny", "StringNotEquals", 403), ("Allow", "StringNotEquals", 200)],
)
def test_who_is_anonymous_is_of_no_organization(bench_for, effect, condition, status):
    bench = bench_for(policy(effect, "*", OF_ORGANIZATION.format(condition)), kind="NONE")
    assert ask(bench).status == status
    assert traced(bench).symptom.status == (None if status == 200 else status)


def test_who_does_not_sign_is_told_so_and_not_of_the_policy(bench_for):
    bench = bench_for(policy(principal="*", condition=OF_ORGANIZATION.format("StringEquals")))
    response = asyncio.run(bench.call("GET", "/live", host="api.execute-api.us-east-1.amazonaws.com"))
    assert (response.status, response.body) == (403, b'{"message":"Missing Authentication Token"}')


def test_what_is_not_told_of_an_identity_is_missing(bench_for):
    bench_for(policy())
    Path("netful.toml").write_text(replaced(PROJECT.format(arn=ROLE), {"policies": "#"}))
    from netful.sources import load

    cloud = load([Path("template.yaml")])
    path = trace(cloud, parse(cloud, "internet+Partner", "Api GET /live/"))
    assert (path.verdict, path.missing) == ("unknown", ("whether the policies of Partner allow execute-api:Invoke",))
