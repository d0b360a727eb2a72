import pytest

from netful.engine.iam.resource_policies import admits, documents, policy_of
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown

DOCUMENT = {"Statement": {"Effect": "Allow", "Action": "*"}}


def found(type_, **properties):
    resources = {"Id": Resource("Id", type_, properties)}
    return documents(Cloud.of(region="eu-west-1", account_id="123456789012", resources=resources))


@pytest.mark.parametrize(
    ("type_", "properties", "arns"),
    [
        ("AWS::S3::BucketPolicy", {"Bucket": "mine", "PolicyDocument": DOCUMENT}, ["arn:aws:s3:::mine"]),
        ("AWS::S3::BucketPolicy", {"Bucket": "arn:aws:s3:::other", "PolicyDocument": DOCUMENT}, ["arn:aws:s3:::other"]),
        ("AWS::S3::BucketPolicy", {"Bucket": Unknown("no value"), "PolicyDocument": DOCUMENT}, []),
        ("AWS::S3::BucketPolicy", {"Bucket": "mine", "PolicyDocument": Unknown("no value")}, []),
        (
            "AWS::SQS::QueuePolicy",
            {"Queues": ["https://sqs.eu-west-1.amazonaws.com/123456789012/a", "b"], "PolicyDocument": DOCUMENT},
            ["arn:aws:sqs:eu-west-1:123456789012:a", "arn:aws:sqs:eu-west-1:123456789012:b"],
        ),
        (
            "AWS::KMS::Key",
            {"KeyPolicy": DOCUMENT},
            ["arn:aws:kms:eu-west-1:123456789012:key/bd01177b-3267-4461-b200-ab6104e0c176"],
        ),
        (
            "AWS::DynamoDB::Table",
            {"TableName": "t", "ResourcePolicy": {"PolicyDocument": DOCUMENT}},
            ["arn:aws:dynamodb:eu-west-1:123456789012:table/t"],
        ),
        ("AWS::DynamoDB::Table", {"TableName": "t"}, []),
        (
            "AWS::Events::EventBusPolicy",
            {"EventBusName": "b", "Statement": DOCUMENT["Statement"]},
            ["arn:aws:events:eu-west-1:123456789012:event-bus/b"],
        ),
        (
            "AWS::Events::EventBusPolicy",
            {"Statement": DOCUMENT["Statement"]},
            ["arn:aws:events:eu-west-1:123456789012:event-bus/default"],
        ),
        (
            "AWS::ECR::Repository",
            {"RepositoryName": "r", "RepositoryPolicyText": DOCUMENT},
            ["arn:aws:ecr:eu-west-1:123456789012:repository/r"],
        ),
        (
            "AWS::Kinesis::ResourcePolicy",
            {"ResourceArn": "arn:aws:kinesis:1", "ResourcePolicy": DOCUMENT},
            ["arn:aws:kinesis:1"],
        ),
        ("AWS::S3::Bucket", {"PolicyDocument": DOCUMENT}, []),
    ],
)
def test_policies_by_the_arn_of_their_resource(type_, properties, arns):
    assert found(type_, **properties) == {arn: {"Statement": [DOCUMENT["Statement"]]} for arn in arns}


def test_several_policies_of_one_resource_are_one():
    one, two = ({"Bucket": "mine", "PolicyDocument": {"Statement": statements}} for statements in ([1, 2], 3))
    resources = {id_: Resource(id_, "AWS::S3::BucketPolicy", given) for id_, given in (("A", one), ("B", two))}
    assert documents(Cloud.of(resources=resources)) == {"arn:aws:s3:::mine": {"Statement": [1, 2, 3]}}


SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mine"
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/t"


@pytest.mark.parametrize(
    ("arn", "owner"),
    [
        ("arn:aws:s3:::mine/key/of/it", "arn:aws:s3:::mine"),
        (f"{TABLE}/index/i", TABLE),
        (f"{SECRET}-a1B2c3", SECRET),
        (TABLE, TABLE),
        ("arn:aws:sqs:eu-west-1:123456789012:none", None),
    ],
)
def test_the_policy_of_a_part_is_that_of_the_whole(arn, owner):
    found = {name: {"Statement": [name]} for name in ("arn:aws:s3:::mine", TABLE, SECRET)}
    assert policy_of(arn, found) == found.get(owner)


QUEUE = "arn:aws:sqs:eu-west-1:123456789012:q"
SENDS = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
}


@pytest.mark.parametrize(
    ("policies", "admitted"),
    [
        ((), False),
        ((("q", SENDS),), True),
        ((("other", SENDS),), False),
        ((("q", Unknown("no value")),), None),
        (((Unknown("no value"), SENDS),), None),
        ((("q", SENDS), (Unknown("no value"), SENDS)), True),
    ],
)
def test_who_may_send_to_a_queue_is_not_known_where_a_policy_is_not(policies, admitted):
    resources = {
        str(at): Resource(str(at), "AWS::SQS::QueuePolicy", {"Queues": [queue], "PolicyDocument": document})
        for at, (queue, document) in enumerate(policies)
    }
    cloud = Cloud.of(region="eu-west-1", account_id="123456789012", resources=resources)
    assert admits(cloud, QUEUE, "events.amazonaws.com", "arn:aws:events:eu-west-1:123456789012:rule/r") is admitted
