"""`up --state DIR`: what functions and the host have put into AWS's services is there after a kill -9 of the daemon."""

import os
import select
import signal
from pathlib import Path

import boto3
import pytest

from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets
TEMPLATE = """
Resources:
  Count:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Timeout: 20
      Policies: [DynamoDBCrudPolicy: {TableName: !Ref Table}]
      Environment: {Variables: {TABLE: !Ref Table}}
      InlineCode: |
        import boto3, os
        table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
        def handler(event, context):
            changed = table.update_item(
                Key={"id": "n"}, UpdateExpression="ADD n :one", ExpressionAttributeValues={":one": 1},
                ReturnValues="UPDATED_NEW",
            )
            return int(changed["Attributes"]["n"])
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /colour, Value: green}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: the-bucket}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: app/key, GenerateSecretString: {}}}
Transform: AWS::Serverless-2016-10-31
"""


@pytest.fixture
def stack(tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    one = Stack(tmp_path / "run", tmp_path / "template.yaml")
    yield one
    one.netful("down", "--stack", "s")


def clients(stack):
    url = stack.json("status", "--stack", "s")["endpoint_url"]
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
    return lambda service: boto3.client(service, region_name="us-east-1", endpoint_url=url, **keys)


def kill(stack):
    daemon = int((Path(stack.env["NETFUL_STATE"]) / "s/lock").read_text())
    ending = os.pidfd_open(daemon)
    signal.pidfd_send_signal(ending, signal.SIGKILL)
    select.select([ending], [], [])
    os.close(ending)


def test_a_kill_of_the_daemon_loses_nothing(stack):
    stack.up("--state", "kept")
    assert stack.invoke("Count")["payload"] == 1
    client = clients(stack)
    client("ssm").put_parameter(Name="/colour", Value="blue", Overwrite=True)
    client("s3").put_object(Bucket="the-bucket", Key="a", Body=b"picture")
    queue = client("sqs").get_queue_url(QueueName="orders")["QueueUrl"]
    sent = client("sqs").send_message(QueueUrl=queue, MessageBody="order")["MessageId"]
    secret = client("secretsmanager").get_secret_value(SecretId="app/key")["SecretString"]
    kill(stack)

    stack.up("--state", "kept")
    client = clients(stack)
    assert client("ssm").get_parameter(Name="/colour")["Parameter"]["Value"] == "blue"
    assert client("s3").get_object(Bucket="the-bucket", Key="a")["Body"].read() == b"picture"
    (message,) = client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert (message["MessageId"], message["Body"]) == (sent, "order")
    assert client("secretsmanager").get_secret_value(SecretId="app/key")["SecretString"] == secret
    assert stack.invoke("Count")["payload"] == 2

    refused = stack.netful("up", "-d", "--stack", "s", "--state", "other", check=2)
    assert "runs without `--state" in refused.stderr
    stack.down()
    stack.up()  # without a state it begins anew
    assert stack.invoke("Count")["payload"] == 1


def test_what_is_no_state_is_told(stack):
    (stack.template.parent / "kept").mkdir()
    (stack.template.parent / "kept/calls").write_text("a list of phone calls\n")
    refused = stack.netful("up", "-d", "--stack", "s", "--state", "kept", check=2)
    assert "kept/calls` is not a state file of netful\n" in refused.stderr
    assert "hint: give `--state` a folder of its own" in refused.stderr
    refused = stack.netful("up", "-d", "--stack", "s", "--state", "kept", "--state", "other", check=2)
    assert "`--state other` is one too many" in refused.stderr
    refused = stack.netful("up", "-d", "--stack", "s", "--state", "http://kept", check=2)
    assert "`--state http://kept` names no Valkey server" in refused.stderr
