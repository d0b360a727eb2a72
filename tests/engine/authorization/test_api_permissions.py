"""Conditions of a permission that API Gateway, as a service, meets or does not."""

import pytest

from netful.sources import load
from tests.helpers.paths import path

TEMPLATE = """
Parameters: {{Given: {{Type: String}}}}
Resources:
  Fn: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.12, Handler: a.b, Role: r, Code: {{ZipFile: x}}}}}}
  Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Name: h, ProtocolType: HTTP, Target: !GetAtt Fn.Arn}}}}
  Permission: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: {given}}}}}
"""


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ("apigateway.amazonaws.com", "reachable"),
        ("apigateway.amazonaws.com, SourceAccount: !Ref AWS::AccountId", "reachable"),
        ("apigateway.amazonaws.com, SourceAccount: '999999999999'", "blocked"),
        ("apigateway.amazonaws.com, SourceAccount: !Ref Given", "unknown"),
        ("'*', PrincipalOrgID: o-a1b2c3d4e5", "blocked"),
        ("'*', PrincipalOrgID: !Ref Given", "unknown"),
        ("'*', EventSourceToken: token", "blocked"),
    ],
)
def test_a_permission_with_a_condition(tmp_path, given, verdict):
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE.format(given=given))
    assert path(load([file]), "internet", "Api GET /").verdict == verdict
