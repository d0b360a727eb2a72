"""Policies that calls set, when a deployment removes their resources."""

import pytest

from netful.account.set_policies import staying
from netful.engine.iam.resource_policies import documents, with_policy
from netful.model.names.generated.secret_names import with_suffix

PLACE = "us-east-1:123456789012"
RESOURCES = {
    "{Type: AWS::SQS::Queue, Properties: {QueueName: q}}": f"arn:aws:sqs:{PLACE}:q",
    "{Type: AWS::SNS::Topic, Properties: {TopicName: t}}": f"arn:aws:sns:{PLACE}:t",
    "{Type: AWS::S3::Bucket, Properties: {BucketName: b}}": "arn:aws:s3:::b",
    "{Type: AWS::DynamoDB::Table, Properties: {TableName: t}}": f"arn:aws:dynamodb:{PLACE}:table/t",
    "{Type: AWS::Events::EventBus, Properties: {Name: b}}": f"arn:aws:events:{PLACE}:event-bus/b",
    "{Type: AWS::SecretsManager::Secret, Properties: {Name: s}}": f"arn:aws:secretsmanager:{PLACE}:secret:{with_suffix('s', '123456789012', 'us-east-1')}",
}


@pytest.mark.parametrize(("resource", "arn"), RESOURCES.items())
def test_a_policy_of_a_call_goes_with_its_resource_alone(cloud_of, resource, arn):
    other = "{Type: AWS::SQS::Queue, Properties: {QueueName: other}}"
    cloud = with_policy(cloud_of(f"Resources:\n  A: {resource}\n  B: {other}"), arn, {"Statement": []})
    without = cloud_of(f"Resources:\n  B: {other}")
    renamed = cloud_of(f"Resources:\n  A: {other}")
    assert [*staying(cloud, cloud)] == [arn]
    assert [*staying(cloud, without)] == [*staying(cloud, renamed)] == []
    assert [*staying(with_policy(without, arn, {"Statement": []}), renamed)] == [arn]


def test_a_policy_of_a_call_does_not_come_back_with_a_former_template(cloud_of):
    def template(action):
        own = f"{{Statement: [{{Effect: Allow, Principal: '*', Action: 'sqs:{action}', Resource: '*'}}]}}"
        policy = f"{{Type: AWS::SQS::QueuePolicy, Properties: {{Queues: [!Ref Q], PolicyDocument: {own}}}}}"
        return cloud_of(f"Resources:\n  Q: {{Type: AWS::SQS::Queue, Properties: {{QueueName: q}}}}\n  P: {policy}")

    one, other = template("SendMessage"), template("ReceiveMessage")
    cloud = with_policy(one, f"arn:aws:sqs:{PLACE}:q", {"Statement": []})
    for following in (one, other, one):
        cloud = following.having(set_policies=staying(cloud, following))
    assert documents(cloud) == documents(one)
