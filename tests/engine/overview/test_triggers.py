import pytest

from netful.engine.overview.triggers import triggers
from netful.sources import load

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Stream: {Type: String, Default: "arn:aws:kinesis:us-east-1:123456789012:stream/elsewhere"}, Later: {Type: String}}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Topic: {Type: AWS::SNS::Topic}
  Dead: {Type: AWS::SQS::Queue}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      InlineCode: x
      AutoPublishAlias: live
      FunctionUrlConfig: {AuthType: AWS_IAM}
      Environment: {Variables: {OTHER: !Ref Other}}
      Events:
        Uploads: {Type: S3, Properties: {Bucket: !Ref Bucket, Events: "s3:ObjectCreated:*"}}
        News: {Type: SNS, Properties: {Topic: !Ref Topic}}
        Changes: {Type: DynamoDB, Properties: {Stream: !GetAtt Table.StreamArn, StartingPosition: LATEST, DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Dead.Arn}}}}
        Records: {Type: Kinesis, Properties: {Stream: !Ref Stream, StartingPosition: LATEST}}
        Unknown: {Type: SQS, Properties: {Queue: !Ref Later}}
        Web: {Type: HttpApi, Properties: {Path: /orders, Method: get}}
  Other: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: index.handler, InlineCode: x}}
"""


@pytest.fixture
def found(tmp_path):
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    return triggers(load([file]))


def test_sources_of_events_urls_and_apis_invoke_a_function(found):
    elsewhere = "arn:aws:kinesis:us-east-1:123456789012:stream/elsewhere"
    assert sorted(found["Fn"]) == ["Bucket", "FnUrl", "ServerlessHttpApi", "Table", "Topic", elsewhere]


def test_a_function_that_another_only_refers_to_is_not_invoked(found):
    assert "Other" not in found
