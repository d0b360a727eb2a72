"""APIs that ask services by themselves: what each was recorded to answer, from the stack's own back ends (api-gateway §5.8)."""

import json
import textwrap
import urllib.error
import urllib.request
from unittest.mock import ANY
from uuid import UUID

import pytest

from tests.helpers.stacks import written

pytestmark = pytest.mark.packets
OPERATION = "{responses: {200: {}}, x-amazon-apigateway-integration: {<<: *common, uri: %s, %s}}"
ARN = "'arn:aws:apigateway:us-east-1:%s'"
FORM = "integration.request.header.Content-Type: \"'application/x-www-form-urlencoded'\""
XML = "integration.request.header.Accept: \"'application/xml'\""
QUEUE, SEND = ARN % "sqs:path/123456789012/q", "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"
PUT = '{"TableName":"t","Item":{"id":{"S":"test"}}}'
QUERY = '{"TableName":"t","KeyConditionExpression":"id = :v","ExpressionAttributeValues":{":v":{"S":"%s"}}}'
EVENT = (
    '#set($context.requestOverride.header.X-Amz-Target = "AWSEvents.PutEvents")'
    '{"Entries":[{"Source":"s","DetailType":"t","Detail":"{}"}]}'
)
NOTE = "'arn:aws:sns:us-east-1:123456789012:n'"
PUBLISH = f"Action=Publish&TopicArn=$util.urlEncode({NOTE})&Message=$util.urlEncode($input.body)".replace("'", "''")
HUSH = '{"SecretId":"s"}'
BEGIN = '{"input":"$util.escapeJavaScript($input.body)","stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:m"}'
RECORD = '{"StreamName":"s","Data":"$util.base64Encode($input.body)","PartitionKey":"k"}'
START = '{"input":"{}","stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:none"}'


def operation(uri, template="", parameters=""):
    templates = f"requestTemplates: {{application/json: '{template}'}}, " if template else ""
    return OPERATION % (uri, f"{templates}requestParameters: {{{parameters}}}")


