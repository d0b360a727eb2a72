"""Callers of function URLs: the running URL admits those that `trace` says it admits."""

import asyncio
import json
from dataclasses import replace

import pytest

from netful.engine.authorization.sessions import Credentials, keys_of, session_of
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.functions.environments.config import template_urls
from netful.functions.invocations.invocation import Invocation, Usage
from netful.model.access.identity import Identity
from netful.sources import load
from tests.helpers import url_bench

TEMPLATE = """
Resources:
  Other: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {{Statement: []}}}}}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {{Statement: []}}
      Policies: [{{PolicyName: own, PolicyDocument: {{Statement: [{{Effect: {effect}, Action: "{action}", Resource: {resource}}}]}}}}]
  Caller: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.12, Handler: a.b, Role: !GetAtt Role.Arn, Code: {{ZipFile: x}}}}}}
  Called: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.12, Handler: a.b, Role: !GetAtt Other.Arn, Code: {{ZipFile: x}}}}}}
  Url: {{Type: AWS::Lambda::Url, Properties: {{TargetFunctionArn: {target}, AuthType: {auth}}}}}
  Permission: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: {called}, Action: lambda:InvokeFunctionUrl, Principal: {principal}{more}}}}}
  Alias: {{Type: AWS::Lambda::Alias, Properties: {{Name: live, FunctionName: !Ref Called, FunctionVersion: $LATEST}}}}
"""
URL_ACTION, OWN, ARN = "lambda:InvokeFunctionUrl", "!GetAtt Role.Arn", "!GetAtt Called.Arn"


async def invoke(*_, **__):
    return Invocation("id", b'"in"', None, b"", Usage(1, None, 1))


def answered(cloud, *, signed):
    url = f"https://{next(template_urls(cloud)).host(cloud.region)}/"
    keys = keys_of(cloud.compute.functions["Caller"]) if signed else None
    return asyncio.run(url_bench.asked(cloud, invoke, b"", url, keys))


@pytest.mark.parametrize(
    ("effect", "action", "resource", "principal", "admitted"),
    [
        ("Allow", URL_ACTION, "'*'", "'111122223333'", True),
        ("Allow", URL_ACTION, ARN, "'111122223333'", True),
        ("Allow", URL_ACTION, "'arn:aws:lambda:*:*:function:other'", "'111122223333'", False),
        ("Allow", "s3:*", "'*'", "'111122223333'", False),
        ("Allow", "s3:*", "'*'", OWN, True),
        ("Deny", URL_ACTION, "'*'", OWN, False),
        ("Deny", "s3:*", "'*'", OWN, True),
    ],
)
def test_a_signer(tmp_path, effect, action, resource, principal, admitted):
    cloud = cloud_of(tmp_path, effect, action, resource, principal)
    path = trace(cloud, parse(cloud, "Caller", "Url"))
    assert path.verdict == ("reachable" if admitted else "blocked")
    response = answered(cloud, signed=True)
    assert (response.status, path.symptom.status) == ((200, None) if admitted else (403, 403))
    assert admitted or json.loads(response.body) == json.loads(path.symptom.body)


@pytest.mark.parametrize("scope", [{"service": "execute-api"}, {"region": "eu-west-1"}])
@pytest.mark.parametrize("own", [True, False])
def test_a_signature_for_another_service_or_region(tmp_path, scope, own):
    cloud = cloud_of(tmp_path, "Allow", "*", "'*'", "'*'")
    keys = keys_of(cloud.compute.functions["Caller"]) if own else Credentials("AKIAMINE", "secret", "")
    url = f"https://{next(template_urls(cloud)).host(cloud.region)}/"
    assert asyncio.run(url_bench.asked(cloud, invoke, b"", url, keys, **scope)).status == 403


@pytest.mark.parametrize(("effect", "status"), [("Allow", 200), ("Deny", 403)])
def test_a_url_in_another_region_is_signed_for_that_region(tmp_path, effect, status):
    cloud = cloud_of(tmp_path, effect, "*", "'*'", "'*'")
    there = {id_: replace(one, region="eu-west-1") for id_, one in cloud.template.resources.items()}
    url = f"https://{next(template_urls(cloud)).host('eu-west-1')}/"
    keys = keys_of(cloud.compute.functions["Caller"])
    asked = url_bench.asked(cloud.having(resources=there), invoke, b"", url, keys, region="eu-west-1")
    assert asyncio.run(asked).status == status


