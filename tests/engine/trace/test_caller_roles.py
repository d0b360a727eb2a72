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
        ("!GetAtt Role.Arn", "aws:sts:GetCallerIdentity", ()),
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


CONDITIONAL = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Tags: [{Key: team, Value: blue}]
      AssumeRolePolicyDocument: {Statement: []}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: CONDITION}
              - {Effect: Allow, Action: 'dynamodb:*', Resource: '*'}
              - {Effect: Deny, Action: 'dynamodb:*', Resource: '*', Condition: CONDITION}
  Fn:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: fn, Runtime: python3.12, Handler: a.b, Role: !GetAtt Role.Arn, Code: {ZipFile: x}}
"""
REFUSED = "Fn has other credentials: its role Role does not allow {}"
OPEN = "the policies of Role allow {}, which depends on `aws:MultiFactorAuthPresent` of the request"


@pytest.mark.parametrize(
    ("condition", "allowed", "denied"),
    [
        ("{StringEquals: {'aws:SourceVpce': vpce-1}}", REFUSED, ""),
        ("{StringNotEquals: {'aws:SourceVpce': vpce-1}}", "", REFUSED),
        ("{IpAddress: {'aws:SourceIp': 8.8.8.8}}", REFUSED, ""),
        ("{StringEquals: {'aws:RequestedRegion': us-east-1}}", "", REFUSED),
        ("{StringEquals: {'aws:PrincipalTag/team': blue}}", "", REFUSED),
        ("{StringEquals: {'aws:PrincipalTag/team': red}}", REFUSED, ""),
        ("{StringEquals: {'aws:PrincipalTag/other': blue}}", REFUSED, ""),
        ("{Bool: {'aws:MultiFactorAuthPresent': true}}", OPEN, OPEN),
    ],
)
def test_conditions_of_the_role_are_judged_by_the_way_of_the_request(cloud_of, ask, condition, allowed, denied):
    cloud = cloud_of(CONDITIONAL.replace("CONDITION", condition))
    for action, said in (("s3:GetObject", allowed), ("dynamodb:ListTables", denied)):
        assert ask(cloud, "Fn", f"aws:{action}").assumptions == ((said.format(action),) if said else ())


def test_policies_whose_text_is_not_known_are_an_assumption(cloud_of, ask):
    unread = CONDITIONAL.replace("Tags:", "ManagedPolicyArns: ['arn:aws:iam::aws:policy/Unread']\n      Tags:")
    cloud = cloud_of(unread.replace("CONDITION", "{Bool: {'aws:SecureTransport': false}}"))
    assert ask(cloud, "Fn", "aws:sqs:SendMessage").assumptions == ("the policies of Role allow sqs:SendMessage",)


ENCRYPTED = """
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [{Effect: Allow, Principal: {AWS: '123456789012'}, Action: 'kms:*', Resource: '*'}]}}}
  Queue: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: KEY}}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: KEY}}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY}}]}
"""


@pytest.mark.parametrize(
    ("key", "also", "action", "named"),
    [
        ("!Ref Key", "s3:*", "sqs:SendMessage", "Queue"),
        ("!GetAtt Key.Arn", "kms:Decrypt", "sqs:SendMessage", "Queue"),
        ("!Ref Key", "kms:Decrypt", "sqs:ReceiveMessage", ""),
        ("!Ref Key", "kms:*", "sqs:SendMessage", ""),
        ("!Ref Key", "s3:*", "sqs:DeleteMessage", ""),
        ("!Ref Key", "s3:*", "secretsmanager:GetSecretValue", "Secret"),
        ("!Ref Key", "s3:*", "s3:GetObject", "Bucket"),
        ("alias/aws/sqs", "s3:*", "sqs:SendMessage", ""),
        ("arn:aws:kms:us-east-1:123456789012:key/elsewhere", "s3:*", "sqs:SendMessage", ""),
    ],
)
def test_the_key_of_an_encrypted_resource_is_used_with_the_role(cloud_of, ask, key, also, action, named):
    role = TEMPLATE.replace("BOUNDARY", "").replace("ROLE", "!GetAtt Role.Arn")
    role = role.replace("Action: 's3:Get*'", f"Action: ['sqs:*', 'secretsmanager:*', 's3:*', '{also}']")
    said = "Fn has other credentials, or asks for another resource: its role Role does not allow the use of the key of "
    found = ask(cloud_of(role + ENCRYPTED.replace("KEY", key)), "Fn", f"aws:{action}").assumptions
    assert found == ((said + named,) if named else ())
