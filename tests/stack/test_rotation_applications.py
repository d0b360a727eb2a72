"""Schedules whose function is AWS's application of the Serverless Application Repository, as the CDK makes them, rotate."""

import pytest

from netful.model import rotation_applications
from netful.sources import load
from tests.helpers.processes import wait_until
from tests.helpers.stacks import written

REPOSITORY = "arn:aws:serverlessrepo:us-east-1:297356227824:applications"
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {Name: orders, SecretString: '{"username": "app", "password": "old"}'}
  Rotation:
    Type: AWS::Serverless::Application
    Properties:
      Location: {ApplicationId: %s/SecretsManagerRDSPostgreSQLRotationSingleUser, SemanticVersion: 1.1.671}
      Parameters: {functionName: OrdersRotation, excludeCharacters: "abc"}
  Schedule:
    Type: AWS::SecretsManager::RotationSchedule
    Properties: {SecretId: !Ref Secret, RotationLambdaARN: !GetAtt Rotation.Outputs.RotationLambdaARN}
"""


@pytest.mark.packets
def test_the_secret_has_a_new_password(tmp_path):
    stack = written(tmp_path, TEMPLATE % REPOSITORY)
    stack.up()
    try:
        secrets = stack.client("secretsmanager")
        value = wait_until(
            lambda: (v := secrets.get_secret_value(SecretId="orders")["SecretString"]) and '"old"' not in v and v
        )
        assert '"username": "app"' in value
        described = secrets.describe_secret(SecretId="orders")
        assert described["RotationLambdaARN"] == "arn:aws:lambda:us-east-1:123456789012:function:OrdersRotation"
    finally:
        stack.down()


@pytest.mark.parametrize(
    ("application", "type_"),
    [
        ("MySQLRotationSingleUser", "MySQLSingleUser"),
        ("PostgreSQLRotationMultiUser", "PostgreSQLMultiUser"),
        ("Other", ""),
    ],
)
def test_applications_that_rotate(tmp_path, application, type_):
    text = (TEMPLATE % REPOSITORY).replace("PostgreSQLRotationSingleUser", application)
    (tmp_path / "template.yaml").write_text(text)
    stack = load([tmp_path / "template.yaml"], region="us-east-1").template.resources["Rotation"]
    assert (rotation_applications.function_name(stack.properties) == "OrdersRotation") is bool(type_)
    if type_:
        found = rotation_applications.settings(stack.properties)
        assert (found["RotationType"], found["ExcludeCharacters"]) == (type_, "abc")
