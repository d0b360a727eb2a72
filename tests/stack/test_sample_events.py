"""Events of `netful invoke --event`: AWS's form, with the names of the stack."""

import hashlib
import json
from typing import get_args

import pytest

from netful.cli.invoke import EventKind
from netful.sources import load
from netful.stack.proposals import proposals
from netful.stack.sample_events.sample_event import KINDS, sample_event

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.13, Handler: app.handler, CodeUri: "."}}
Resources:
  Other: {Type: AWS::SQS::Queue}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: photos}}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: items
      KeySchema: [{AttributeName: sku, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: sku, AttributeType: S}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Http: {Type: HttpApi, Properties: {Path: "/items/{id}", Method: put}}
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
        Topic: {Type: SNS, Properties: {Topic: !Ref Topic}}
        Bucket: {Type: S3, Properties: {Bucket: !Ref Bucket, Events: "s3:ObjectCreated:*"}}
        Rule: {Type: EventBridgeRule, Properties: {Pattern: {source: [shop], detail-type: [Sold]}}}
        Time: {Type: Schedule, Properties: {Schedule: rate(1 hour), Name: hourly}}
  Rest:
    Type: AWS::Serverless::Function
    Properties: {Events: {Api: {Type: Api, Properties: {Path: /orders, Method: post}}}}
"""


@pytest.fixture
def event_of(write):
    cloud = load([write(TEMPLATE)])
    return lambda kind, payload=None, function="Fn": sample_event(cloud, function, kind, payload)


def record(event):
    (one,) = event["Records"]
    return one


def test_requests_are_those_of_the_function_s_route(event_of):
    rest = event_of("apigateway", {"id": 1}, "Rest")
    assert (rest["httpMethod"], rest["resource"], json.loads(rest["body"])) == ("POST", "/orders", {"id": 1})
    assert rest["requestContext"]["domainName"] == rest["headers"]["Host"]
    http = event_of("apigatewayv2")
    assert (http["routeKey"], http["rawPath"], http["pathParameters"]) == ("PUT /items/{id}", "/items/1", {"id": "1"})
    assert "body" not in http


def test_sources_are_those_that_the_function_has(event_of):
    queue = record(event_of("sqs", {"id": 1}))
    assert (queue["eventSourceARN"].rpartition(":")[2], queue["body"]) == ("orders", '{"id": 1}')
    topic = record(event_of("sns", "text"))["Sns"]
    assert (topic["TopicArn"].rpartition(":")[2], topic["Message"]) == ("news", "text")
    bucket = record(event_of("s3", "a b/c.png"))["s3"]
    assert (bucket["bucket"]["name"], bucket["object"]["key"]) == ("photos", "a+b/c.png")
    assert event_of("schedule")["resources"][0].endswith("rule/hourly")


def test_an_event_fits_the_pattern_of_the_function_s_rule(event_of):
    event = event_of("eventbridge", {"id": 1})
    assert (event["source"], event["detail-type"], event["detail"]) == ("shop", "Sold", {"id": 1})


def test_an_item_is_in_dynamodb_s_form_and_has_its_key(event_of):
    change = record(event_of("dynamodb", {"n": 1.5, "tags": ["a"]}))["dynamodb"]
    assert change["Keys"] == {"sku": {"S": "1"}}
    assert change["NewImage"] == {"sku": {"S": "1"}, "n": {"N": "1.5"}, "tags": {"L": [{"S": "a"}]}}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_made_without_a_source_of_its_own(write, kind):
    cloud = load([write("Resources: {Q: {Type: AWS::Logs::LogGroup}}")])
    made = json.dumps(sample_event(cloud, "Fn", kind, {"a": 1}))
    assert "${" not in made


@pytest.mark.parametrize("kind", ["sqs", "sns", "alb"])
def test_a_message_without_a_payload_is_still_a_text(event_of, kind):
    event = event_of(kind)
    carrier = event if kind == "alb" else record(event)
    body = carrier["Sns"]["Message"] if kind == "sns" else carrier["body"]
    assert body == ("" if kind == "alb" else "{}")


def test_the_checksum_is_that_of_the_body(event_of):
    message = record(event_of("sqs"))
    assert message["md5OfBody"] == hashlib.md5(message["body"].encode()).hexdigest()


def test_the_command_line_knows_every_kind():
    assert get_args(EventKind) == KINDS


def test_the_first_event_of_a_function_is_proposed(write):
    cloud = load([write(TEMPLATE)])
    status = {"functions": [{"resource": "Rest", "state": "Active"}], "apis": [], "answers": []}
    assert next(proposals(cloud, status)) == ["netful", "invoke", "Rest", "--event", "apigateway"]
