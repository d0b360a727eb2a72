"""Destinations of notifications of buckets that calls configure: S3 accepts those that let it send."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.helpers.stacks import written

pytestmark = pytest.mark.packets

TEMPLATE = """
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: fn, Runtime: python3.13, Handler: index.handler, Role: !GetAtt Role.Arn, Code: {ZipFile: x}}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: q}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: t}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: pictures}}
"""
PLACE = "us-east-1:123456789012"
QUEUE, TOPIC, FUNCTION = f"arn:aws:sqs:{PLACE}:q", f"arn:aws:sns:{PLACE}:t", f"arn:aws:lambda:{PLACE}:function:fn"
OF_BUCKET = {
    "ArnLike": {"aws:SourceArn": "arn:aws:s3:::pictures"},
    "StringEquals": {"aws:SourceAccount": "123456789012"},
}
LISTS = {QUEUE: ("Queue", "QueueArn"), TOPIC: ("Topic", "TopicArn"), FUNCTION: ("LambdaFunction", "LambdaFunctionArn")}


@pytest.fixture
def stack(tmp_path):
    yield from written(tmp_path, TEMPLATE).while_up()


def admitted(arn, action):
    allow = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": action, "Resource": arn}
    return json.dumps({"Statement": [{**allow, "Condition": OF_BUCKET}]})


def test_a_destination_has_to_be_there_and_to_admit_the_bucket(stack):
    s3, sqs, sns = (stack.client(name) for name in ("s3", "sqs", "sns"))

    def configure(arn, **more):
        kind, member = LISTS[arn]
        configured = {f"{kind}Configurations": [{member: arn, "Events": ["s3:ObjectCreated:*"]}]}
        s3.put_bucket_notification_configuration(Bucket="pictures", NotificationConfiguration=configured, **more)

    for arn in LISTS:
        with pytest.raises(ClientError, match=r"InvalidArgument.*validate the following destination configurations"):
            configure(arn)
    configure(QUEUE, SkipDestinationValidation=True)
    url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": admitted(QUEUE, "sqs:SendMessage")})
    sns.set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=admitted(TOPIC, "sns:Publish"))
    stack.client("lambda").add_permission(
        FunctionName="fn", StatementId="s", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com"
    )
    for arn in LISTS:
        configure(arn)
    sqs.delete_queue(QueueUrl=url)
    with pytest.raises(ClientError, match="InvalidArgument"):
        configure(QUEUE)
