"""RotateSecret has the rotation function take its four steps, and the secret has its new value then."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.helpers.processes import wait_until
from tests.helpers.stacks import written

pytestmark = pytest.mark.packets

FUNCTION = """
import boto3, json
def handler(event, context):
    secret, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    secrets = boto3.client("secretsmanager")
    about = secrets.describe_secret(SecretId=secret)
    assert about["RotationEnabled"] and "AWSPENDING" in about["VersionIdsToStages"][token]
    if step == "createSecret":
        value = json.loads(secrets.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT")["SecretString"])
        try:
            secrets.get_secret_value(SecretId=secret, VersionId=token, VersionStage="AWSPENDING")
        except secrets.exceptions.ResourceNotFoundException:
            value |= {"password": "fresh", "steps": []}
    else:
        pending = secrets.get_secret_value(SecretId=secret, VersionId=token, VersionStage="AWSPENDING")
        value = json.loads(pending["SecretString"])
    if value.get("fails") == step:
        raise ValueError(step)
    value["steps"].append(step)
    secrets.put_secret_value(
        SecretId=secret, ClientRequestToken=token, SecretString=json.dumps(value), VersionStages=["AWSPENDING"])
    if step == "finishSecret":
        current = next(id_ for id_, stages in about["VersionIdsToStages"].items() if "AWSCURRENT" in stages)
        secrets.update_secret_version_stage(
            SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current)
"""
TEMPLATE = """
Resources:
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: orders, SecretString: '{"password": "old"}'}}
  Broken: {Type: AWS::SecretsManager::Secret, Properties: {Name: broken, SecretString: '{"fails": "testSecret"}'}}
  Plain: {Type: AWS::SecretsManager::Secret, Properties: {Name: plain, SecretString: x}}
  Schedule:
    Type: AWS::SecretsManager::RotationSchedule
    Properties: {SecretId: !Ref Secret, RotationLambdaARN: !GetAtt Rotate.Arn, RotationRules: {AutomaticallyAfterDays: 30}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: []}
      Policies:
        - {PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: "secretsmanager:*", Resource: "*"}]}}
  Rotate:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.13, Handler: rotate.handler, Timeout: 60, Role: !GetAtt Role.Arn, Code: code}
"""


def value(secrets, name):
    return json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])


def test_the_function_takes_the_steps(tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "rotate.py").write_text(FUNCTION)
    stack = written(tmp_path, TEMPLATE)
    stack.up()
    try:
        secrets = stack.client("secretsmanager")
        wait_until(lambda: value(secrets, "orders")["password"] == "fresh")  # by the schedule's deployment
        secrets.put_secret_value(SecretId="orders", SecretString='{"password": "old"}')
        token = secrets.rotate_secret(SecretId="orders")["VersionId"]
        wait_until(lambda: value(secrets, "orders")["password"] == "fresh")
        assert value(secrets, "orders")["steps"] == ["createSecret", "setSecret", "testSecret", "finishSecret"]
        assert secrets.get_secret_value(SecretId="orders")["VersionId"] == token
        function = secrets.describe_secret(SecretId="orders")["RotationLambdaARN"]
        secrets.rotate_secret(SecretId="broken", RotationLambdaARN=function)
        logs = wait_until(
            lambda: (text := stack.netful("logs", "Rotate", "--stack", "s").stdout) and "ValueError" in text and text
        )
        assert "testSecret" in logs
        assert value(secrets, "broken") == {"fails": "testSecret"}
        with pytest.raises(ClientError, match="No Lambda rotation function"):
            secrets.rotate_secret(SecretId="plain")
    finally:
        stack.down()