OPERATIONS = {
    "sqs": operation(QUEUE, SEND, FORM),
    "sqs-xml": operation(QUEUE, SEND, f"{FORM}, {XML}"),
    "sqs-query": operation(
        ARN % "sqs:path//123456789012/q",
        "{statusCode:200}",
        "integration.request.querystring.Action: \"'SendMessage'\", integration.request.querystring.MessageBody: method.request.body",
    ),
    "ssm": operation(ARN % "ssm:action/GetParameter", "", "integration.request.querystring.Name: \"'param'\""),
    "put": operation(ARN % "dynamodb:action/PutItem", PUT),
    "query": operation(ARN % "dynamodb:action/Query", QUERY % "test"),
    "none": operation(ARN % "dynamodb:action/Query", QUERY % "none"),
    "events": operation(ARN % "events:action/PutEvents", EVENT),
    "kinesis": operation(ARN % "kinesis:action/PutRecord", RECORD),
    "sns": operation(ARN % "sns:path//", PUBLISH, FORM),
    "sns-action": operation(
        ARN % "sns:action/Publish",
        "",
        f'integration.request.querystring.TopicArn: "{NOTE}", integration.request.querystring.Message: method.request.body',
    ),
    "secret": operation(ARN % "secretsmanager:action/GetSecretValue", HUSH),
    "begin": operation(ARN % "states:action/StartExecution", BEGIN),
    "start": operation(ARN % "states:action/StartExecution", START),
}
OBJECT = operation(
    ARN % "s3:path/my-bucket-of-the-test/{key}", "", "integration.request.path.key: method.request.path.key"
).replace("{responses", "{parameters: [{name: key, in: path, required: true, type: string}], responses", 1)
TEMPLATE = f"""
Resources:
  Queue: {{Type: AWS::SQS::Queue, Properties: {{QueueName: q}}}}
  Parameter: {{Type: AWS::SSM::Parameter, Properties: {{Name: param, Type: String, Value: v}}}}
  Bucket: {{Type: AWS::S3::Bucket, Properties: {{BucketName: my-bucket-of-the-test}}}}
  Topic: {{Type: AWS::SNS::Topic, Properties: {{TopicName: n}}}}
  Secret: {{Type: AWS::SecretsManager::Secret, Properties: {{Name: s, SecretString: hush}}}}
  Machine: {{Type: AWS::StepFunctions::StateMachine, Properties: {{StateMachineName: m, RoleArn: "arn:aws:iam::123456789012:role/r", Definition: {{StartAt: A, States: {{A: {{Type: Pass, End: true}}}}}}}}}}
  Stream: {{Type: AWS::Kinesis::Stream, Properties: {{Name: s, ShardCount: 1}}}}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: t
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{{AttributeName: id, AttributeType: S}}]
      KeySchema: [{{AttributeName: id, KeyType: HASH}}]
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: a
      EndpointConfiguration: {{Types: [REGIONAL]}}
      Body:
        swagger: "2.0"
        x-common: &common {{type: aws, httpMethod: ANY, credentials: "arn:aws:iam::123456789012:role/r", responses: {{default: {{statusCode: 200}}}}}}
        paths:
          /s3/{{key}}: {{x-amazon-apigateway-any-method: {OBJECT}}}
          {"".join(f"{chr(10)}          /{name}: {{post: {text}}}" for name, text in OPERATIONS.items())}
  Deployment: {{Type: AWS::ApiGateway::Deployment, Properties: {{RestApiId: !Ref Api}}}}
  Stage: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}}}}
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Asks a path of the API; gives what it answered."""
    stack = written(tmp_path_factory.mktemp("direct"), textwrap.dedent(TEMPLATE))
    stack.up()

    def ask_(path, body=b'{"some": "value"}', method="POST", kind="application/json"):
        request = urllib.request.Request(f"{base}/{path}", body, {"Content-Type": kind}, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.read().decode()

    base = stack.json("status", "--stack", "s")["apis"][0]["url"]
    yield ask_
    stack.down()


def test_queue(ask):
    told = json.loads(ask("sqs"))["SendMessageResponse"]
    assert told["SendMessageResult"]["MessageId"]
    assert UUID(told["ResponseMetadata"]["RequestId"]).version == 4
    assert ask("sqs-xml").startswith("<SendMessageResponse")
    assert json.loads(ask("sqs-query"))["SendMessageResponse"]["SendMessageResult"] == {
        "MD5OfMessageBody": told["SendMessageResult"]["MD5OfMessageBody"],
        "MessageId": ANY,
    }


def test_parameter(ask):
    told = json.loads(ask("ssm"))["GetParameterResponse"]
    parameter = told["GetParameterResult"]["Parameter"]
    assert (parameter["Name"], parameter["Value"], parameter["Version"]) == ("param", "v", 1)
    assert parameter.keys() == {
        "ARN", "DataType", "LastModifiedDate", "Name", "Selector", "SourceResult", "Type", "Value", "Version",
    }  # fmt: skip


def test_table(ask):
    assert json.loads(ask("put")) == {}
    assert json.loads(ask("query")) == {"Count": 1, "Items": [{"id": {"S": "test"}}], "ScannedCount": 1}
    assert json.loads(ask("none")) == {"Count": 0, "Items": [], "ScannedCount": 0}


def test_object(ask):
    assert ask("s3/k", b"hi", "PUT", "text/plain") == ""
    assert ask("s3/k", None, "GET") == "hi"
    assert "<Code>NoSuchKey</Code>" in ask("s3/none", None, "GET")


def test_bus_and_stream(ask):
    told = json.loads(ask("events"))
    assert (told["FailedEntryCount"], len(told["Entries"])) == (0, 1)
    assert json.loads(ask("kinesis")).keys() >= {"SequenceNumber", "ShardId"}


@pytest.mark.parametrize("path", ["sns", "sns-action"])
def test_topic(ask, path):
    assert json.loads(ask(path))["PublishResponse"]["PublishResult"]["MessageId"]


def test_secret(ask):
    assert json.loads(ask("secret"))["SecretString"] == "hush"


def test_execution_of_a_state_machine_begins(ask):
    told = json.loads(ask("begin"))
    assert told["executionArn"].startswith("arn:aws:states:us-east-1:123456789012:execution:m:")
    assert isinstance(told["startDate"], float | int)


def test_error_of_a_service_is_an_answer_like_any_other(ask):
    assert "StateMachineDoesNotExist" in ask("start")
