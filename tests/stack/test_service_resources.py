"""What a stack has in IAM, ECR, CloudWatch and S3, as clients of a running account see it."""

import json

import pytest
from botocore.exceptions import ClientError, WaiterError

pytestmark = pytest.mark.packets

TEMPLATE = """
Parameters: {Word: {Type: String, Default: first}, Action: {Type: String, Default: "s3:GetObject"}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Path: /team/
      Description: !Ref Word
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      ManagedPolicyArns: [!Ref Policy, "arn:aws:iam::aws:policy/ReadOnlyAccess"]
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: !Ref Action, Resource: "*"}]
  User: {Type: AWS::IAM::User}
  Key: {Type: AWS::IAM::AccessKey, Properties: {UserName: !Ref User}}
  Images: {Type: AWS::ECR::Repository, Properties: {ImageTagMutability: IMMUTABLE}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmDescription: !Ref Word
      Namespace: AWS/Lambda
      MetricName: Errors
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 1
      ComparisonOperator: GreaterThanThreshold
  Bucket: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: Enabled}}}
  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {AWS: !GetAtt Role.Arn}, Action: !Ref Action, Resource: !Sub "${Bucket.Arn}/*"}]
Outputs:
  Role: {Value: !Ref Role}
  RoleArn: {Value: !GetAtt Role.Arn}
  RoleId: {Value: !GetAtt Role.RoleId}
  Policy: {Value: !Ref Policy}
  User: {Value: !Ref User}
  Key: {Value: !Ref Key}
  Images: {Value: !Ref Images}
  Uri: {Value: !GetAtt Images.RepositoryUri}
  Alarm: {Value: !Ref Alarm}
  AlarmArn: {Value: !GetAtt Alarm.Arn}
  Bucket: {Value: !Ref Bucket}
"""


def given(**values):
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def deploy(account, operation, **values):
    """Deploy the stack by an operation, and return its outputs."""
    cloudformation = account.client("cloudformation")
    request = {"StackName": "team", "TemplateBody": TEMPLATE, "Parameters": given(**values)}
    getattr(cloudformation, f"{operation}_stack")(**request, Capabilities=["CAPABILITY_IAM"])
    cloudformation.get_waiter(f"stack_{operation}_complete").wait(StackName="team")
    (stack,) = cloudformation.describe_stacks(StackName="team")["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


def test_a_stack_is_in_its_services_and_goes_with_it(account):
    iam, ecr, alarms, s3 = map(account.client, ("iam", "ecr", "cloudwatch", "s3"))
    out = deploy(account, "create")
    role = iam.get_role(RoleName=out["Role"])["Role"]
    assert (role["Arn"], role["RoleId"], role["Description"]) == (out["RoleArn"], out["RoleId"], "first")
    attached = iam.list_attached_role_policies(RoleName=out["Role"])["AttachedPolicies"]
    assert {one["PolicyArn"] for one in attached} == {out["Policy"], "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    (key,) = iam.list_access_keys(UserName=out["User"])["AccessKeyMetadata"]
    assert key["AccessKeyId"] == out["Key"]
    (images,) = ecr.describe_repositories(repositoryNames=[out["Images"]])["repositories"]
    assert (images["repositoryUri"], images["imageTagMutability"]) == (out["Uri"], "IMMUTABLE")
    (alarm,) = alarms.describe_alarms(AlarmNames=[out["Alarm"]])["MetricAlarms"]
    assert (alarm["AlarmArn"], alarm["AlarmDescription"]) == (out["AlarmArn"], "first")
    assert s3.get_bucket_versioning(Bucket=out["Bucket"])["Status"] == "Enabled"
    policy = json.loads(s3.get_bucket_policy(Bucket=out["Bucket"])["Policy"])
    assert policy["Statement"][0]["Principal"] == {"AWS": out["RoleArn"]}

    assert deploy(account, "update", Word="second", Action="s3:PutObject") == out
    assert iam.get_role(RoleName=out["Role"])["Role"]["Description"] == "second"
    version = iam.get_policy(PolicyArn=out["Policy"])["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=out["Policy"], VersionId=version)["PolicyVersion"]["Document"]
    assert document["Statement"][0]["Action"] == "s3:PutObject"
    (alarm,) = alarms.describe_alarms(AlarmNames=[out["Alarm"]])["MetricAlarms"]
    assert alarm["AlarmDescription"] == "second"
    assert "s3:PutObject" in s3.get_bucket_policy(Bucket=out["Bucket"])["Policy"]

    cloudformation = account.client("cloudformation")
    cloudformation.delete_stack(StackName="team")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="team")
    assert iam.list_roles(PathPrefix="/team/")["Roles"] == iam.list_users()["Users"] == []
    assert iam.list_policies(Scope="Local")["Policies"] == ecr.describe_repositories()["repositories"] == []
    assert alarms.describe_alarms()["MetricAlarms"] == []
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.get_bucket_policy(Bucket=out["Bucket"])


def test_a_service_that_refuses_a_resource_fails_the_stack(account):
    iam, cloudformation = account.client("iam"), account.client("cloudformation")
    iam.list_roles()
    body = TEMPLATE.replace('Action: !Ref Action, Resource: "*"', "Action: !Ref Action")
    request = {"StackName": "bad", "TemplateBody": body, "Capabilities": ["CAPABILITY_IAM"]}
    cloudformation.create_stack(**request, OnFailure="ROLLBACK")
    with pytest.raises(WaiterError):
        cloudformation.get_waiter("stack_create_complete").wait(StackName="bad")
    events = cloudformation.describe_stack_events(StackName="bad")["StackEvents"]
    reasons = [one.get("ResourceStatusReason", "") for one in events if one["ResourceStatus"] == "CREATE_FAILED"]
    assert any("Policy statement must contain resources" in reason for reason in reasons)
    assert iam.list_roles(PathPrefix="/team/")["Roles"] == []
    cloudformation.delete_stack(StackName="bad")
