"""Callers of function URLs: the running URL admits those that `trace` says it admits."""

import asyncio
import json
from types import SimpleNamespace

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from netful.engine.authorization.sessions import keys_of
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.functions.environments.config import template_urls
from netful.functions.invocations.invocation import Invocation, Usage
from netful.services.http.message import ClientConnection, Request
from netful.sources import load
from netful.stack.parts.lambda_urls import LambdaUrls
from tests.helpers.gateway_bench import INTERNET

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
  Url: {{Type: AWS::Lambda::Url, Properties: {{TargetFunctionArn: !GetAtt Called.Arn, AuthType: {auth}}}}}
  Permission: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref Called, Action: lambda:InvokeFunctionUrl, Principal: {principal}}}}}
"""
URL_ACTION, OWN, ARN = "lambda:InvokeFunctionUrl", "!GetAtt Role.Arn", "!GetAtt Called.Arn"


class Functions(SimpleNamespace):
    """The functions of a cloud, which answer at once."""

    async def invoke(self, *_, **__):
        return Invocation("id", b'"in"', None, b"", Usage(1, None, 1))


def answered(cloud, *, signed):
    (url,) = template_urls(cloud)
    host = url.host(cloud.region)
    headers = {"Host": host}
    if signed:
        keys = keys_of(cloud.compute.functions["Caller"])
        request = AWSRequest("GET", f"https://{host}/", headers={"Host": host})
        credentials = Credentials(keys.access_key_id, keys.secret_access_key, keys.session_token)
        SigV4Auth(credentials, "lambda", cloud.region).add_auth(request)
        headers = dict(request.headers)
    connection = ClientConnection(INTERNET, ("203.0.113.9", 4711), ("198.18.0.1", 443), tls=True)
    functions = Functions(cloud=cloud, urls={url.id: url})
    asked = Request("GET", "/", tuple(headers.items()), b"", connection)
    return asyncio.run(LambdaUrls(lambda: functions).handle(asked))


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


@pytest.mark.parametrize(
    ("auth", "principal", "admitted"),
    [("NONE", "'*'", True), ("NONE", OWN, False), ("AWS_IAM", "'*'", False)],
)
def test_a_caller_without_a_signature(tmp_path, auth, principal, admitted):
    cloud = cloud_of(tmp_path, "Allow", URL_ACTION, "'*'", principal, auth)
    path = trace(cloud, parse(cloud, "internet", "Url"))
    assert (answered(cloud, signed=False).status, path.symptom.status) == ((200, None) if admitted else (403, 403))


def cloud_of(folder, effect, action, resource, principal, auth="AWS_IAM"):
    file = folder / "template.yaml"
    parts = {"effect": effect, "action": action, "resource": resource, "principal": principal, "auth": auth}
    file.write_text(TEMPLATE.format(**parts))
    return load([file])