@pytest.mark.parametrize(("auth", "known"), [("AWS_IAM", True), ("NONE", False)])
@pytest.mark.parametrize("own", [True, False])
def test_the_event_of_a_url_with_iam_names_its_signer(tmp_path, auth, known, own):
    cloud = cloud_of(tmp_path, "Allow", "*", "'*'", "'*'", auth)
    keys = keys_of(cloud.compute.functions["Caller"]) if own else Credentials("AKIAMINE", "secret", "")
    events = []

    async def note(_function, event, **_):
        events.append(json.loads(event)["requestContext"])
        return await invoke()

    url = f"https://{next(template_urls(cloud)).host(cloud.region)}/"
    assert asyncio.run(url_bench.asked(cloud, note, b"", url, keys)).status == 200
    (context,) = events
    assert context["accountId"] == (cloud.account_id if known else "anonymous")
    signer = context.get("authorizer", {}).get("iam")
    arn = session_of(cloud, "Caller").caller.arn if own else f"arn:aws:iam::{cloud.account_id}:root"
    assert ((signer["accessKey"], signer["userArn"]) if signer else None) == (
        (keys.access_key_id, arn) if known else None
    )


@pytest.mark.parametrize(
    ("auth", "principal", "admitted"),
    [("NONE", "'*'", True), ("NONE", OWN, False), ("AWS_IAM", "'*'", False)],
)
def test_a_caller_without_a_signature(tmp_path, auth, principal, admitted):
    cloud = cloud_of(tmp_path, "Allow", URL_ACTION, "'*'", principal, auth)
    path = trace(cloud, parse(cloud, "internet", "Url"))
    assert (answered(cloud, signed=False).status, path.symptom.status) == ((200, None) if admitted else (403, 403))


ALIAS = "!Ref Alias"


@pytest.mark.parametrize(
    ("target", "called", "auth", "more", "admitted"),
    [
        (ALIAS, ALIAS, "NONE", "", True),
        (ALIAS, "!Ref Called", "NONE", "", False),
        (ARN, ALIAS, "NONE", "", False),
        (ARN, "!Ref Called", "NONE", ", FunctionUrlAuthType: AWS_IAM", False),
        (ALIAS, ALIAS, "AWS_IAM", "", True),
        (ARN, "!Ref Called", "AWS_IAM", ", FunctionUrlAuthType: NONE", False),
    ],
)
def test_a_permission_is_of_the_function_or_of_an_alias(tmp_path, target, called, auth, more, admitted):
    cloud = cloud_of(tmp_path, "Allow", "s3:*", "'*'", "'*'", auth, target=target, called=called, more=more)
    source, signed = ("Caller", True) if auth == "AWS_IAM" else ("internet", False)
    path = trace(cloud, parse(cloud, source, "Url"))
    assert (answered(cloud, signed=signed).status, path.symptom.status) == ((200, None) if admitted else (403, 403))


@pytest.mark.parametrize(
    ("principal", "admitted"), [("'444455556666'", True), ("'*'", True), ("'111122223333'", False)]
)
def test_an_identity_of_another_account(tmp_path, principal, admitted):
    cloud = cloud_of(tmp_path, "Allow", "s3:*", "'*'", principal)
    policy = {"Statement": [{"Effect": "Allow", "Action": URL_ACTION, "Resource": "*"}]}
    partner = Identity("Partner", "arn:aws:iam::444455556666:user/partner", "AKIAPARTNER", "secret", policy=policy)
    cloud = replace(cloud, access=replace(cloud.access, identities={"Partner": partner}))
    path = trace(cloud, parse(cloud, "203.0.113.9+Partner", "Url"))
    url = f"https://{next(template_urls(cloud)).host(cloud.region)}/"
    answer = asyncio.run(url_bench.asked(cloud, invoke, b"", url, Credentials("AKIAPARTNER", "secret", "")))
    assert (answer.status, path.symptom.status) == ((200, None) if admitted else (403, 403))


def cloud_of(folder, effect, action, resource, principal, auth="AWS_IAM", *, target=ARN, called="!Ref Called", more=""):
    file = folder / "template.yaml"
    parts = {"effect": effect, "action": action, "resource": resource, "principal": principal, "auth": auth}
    parts |= {"target": target, "called": called, "more": more}
    file.write_text(TEMPLATE.format(**parts))
    return load([file])
