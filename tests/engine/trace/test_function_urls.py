"""Function URLs on a path: the caller's authorization, and the Host by which Lambda finds them (lambda §3.9)."""

import pytest

from netful.checks.registry import rule_named
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load
from tests.helpers.facts import facts_of

TEMPLATE = """
Parameters: {{Given: {{Type: String}}}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {{Statement: []}}
      Policies: [{{PolicyName: own, PolicyDocument: {{Statement: [{{Effect: Allow, Action: "{allows}", Resource: "*"}}]}}}}]
  Caller: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: caller, Runtime: python3.12, Handler: a.b, Role: !GetAtt Role.Arn, Code: {{ZipFile: x}}}}}}
  Called: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.12, Handler: a.b, Role: !GetAtt Role.Arn, Code: {{ZipFile: x}}}}}}
  Url: {{Type: AWS::Lambda::Url, Properties: {{TargetFunctionArn: !GetAtt Called.Arn, AuthType: {auth}{alias}}}}}
  Permission: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref Called, Action: lambda:InvokeFunctionUrl, Principal: {principal}}}}}
  Edge:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{{Id: url, DomainName: !Select [2, !Split ["/", !GetAtt Url.FunctionUrl]], CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}]
        DefaultCacheBehavior: {{TargetOriginId: url, ViewerProtocolPolicy: allow-all, OriginRequestPolicyId: {policy}}}
"""
ALL_VIEWER, WITHOUT_HOST = "216adef6-5c7f-47e4-b989-5492eafa07d3", "b689b0a8-53d0-40ab-baf2-68738e2966ac"
ROLE = "!GetAtt Role.Arn"


def asked(
    folder, source, to="Url", *, auth="AWS_IAM", principal="'*'", allows="s3:*", policy=WITHOUT_HOST, alias="", more=""
):
    file = folder / "template.yaml"
    file.write_text((TEMPLATE + more).format(auth=auth, principal=principal, allows=allows, policy=policy, alias=alias))
    cloud = load([file])
    return trace(cloud, parse(cloud, source, to))


@pytest.mark.parametrize(
    ("source", "settings", "verdict", "code"),
    [
        ("internet", {}, "blocked", "NETFUL_API_UNSIGNED"),
        ("internet", {"auth": "NONE"}, "reachable", None),
        ("internet", {"auth": "NONE", "principal": "'111122223333'"}, "blocked", "NETFUL_FUNCTION_URL_DENIED"),
        ("internet", {"auth": "NONE", "principal": "!Ref Given"}, "unknown", None),
        (
            "internet",
            {"auth": "NONE", "principal": "'*', PrincipalOrgID: o-a1b2c3d4e5"},
            "blocked",
            "NETFUL_FUNCTION_URL_DENIED",
        ),
        (
            "internet",
            {"auth": "NONE", "principal": "'*', SourceAccount: '111122223333'"},
            "blocked",
            "NETFUL_FUNCTION_URL_DENIED",
        ),
        ("internet", {"auth": "NONE", "principal": "'*', PrincipalOrgID: !Ref Given"}, "unknown", None),
        ("Caller", {"principal": "'*', PrincipalOrgID: o-a1b2c3d4e5"}, "unknown", None),
        ("internet", {"auth": "NONE", "alias": ", Qualifier: live"}, "blocked", "NETFUL_FUNCTION_URL_DENIED"),
        ("internet", {"auth": "NONE", "alias": ", Qualifier: !Ref Given"}, "unknown", None),
        ("internet", {"auth": "MOON"}, "unknown", None),
        ("Caller", {"principal": "'111122223333'"}, "blocked", "NETFUL_FUNCTION_URL_DENIED"),
        ("Caller", {"principal": "'111122223333'", "allows": "lambda:Invoke*"}, "reachable", None),
        ("Caller", {"principal": ROLE}, "reachable", None),
        ("Caller", {"principal": ROLE, "alias": ", Qualifier: live"}, "blocked", "NETFUL_FUNCTION_URL_DENIED"),
    ],
)
def test_caller(tmp_path, source, settings, verdict, code):
    found = asked(tmp_path, source, **settings)
    *_, judged, invoked = found.hops
    assert (found.verdict, judged.code) == (verdict, code)
    assert (invoked.kind, invoked.component) == ("integration", "Called")
    assert found.symptom.status == (403 if code else None)
    decided = {"reachable": "allow", "blocked": "deny", "unknown": "unknown"}[verdict]
    assert [hop.verdict for hop in found.hops if hop.kind == "authorization"] == [decided]


