"""Methods with IAM authorization: whose signature, whether it is theirs, and what they are told to be (api-gateway §2.7)."""

import asyncio
import json
import re
from dataclasses import replace

import pytest

from netful.engine.authorization.sessions import keys_of
from tests.helpers.gateway_bench import FUNCTION, header, signed_headers
from tests.helpers.texts import replaced

REST = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: live, EndpointConfiguration: {Type: REGIONAL}, Auth: {DefaultAuthorizer: AWS_IAM}}}
""" + FUNCTION + """
      Policies: [{Statement: [{Effect: %s, Action: execute-api:Invoke, Resource: "*"}]}]
      Events: {Any: {Type: Api, Properties: {RestApiId: !Ref Api, Path: "/{proxy+}", Method: any}}}
"""  # fmt: skip
HTTP = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {EnableIamAuthorizer: true, DefaultAuthorizer: AWS_IAM}}}
""" + FUNCTION + """
      Policies: [{Statement: [{Effect: Allow, Action: execute-api:Invoke, Resource: "*"}]}]
      Events: {Any: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: "/{proxy+}", Method: any}}}
"""  # fmt: skip
HOST = "api.execute-api.us-east-1.amazonaws.com"
MISMATCH = "The request signature we calculated does not match the signature you provided."
TOKEN = "The security token included in the request is invalid."


def keys(bench):
    return keys_of(bench.gateway.cloud.compute.functions["Fn"])


def ask(bench, path="/live/x?b=2&a=1", method="GET", body=b"", at=None, **changed):
    signing = replace(keys(bench), **changed)
    at = bench.time.now if at is None else at
    return asyncio.run(
        bench.call(method, path, body=body, **signed_headers(signing, method, f"https://{HOST}{path}", body, at))
    )


def test_signed_request_is_let_through_and_its_caller_told(bench_of):
    bench = bench_of(REST % "Allow")
    assert ask(bench).status == 200
    assert ask(bench, "/live/x/a%20b", "POST", b"text").status == 200
    identity = bench.events[0]["requestContext"]["identity"]
    assert identity["accessKey"] == keys(bench).access_key_id
    assert re.fullmatch(r"arn:aws:sts::123456789012:assumed-role/.+-FnRole-\w{12}/.+-Fn-\w{12}", identity["userArn"])


def test_caller_of_an_http_api(bench_of):
    bench = bench_of(HTTP)
    assert ask(bench, "/x").status == 200
    assert bench.events[0]["requestContext"]["authorizer"]["iam"]["accessKey"] == keys(bench).access_key_id


@pytest.mark.parametrize(
    ("changed", "late", "said", "kind"),
    [
        ({"secret_access_key": "another"}, 0, MISMATCH, "InvalidSignatureException"),
        (
            {},
            -600,
            "Signature expired: 20231114T220320Z is now earlier than 20231114T220820Z",
            "InvalidSignatureException",
        ),
        ({}, 600, "Signature not yet current", "InvalidSignatureException"),
        ({"session_token": "another"}, 0, TOKEN, "UnrecognizedClientException"),
        ({"access_key_id": "ASIA0000000000000000"}, 0, TOKEN, "UnrecognizedClientException"),
    ],
)
def test_signature_that_is_not_right(bench_of, changed, late, said, kind):
    bench = bench_of(REST % "Allow")
    response = ask(bench, at=bench.time.now + late, **changed)
    assert (response.status, header(response, "x-amzn-errortype"), bench.events) == (403, kind, [])
    assert json.loads(response.body)["message"].startswith(said)


@pytest.mark.parametrize("scope", [{"service": "apigateway"}, {"region": "eu-west-1"}])
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(("template", "kind"), [(REST % "Allow", "InvalidSignatureException"), (HTTP, None)])
def test_signature_for_another_service_or_region(bench_of, scope, own, template, kind):
    bench = bench_of(template)
    signing = keys(bench) if own else replace(keys(bench), access_key_id="AKIAMINE")
    signed = signed_headers(signing, "GET", f"https://{HOST}/live/x", at=bench.time.now, **scope)
    response = asyncio.run(bench.call("GET", "/live/x", **signed))
    assert (response.status, header(response, "x-amzn-errortype"), bench.events) == (403, kind, [])
    assert json.loads(response.body)["message"].startswith("Credential should be scoped to ")


def test_caller_whose_own_policies_do_not_allow_it(bench_of):
    response = ask(bench_of(REST % "Deny"))
    assert (response.status, header(response, "x-amzn-errortype")) == (403, "AccessDeniedException")
    said = json.loads(response.body)["Message"]
    assert said.startswith("User: arn:aws:sts::123456789012:assumed-role/")
    assert said.endswith("with an explicit deny")


@pytest.mark.parametrize(
    ("principal", "status"),
    [
        ("!GetAtt FnRole.Arn", 200),
        ("'arn:aws:iam::123456789012:role/other'", 403),
        ("'arn:aws:iam::123456789012:root'", 403),
    ],
)
def test_resource_policy_that_names_the_role_suffices(bench_of, principal, status):
    statement = (
        f"{{Effect: Allow, Principal: {{AWS: {principal}}}, Action: execute-api:Invoke, Resource: 'execute-api:/*'}}"
    )
    policy = f"AWS_IAM, ResourcePolicy: {{CustomStatements: [{statement}]}}"
    text = replaced(
        REST % "Allow",
        {
            "DefaultAuthorizer: AWS_IAM": f"DefaultAuthorizer: {policy}",
            'execute-api:Invoke, Resource: "*"': 's3:GetObject, Resource: "*"',
        },
    )
    assert ask(bench_of(text)).status == status


def test_keys_of_nobody_here_are_foreign(bench_of):
    assert ask(bench_of(REST % "Allow"), access_key_id="AKIAIOSFODNN7EXAMPLE").status == 200


@pytest.mark.parametrize(
    ("path", "authorization", "said", "kind"),
    [
        ("/live/x", None, "Missing Authentication Token", "MissingAuthenticationTokenException"),
        ("/live/x", "Bearer t", "Invalid key=value pair", "IncompleteSignatureException"),
        ("/live", "Bearer t", "Invalid key=value pair", "IncompleteSignatureException"),
    ],
)  # fmt: skip
def test_request_that_is_not_signed(bench_of, path, authorization, said, kind):
    headers = {"Authorization": authorization} if authorization else {}
    response = asyncio.run(bench_of(REST % "Allow").call("GET", path, **headers))
    assert (response.status, header(response, "x-amzn-errortype")) == (403, kind)
    assert json.loads(response.body)["message"].startswith(said)


def test_hash_of_an_authorization_header():
    import base64
    import hashlib

    from netful.engine.http.gateway_errors import MISSING_TOKEN, without_token

    said = json.loads(without_token(MISSING_TOKEN, "Bearer t").body)["message"]
    assert base64.b64encode(hashlib.sha256(b"Bearer t").digest()).decode() in said


def test_request_of_an_http_api_that_is_not_signed(bench_of):
    response = asyncio.run(bench_of(HTTP).call("GET", "/x"))
    assert (response.status, response.body) == (403, b'{"message":"Forbidden"}')
