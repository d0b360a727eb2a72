"""Policies that calls set, when a deployment removes their resources."""

import pytest

from netful.account.set_policies import staying
from netful.engine.iam.resource_policies import with_policy
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