SECOND = """
  Second: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref Called, Action: lambda:InvokeFunction, Principal: {principal}, InvokedViaFunctionUrl: true}}}}
"""


@pytest.mark.parametrize(
    ("source", "settings", "second", "assumed"),
    [
        ("internet", {"auth": "NONE"}, "", True),
        ("internet", {"auth": "NONE"}, SECOND, False),
        ("Caller", {"principal": ROLE}, "", True),
        ("Caller", {"principal": ROLE}, SECOND, False),
        ("Caller", {"principal": ROLE, "allows": "lambda:InvokeFunction"}, "", False),
        ("Caller", {"allows": "lambda:InvokeFunctionUrl"}, "", True),
        ("Caller", {"allows": "lambda:Invoke*"}, "", False),
    ],
)
def test_without_the_permission_to_invoke_the_function(tmp_path, source, settings, second, assumed):
    found = asked(tmp_path, source, **settings, more=second)
    assert found.verdict == "reachable"
    assert any("lambda:InvokeFunction" in text for text in found.assumptions) == assumed


def test_the_hint_of_a_public_url_leads_to_all_permissions(tmp_path):
    hint = asked(tmp_path, "internet", auth="NONE", principal="'111122223333'").hint
    more = """
  First: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref Called, Action: lambda:InvokeFunctionUrl, Principal: "*", FunctionUrlAuthType: NONE}}}}
  Second: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref Called, Action: lambda:InvokeFunction, Principal: "*", InvokedViaFunctionUrl: true}}}}
"""
    for word in (
        "`lambda:InvokeFunctionUrl`",
        "`FunctionUrlAuthType: NONE`",
        "`lambda:InvokeFunction`",
        "`InvokedViaFunctionUrl: true`",
    ):
        assert word in hint
    path = asked(tmp_path, "internet", auth="NONE", principal="'111122223333'", more=more)
    assert (path.verdict, path.assumptions) == ("reachable", ())


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        ({"auth": "NONE"}, []),
        ({"auth": "NONE", "principal": "'111122223333'"}, ["NETFUL_FUNCTION_URL_DENIED"]),
        ({"auth": "NONE", "policy": ALL_VIEWER}, ["NETFUL_HOST_NOT_SERVED"]),
        ({"auth": "AWS_IAM"}, ["NETFUL_ORIGIN_ACCESS_DENIED"]),
    ],
)
def test_behind_cloudfront(tmp_path, settings, codes):
    found = asked(tmp_path, "internet", "Edge", **settings)
    assert [hop.code for hop in found.hops if hop.verdict == "deny"] == codes


@pytest.mark.parametrize(
    ("principal", "half"),
    [
        ("!Ref AWS::AccountId", []),
        ("!Sub 'arn:aws:iam::${AWS::AccountId}:root'", []),
        ("!GetAtt Role.Arn", []),
        ("'111122223333'", ["Permission"]),
        ("cloudfront.amazonaws.com", ["Permission"]),
    ],
)
def test_only_callers_without_policies_in_the_account_need_a_permission_for_the_function(tmp_path, principal, half):
    text = TEMPLATE.format(auth="AWS_IAM", principal=principal, allows="s3:*", policy=WITHOUT_HOST, alias="")
    assert [one.resource for one in rule_named("NF729").find(facts_of(tmp_path, text))] == half
