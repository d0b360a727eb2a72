"""Roles that calls of IAM make and change: functions may do what the policies of now allow, also after another start."""

import io
import json
import zipfile

import pytest
from botocore.exceptions import ClientError

from tests.helpers.accounts_running import Account
from tests.helpers.stacks import written

pytestmark = pytest.mark.packets
CODE = """
import boto3
def handler(event, context):
    return boto3.client("ssm").get_parameter(Name="/colour")["Parameter"]["Value"]
"""
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
TEMPLATE = {
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": "reader", "AssumeRolePolicyDocument": {"Statement": [TRUST]},
                           "Policies": [{"PolicyName": "own", "PolicyDocument": {"Statement": [
                               {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}}]},
        },
        "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Name": "/colour", "Value": "green"}},
        "Read": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"FunctionName": "read", "Runtime": "python3.13", "Handler": "index.handler", "Timeout": 20,
                           "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"ZipFile": CODE}},
        },
    }
}  # fmt: skip
ALLOWED = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "*"}


def may_read(iam):
    iam.put_role_policy(RoleName="reader", PolicyName="read", PolicyDocument=json.dumps({"Statement": [ALLOWED]}))


def answered(one):
    """What the function reads, or the type of its error."""
    answer = json.load(one.client("lambda").invoke(FunctionName="read")["Payload"])
    return answer if isinstance(answer, str) else answer["errorType"]


@pytest.fixture
def account(tmp_path):
    made = Account(tmp_path / "state", tmp_path / "template.yaml")
    yield made.start("--state", tmp_path / "kept")
    made.down()


def test_a_role_of_calls_is_enforced_and_kept_with_its_function(account, tmp_path):
    iam, functions = account.client("iam"), account.client("lambda")
    account.client("ssm").put_parameter(Name="/colour", Value="green", Type="String")
    trust = json.dumps({"Statement": [TRUST]})
    wrong = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=trust.replace("lambda", "ec2"))
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr("index.py", CODE)
    asked = {"FunctionName": "read", "Runtime": "python3.13", "Handler": "index.handler", "Timeout": 20,
             "Role": wrong["Role"]["Arn"], "Code": {"ZipFile": zipped.getvalue()}}  # fmt: skip
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        functions.create_function(**asked)
    iam.update_assume_role_policy(RoleName="reader", PolicyDocument=trust)
    functions.create_function(**asked)
    functions.get_waiter("function_active_v2").wait(FunctionName="read")
    assert answered(account) == "AccessDeniedException"
    may_read(iam)
    assert answered(account) == "green"
    account.kill()
    account.start("--state", tmp_path / "kept")
    assert answered(account) == "green"
    iam = account.client("iam")
    limit = iam.create_policy(
        PolicyName="limit", PolicyDocument=json.dumps({"Statement": [{**ALLOWED, "Action": "s3:*"}]})
    )
    iam.put_role_permissions_boundary(RoleName="reader", PermissionsBoundary=limit["Policy"]["Arn"])
    assert answered(account) == "AccessDeniedException"
    account.kill()
    account.start("--state", tmp_path / "kept")
    assert answered(account) == "AccessDeniedException"
    iam = account.client("iam")
    iam.delete_role_permissions_boundary(RoleName="reader")
    assert answered(account) == "green"
    iam.delete_role_policy(RoleName="reader", PolicyName="read")
    iam.delete_role(RoleName="reader")
    assert answered(account) == "AccessDeniedException"


@pytest.fixture
def stack(tmp_path):
    yield from written(tmp_path, json.dumps(TEMPLATE)).while_up("--state", tmp_path / "kept")


def test_a_change_of_a_template_s_role_stays_as_in_iam_also_when_the_template_changes_it(stack, tmp_path):
    kept = ("--state", tmp_path / "kept")
    assert answered(stack) == "AccessDeniedException"
    may_read(stack.client("iam"))
    assert answered(stack) == "green"
    stack.up(*kept)
    assert answered(stack) == "green"
    stack.template.write_text(json.dumps(TEMPLATE).replace("logs:*", "sqs:*"))
    stack.up(*kept)
    assert answered(stack) == "green"
    stack.down()
    stack.up(*kept)
    assert answered(stack) == "green"
    stack.client("iam").delete_role_policy(RoleName="reader", PolicyName="read")
    assert answered(stack) == "AccessDeniedException"


def test_a_session_lasts_as_long_as_its_role_and_its_caller_may(account):
    iam, sts = account.client("iam"), account.client("sts")
    trust = json.dumps({"Statement": [{**TRUST, "Principal": {"AWS": "*"}}]})
    arn = iam.create_role(RoleName="short", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    asked = {"RoleArn": arn, "RoleSessionName": "session", "DurationSeconds": 7200}
    with pytest.raises(ClientError, match=r"ValidationError.*MaxSessionDuration"):
        sts.assume_role(**asked)
    iam.update_role(RoleName="short", MaxSessionDuration=7200)
    own = sts.assume_role(**asked)["Credentials"]
    keys = {"aws_access_key_id": own["AccessKeyId"], "aws_secret_access_key": own["SecretAccessKey"]}
    chained = account.client("sts", aws_session_token=own["SessionToken"], **keys)
    with pytest.raises(ClientError, match=r"ValidationError.*role chaining"):
        chained.assume_role(**asked)
    chained.assume_role(**{**asked, "DurationSeconds": 3600})
