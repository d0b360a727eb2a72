"""Policies of resources that calls set: functions may do what they allow now, also after another start."""

import json

import pytest

from tests.helpers.stacks import written

pytestmark = pytest.mark.packets
CODE = """
import boto3
def handler(event, context):
    return boto3.client("s3").get_object(Bucket="files-of-calls", Key="k")["Body"].read().decode()
"""
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
TEMPLATE = {
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Statement": [TRUST]},
                           "Policies": [{"PolicyName": "own", "PolicyDocument": {"Statement": [
                               {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}]},
        },
        "Files": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "files-of-calls"}},
        "Read": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"FunctionName": "read", "Runtime": "python3.13", "Handler": "index.handler", "Timeout": 20,
                           "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"ZipFile": CODE}},
        },
    }
}  # fmt: skip
DENIED = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files-of-calls/*"}


def answered(stack):
    answer = json.load(stack.client("lambda").invoke(FunctionName="read")["Payload"])
    return answer if isinstance(answer, str) else answer["errorMessage"]


@pytest.fixture
def stack(tmp_path):
    yield from written(tmp_path, json.dumps(TEMPLATE)).while_up("--state", tmp_path / "kept")


def test_a_policy_of_a_call_is_enforced_and_kept_until_a_call_deletes_it(stack, tmp_path):
    s3 = stack.client("s3")
    s3.put_object(Bucket="files-of-calls", Key="k", Body=b"green")
    assert answered(stack) == "green"
    s3.put_bucket_policy(Bucket="files-of-calls", Policy=json.dumps({"Statement": [DENIED]}))
    assert "explicit deny in a resource-based policy" in answered(stack)
    stack.down()
    stack.up("--state", tmp_path / "kept")
    assert "explicit deny in a resource-based policy" in answered(stack)
    stack.client("s3").delete_bucket_policy(Bucket="files-of-calls")
    assert answered(stack) == "green"
