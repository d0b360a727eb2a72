"""Role of a caller: an answer about an action says where the role of the function does not allow it."""

import pytest

from tests.helpers.texts import replaced

TEMPLATE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: []}
      BOUNDARY
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:Get*', Resource: '*'}]}}]
  Fn:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: fn, Runtime: python3.12, Handler: a.b, Role: ROLE, Code: {ZipFile: x}}
"""
BOUNDED = """
  Limit:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: [{Effect: Allow, Action: 'ssm:*', Resource: '*'}]}}
"""
OTHER = "Fn has other credentials: its role Role does not allow s3:PutObject"


def template(role: str, boundary: str = "") -> str:
    limit = f"PermissionsBoundary: {boundary}" if boundary else ""
    return replaced(TEMPLATE + BOUNDED, {"ROLE": role, "BOUNDARY": limit})


@pytest.mark.parametrize(
    ("role", "destination", "assumed"),
    [
        ("!GetAtt Role.Arn", "aws:s3:PutObject", (OTHER,)),
        ("!GetAtt Role.Arn", "aws:s3:GetObject", ()),
        ("!GetAtt Role.Arn", "aws:s3", ()),
        ("arn:aws:iam::123456789012:role/elsewhere", "aws:s3:PutObject", ()),
    ],
)
def test_an_action_that_the_role_does_not_allow_is_an_assumption(cloud_of, ask, role, destination, assumed):
    path = ask(cloud_of(template(role)), "Fn", destination)
    assert (path.verdict, path.assumptions) == ("reachable", assumed)


@pytest.mark.parametrize(
    ("boundary", "assumed"),
    [
        ("!Ref Limit", ("Fn has other credentials: its role Role does not allow s3:GetObject",)),
        ("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", ()),
        ("arn:aws:iam::123456789012:policy/elsewhere", ("the permissions boundary of Role allows s3:GetObject",)),
    ],
)
def test_an_action_is_allowed_by_the_policies_and_by_the_permissions_boundary(cloud_of, ask, boundary, assumed):
    path = ask(cloud_of(template("!GetAtt Role.Arn", boundary)), "Fn", "aws:s3:GetObject")
    assert (path.verdict, path.assumptions) == ("reachable", assumed)
