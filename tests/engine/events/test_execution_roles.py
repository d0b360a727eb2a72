"""Sources that Lambda reads and destinations that it sends to, with the role of the function."""

import pytest

from netful.engine.events.execution_roles import undelivered
from netful.engine.events.mapping_refusals import mapping_refusal
from netful.sources import load

READ = "['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']"
TEMPLATE = """Parameters: {Unset: {Type: Number}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
      ManagedPolicyArns: [%(managed)s]
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: %(actions)s, Resource: "%(on)s"}]}}]
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: queue%(queue)s}}
  Stream: {Type: AWS::Kinesis::Stream, Properties: {Name: stream, ShardCount: 1}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: topic}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: bucket}}
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Timeout: %(timeout)s, Role: %(role)s, Code: {ZipFile: ""}, DeadLetterConfig: {TargetArn: !GetAtt Queue.Arn}}
  Read: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !GetAtt Queue.Arn%(mapping)s}}
  Follow:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref Fn
      EventSourceArn: !GetAtt Stream.Arn
      StartingPosition: LATEST
      DestinationConfig: {OnFailure: {Destination: !GetAtt Bucket.Arn}}
  FanOut:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref Fn, EventSourceArn: "arn:aws:kinesis:us-east-1:123456789012:stream/stream/consumer/c:1700000000"%(position)s}
  Consumer: {Type: AWS::Kinesis::StreamConsumer, Properties: {ConsumerName: c, StreamARN: !GetAtt Stream.Arn}}
  OfConsumer: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !Ref Consumer%(position)s}}
  Config:
    Type: AWS::Lambda::EventInvokeConfig
    Properties: {FunctionName: !Ref Fn, Qualifier: $LATEST, DestinationConfig: {OnSuccess: {Destination: !Ref Topic}}}
"""


@pytest.fixture
def cloud(tmp_path):
    def written(**more):
        usual = {
            "managed": "",
            "actions": READ,
            "on": "*",
            "queue": "",
            "mapping": "",
            "position": ", StartingPosition: LATEST",
            "timeout": 20,
            "role": "!GetAtt Role.Arn",
        }
        (tmp_path / "template.yaml").write_text(TEMPLATE % {**usual, **more})
        return load([tmp_path / "template.yaml"])

    return written


SQS = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
FIFO = ".fifo, FifoQueue: true"
POLLERS = ", ProvisionedPollerConfig: {MinimumPollers: 2}"
RECORDS = "'kinesis:GetRecords', 'kinesis:GetShardIterator'"
ELSEWHERE = {"role": "arn:aws:iam::123456789012:role/unread"}


@pytest.mark.parametrize(
    ("written", "mapping", "words"),
    [
        ({}, "Read", ""),
        ({"actions": "sqs:*"}, "Read", ""),
        ({"actions": "s3:GetObject", "managed": SQS}, "Read", ""),
        (ELSEWHERE, "Read", ""),
        ({"actions": "sqs:ReceiveMessage"}, "Read", "DeleteMessage"),
        ({"on": "arn:aws:sqs:us-east-1:123456789012:other"}, "Read", "ReceiveMessage"),
        ({"queue": ", VisibilityTimeout: 20"}, "Read", ""),
        ({"queue": ", VisibilityTimeout: 19"}, "Read", "visibility timeout: 19"),
        ({"mapping": ", BatchSize: 100"}, "Read", "window"),
        ({"mapping": ", BatchSize: 100, MaximumBatchingWindowInSeconds: 1"}, "Read", ""),
        ({"mapping": ", BatchSize: 100, MaximumBatchingWindowInSeconds: 0"}, "Read", "window"),
        ({"mapping": ", BatchSize: 100, MaximumBatchingWindowInSeconds: !Ref Unset"}, "Read", ""),
        ({"mapping": ", BatchSize: !Ref Unset"}, "Read", ""),
        ({"mapping": ", MaximumBatchingWindowInSeconds: 1", "queue": FIFO}, "Read", "FIFO"),
        ({"mapping": ", MaximumBatchingWindowInSeconds: !Ref Unset", "queue": FIFO}, "Read", ""),
        ({"mapping": f"{POLLERS}, ScalingConfig: {{MaximumConcurrency: 2}}"}, "Read", "MaximumConcurrency"),
        ({"mapping": f"{POLLERS}, ScalingConfig: {{MaximumConcurrency: !Ref Unset}}"}, "Read", ""),
        ({"queue": ", VisibilityTimeout: !Ref Unset"}, "Read", ""),
        ({"queue": ", VisibilityTimeout: 2", "timeout": "!Ref Unset"}, "Read", ""),
        ({"mapping": ", FilterCriteria: {Filters: [{Pattern: '{'}]}"}, "Read", "pattern"),
        ({}, "Follow", "GetRecords"),
        ({"actions": "kinesis:*"}, "Follow", ""),
        ({"actions": "kinesis:*", "on": "arn:aws:kinesis:us-east-1:123456789012:stream/stream"}, "FanOut", ""),
        ({"actions": "kinesis:*", "position": ""}, "FanOut", "startingPosition"),
        ({"actions": "kinesis:*", "position": ", StartingPosition: !Ref Unset"}, "FanOut", ""),
        ({"actions": "kinesis:*", "on": "arn:aws:kinesis:us-east-1:123456789012:stream/other"}, "FanOut", "GetRecords"),
        ({"actions": f"[{RECORDS}, 'kinesis:DescribeStreamSummary']"}, "FanOut", ""),
        ({"actions": f"[{RECORDS}]"}, "FanOut", "DescribeStream"),
        ({}, "OfConsumer", "stream/consumer/c:"),
        ({"actions": "kinesis:*"}, "OfConsumer", ""),
    ],
)
def test_mappings_that_lambda_refuses(cloud, written, mapping, words):
    loaded = cloud(**written)
    why = mapping_refusal(loaded, loaded.template.resources[mapping])
    assert words in why
    assert bool(why) == bool(words)


@pytest.mark.parametrize(("batch", "window"), [(100, 0), (10, 1), (100, 1)])
def test_a_fifo_queue_has_batches_of_ten(cloud, batch, window):
    settings = f", BatchSize: {batch}, MaximumBatchingWindowInSeconds: {window}"
    loaded = cloud(queue=".fifo, FifoQueue: true", mapping=settings)
    assert mapping_refusal(loaded, loaded.template.resources["Read"])


@pytest.mark.parametrize(
    ("written", "lacking"),
    [
        ({"actions": "'*'"}, set()),
        (ELSEWHERE, set()),
        ({}, {("Fn", "sqs:SendMessage"), ("Config", "sns:Publish"), ("Follow", "s3:PutObject")}),
        ({"actions": "['sqs:SendMessage', 'sns:Publish']"}, {("Follow", "s3:PutObject")}),
        ({"actions": "s3:PutObject", "on": "arn:aws:s3:::bucket/aws/lambda/*"}, {("Fn", "sqs:SendMessage"), ("Config", "sns:Publish")}),
    ],
)  # fmt: skip
def test_destinations_that_a_role_does_not_allow(cloud, written, lacking):
    assert {(one.place.id, one.action) for one in undelivered(cloud(**written))} == lacking
