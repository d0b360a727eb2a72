"""Role of a caller: an answer about an action says where the role of the function does not allow it."""

import pytest

TEMPLATE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: []}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:Get*', Resource: '*'}]}}]
  Fn:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: fn, Runtime: python3.12, Handler: a.b, Role: ROLE, Code: {ZipFile: x}}
"""
OTHER = "Fn has other credentials: its role Role does not allow s3:PutObject"


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
    path = ask(cloud_of(TEMPLATE.replace("ROLE", role)), "Fn", destination)
    assert (path.verdict, path.assumptions) == ("reachable", assumed)
