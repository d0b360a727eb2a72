"""Repositories, alarms, policies and settings of a template are in the services, follow a change and go with their stack."""

import json
import re

import pytest

from netful.model.core import Resource, Unknown
from netful.model.names.generated.subscription_arn import subscription_arn
from netful.services.http.backend_requests import json_request, query_request, rest_request
from tests.helpers import backends
from tests.helpers.backends import change

pytestmark = pytest.mark.packets

PLACE = "eu-west-1:123456789012"
TOPIC, URL = f"arn:aws:sns:{PLACE}:news", "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"
UNKNOWN = Unknown("a value of a deployment")
SELECTION = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 365}
RULES = json.dumps({"rules": [{"rulePriority": 1, "selection": SELECTION, "action": {"type": "expire"}}]})
SIGNED = ("Authorization", "AWS4-HMAC-SHA256 Credential=me/20200101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0")  # fmt: skip


def policy(action, resource="*", **more):
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource, **more}]}  # fmt: skip


def bucket(**more):
    return Resource("Bucket", "AWS::S3::Bucket", {"BucketName": "pictures", **more})


def repository(**more):
    return Resource("Images", "AWS::ECR::Repository", {"RepositoryName": "images", **more})


def alarm(**more):
    given = {
        "AlarmName": "slow", "Namespace": "AWS/Lambda", "MetricName": "Duration", "Statistic": "Average", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 500, "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": [{"Name": "FunctionName", "Value": "fn"}], "AlarmActions": [TOPIC], **more,
    }  # fmt: skip
    return Resource("Alarm", "AWS::CloudWatch::Alarm", given)


QUEUE = Resource("Queue", "AWS::SQS::Queue", {"QueueName": "orders", "Tags": [{"Key": "team", "Value": "blue"}]})
NEWS = Resource("News", "AWS::SNS::Topic", {"TopicName": "news", "DisplayName": "The news"})


def ecr(operation, **members):
    return "ecr.api", json_request(f"AmazonEC2ContainerRegistry_V20150921.{operation}", members)


def s3(path, method="GET", body=b""):
    request = rest_request(method, path, body)
    request.headers = (SIGNED,)
    return "s3", request


def sqs(operation, **members):
    return "sqs", json_request(f"AmazonSQS.{operation}", {"QueueUrl": URL, **members}, "1.0")


def sns(action, **members):
    return "sns", query_request(action, "2010-03-31", members)


def table(operation):
    return "dynamodb", json_request(f"DynamoDB_20120810.{operation}", {"TableName": "T"}, "1.0")


ALARMS = "monitoring", query_request("DescribeAlarms", "2010-08-01", {})
ATTRIBUTES = sqs("GetQueueAttributes", AttributeNames=["All"])


def run(folder, body, *resources):
    """The warnings after a body."""

    async def told(made):
        await body(made)
        return made.warnings

    return backends.run(folder, told, *resources)


async def read(backends, asked):
    """The body of an answer; an empty one for an error."""
    response = await backends.call(*asked)
    return response.body.decode() if response.status < 300 else ""


def test_a_repository(tmp_path):
    async def body(backends):
        (found,) = json.loads(await read(backends, ecr("DescribeRepositories")))["repositories"]
        assert found["repositoryArn"] == f"arn:aws:ecr:{PLACE}:repository/images"
        assert found["repositoryUri"] == "123456789012.dkr.ecr.eu-west-1.amazonaws.com/images"
        assert found["imageTagMutability"] == "IMMUTABLE"
        assert "untagged" in await read(backends, ecr("GetLifecyclePolicy", repositoryName="images"))
        assert "BatchGetImage" in await read(backends, ecr("GetRepositoryPolicy", repositoryName="images"))
        await change(backends, repository())
        (found,) = json.loads(await read(backends, ecr("DescribeRepositories")))["repositories"]
        assert found["imageTagMutability"] == "MUTABLE"
        assert not await read(backends, ecr("GetLifecyclePolicy", repositoryName="images"))
        await change(backends)
        assert json.loads(await read(backends, ecr("DescribeRepositories")))["repositories"] == []

    text = policy("ecr:BatchGetImage")
    made = repository(
        ImageTagMutability="IMMUTABLE", LifecyclePolicy={"LifecyclePolicyText": RULES}, RepositoryPolicyText=text
    )
    assert run(tmp_path, body, made) == ()


@pytest.mark.parametrize(("noun", "end"), [("DBParameterGroup", "pg"), ("DBClusterParameterGroup", "cluster-pg")])
def test_parameter_groups(tmp_path, noun, end):
    def group(value, **more):
        given = {"Family": "postgres16", "Description": "d", "Parameters": {"work_mem": value}, **more}
        return Resource("Group", f"AWS::RDS::{noun}", {f"{noun}Name": "own", **given})

    def rds(action, **members):
        return "rds", query_request(action, "2014-10-31", members)

    listed = rds(f"Describe{noun}s")
    parameters = rds(f"Describe{noun.removesuffix('Group')}s", **{f"{noun}Name": "own"})
    tags = rds("ListTagsForResource", ResourceName=f"arn:aws:rds:{PLACE}:{end}:own")

    async def body(backends):
        assert "postgres16" in await read(backends, listed)
        assert "4711" in await read(backends, parameters)
        assert "blue" in await read(backends, tags)
        await change(backends, group(4712))
        assert "4712" in await read(backends, parameters)
        assert "blue" not in await read(backends, tags)
        await change(backends)
        assert "own" not in await read(backends, listed)

    assert run(tmp_path, body, group(4711, Tags=[{"Key": "team", "Value": "blue"}])) == ()


def test_an_alarm(tmp_path):
    async def body(backends):
        found = await read(backends, ALARMS)
        for text in ("<AlarmName>slow", "500", TOPIC, f"arn:aws:cloudwatch:{PLACE}:alarm:slow"):
            assert text in found
        await change(backends, alarm(Threshold=900))
        assert "900" in await read(backends, ALARMS)
        await change(backends)
        assert "slow" not in await read(backends, ALARMS)

    assert run(tmp_path, body, alarm()) == ()


def test_policies_of_buckets_queues_and_topics(tmp_path):
    pictures = bucket(PublicAccessBlockConfiguration={"BlockPublicPolicy": False})

    def policies(action):
        return (
            Resource("B", "AWS::S3::BucketPolicy", {"Bucket": "pictures", "PolicyDocument": policy(f"s3:{action}")}),
            Resource("Q", "AWS::SQS::QueuePolicy", {"Queues": [URL], "PolicyDocument": policy(f"sqs:{action}")}),
            Resource("T", "AWS::SNS::TopicPolicy", {"Topics": [TOPIC], "PolicyDocument": policy(f"sns:{action}")}),
        )

    async def found(backends):
        return [
            await read(backends, s3("/pictures?policy")),
            await read(backends, ATTRIBUTES),
            await read(backends, sns("GetTopicAttributes", TopicArn=TOPIC)),
        ]

    async def body(backends):
        assert all("First" in text for text in await found(backends))
        await change(backends, pictures, QUEUE, NEWS, *policies("Second"))
        assert all("Second" in text and "First" not in text for text in await found(backends))
        await change(backends, pictures, QUEUE, NEWS)
        of_bucket, of_queue, of_topic = await found(backends)
        assert (of_bucket, "Policy" in of_queue, "__default_policy_ID" in of_topic) == ("", False, True)

    assert run(tmp_path, body, pictures, QUEUE, NEWS, *policies("First")) == ()


def test_policies_of_secrets_tables_and_inline_ones(tmp_path):
    secret = Resource("S", "AWS::SecretsManager::Secret", {"Name": "s", "SecretString": "x"})

    def keyed(**more):
        return Resource("T", "AWS::DynamoDB::Table", {**KEYED, "TableName": "T", **more})

    def policies(word):
        found = {
            "AWS::SecretsManager::ResourcePolicy": {
                "SecretId": "s",
                "ResourcePolicy": policy(f"secretsmanager:{word}"),
            },
            "AWS::SQS::QueueInlinePolicy": {"Queue": URL, "PolicyDocument": policy(f"sqs:{word}")},
            "AWS::SNS::TopicInlinePolicy": {"TopicArn": TOPIC, "PolicyDocument": policy(f"sns:{word}")},
        }
        own = [Resource(f"P{number}", *one) for number, one in enumerate(found.items())]
        return [*own, keyed(ResourcePolicy={"PolicyDocument": policy(f"dynamodb:{word}")})]

    of_secret = "secretsmanager", json_request("secretsmanager.GetResourcePolicy", {"SecretId": "s"})
    arn = {"ResourceArn": f"arn:aws:dynamodb:{PLACE}:table/T"}
    of_table = "dynamodb", json_request("DynamoDB_20120810.GetResourcePolicy", arn, "1.0")

    async def found(backends):
        asked = (of_secret, of_table, ATTRIBUTES, sns("GetTopicAttributes", TopicArn=TOPIC))
        return [word for word in ("Former", "Later") for one in asked if word in await read(backends, one)]

    async def body(backends):
        assert await found(backends) == ["Former"] * 4
        await change(backends, secret, QUEUE, NEWS, *policies("Later"))
        assert await found(backends) == ["Later"] * 4
        await change(backends, secret, QUEUE, NEWS, keyed())
        assert await found(backends) == []

    assert run(tmp_path, body, secret, QUEUE, NEWS, *policies("Former")) == ()


def test_statements_of_a_bus_come_and_go_beside_those_of_calls(tmp_path):
    bus = Resource("Bus", "AWS::Events::EventBus", {"Name": "b"})
    arn = f"arn:aws:events:{PLACE}:event-bus/b"

    def statement(label, **more):
        named = {"EventBusName": "b", "StatementId": label}
        return Resource("P", "AWS::Events::EventBusPolicy", {**named, **more})

    def call(operation, **members):
        return "events", json_request(f"AWSEvents.{operation}", {"EventBusName": "b", **members})

    whole = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "events:PutEvents", "Resource": arn}

    async def labels(backends):
        _, request = call("DescribeEventBus", Name="b")
        text = json.loads(await read(backends, ("events", request))).get("Policy", '{"Statement": []}')
        return [one["Sid"] for one in json.loads(text)["Statement"]]

    async def body(backends):
        assert await labels(backends) == ["first"]
        added = {"StatementId": "call", "Action": "events:PutEvents", "Principal": "111122223333"}
        await backends.call(*call("PutPermission", **added))
        await change(backends, bus, statement("second", Action="events:PutEvents", Principal="444455556666"))
        assert await labels(backends) == ["call", "second"]
        await change(backends, bus)
        assert await labels(backends) == ["call"]
        await backends.call(*call("PutPermission", Policy=json.dumps({"Statement": [{**whole, "Sid": "only"}]})))
        assert await labels(backends) == ["only"]

    assert run(tmp_path, body, bus, statement("first", Statement=whole)) == ()


def test_the_policy_of_a_bus_is_its_own_beside_others(tmp_path):
    def bus(*sids, **more):
        statements = [
            {"Sid": one, "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": "*"}
            for one in sids
        ]
        return Resource("Bus", "AWS::Events::EventBus", {"Name": "b", "Policy": {"Statement": statements}, **more})

    beside = Resource("P", "AWS::Events::EventBusPolicy", {
        "EventBusName": "b", "StatementId": "beside", "Action": "events:PutEvents", "Principal": "111122223333"})  # fmt: skip

    async def body(backends):
        described = await read(backends, ("events", json_request("AWSEvents.DescribeEventBus", {"Name": "b"})))
        assert {*re.findall(r"Sid\W+(\w+)", described)} == {"one", "two", "beside"}
        assert json.loads(described)["Description"] == "of the shop"
        await change(backends, bus("two"), beside)
        described = await read(backends, ("events", json_request("AWSEvents.DescribeEventBus", {"Name": "b"})))
        assert {*re.findall(r"Sid\W+(\w+)", described)} == {"two", "beside"}

    assert run(tmp_path, body, bus("one", "two", Description="of the shop"), beside) == ()


@pytest.mark.parametrize(
    ("written", "allowed"),
    [
        (UNKNOWN, False),
        (policy("events:PutEvents", UNKNOWN), False),
        (json.dumps(policy("events:PutEvents")), True),
        ({"Statement": policy("events:PutEvents")["Statement"][0]}, True),
        ({"Statement": ["none", UNKNOWN]}, False),
        ("none", False),
    ],
)
def test_a_bus_is_made_whatever_is_known_of_its_policy(tmp_path, written, allowed):
    async def body(backends):
        described = await read(backends, ("events", json_request("AWSEvents.DescribeEventBus", {"Name": "b"})))
        assert ("PutEvents" in described, '"b"' in described) == (allowed, True)

    assert run(tmp_path, body, Resource("Bus", "AWS::Events::EventBus", {"Name": "b", "Policy": written})) == ()


@pytest.mark.parametrize("off", [False, "false"])
def test_a_key_is_enabled_and_disabled(tmp_path, off):
    def key(**more):
        return Resource("AWSKMSKey", "AWS::KMS::Key", more)

    async def state(backends):
        found = await read(backends, ("kms", json_request("TrentService.DescribeKey", {"KeyId": KEY})))
        return json.loads(found)["KeyMetadata"]["KeyState"]

    async def body(backends):
        states = [await state(backends)]
        for one in (key(Enabled=True), key(Enabled=off), key()):
            await change(backends, one)
            states.append(await state(backends))
        assert states == ["Disabled", "Enabled", "Disabled", "Enabled"]

    assert run(tmp_path, body, key(Enabled=off)) == ()


def test_a_bucket_policy_with_conditions_stops_no_client(tmp_path):
    secure = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}, "Effect": "Deny"}
    denied = Resource("B", "AWS::S3::BucketPolicy", {
        "Bucket": "pictures", "PolicyDocument": policy("s3:*", "arn:aws:s3:::pictures/*", **secure)})  # fmt: skip
    closed = Resource("B", "AWS::S3::BucketPolicy", {
        "Bucket": "pictures", "PolicyDocument": policy("s3:*", "arn:aws:s3:::pictures/*", Effect="Deny")})  # fmt: skip

    async def body(backends):
        assert (await backends.call(*s3("/pictures/cat", "PUT", b"miaow"))).status == 200
        assert await read(backends, s3("/pictures/cat")) == "miaow"
        await change(backends, bucket(), closed)
        assert (await backends.call(*s3("/pictures/cat", "PUT", b"miaow"))).status == 403

    assert run(tmp_path, body, bucket(), denied) == ()


SETTINGS = {
    "VersioningConfiguration": {"Status": "Enabled"},
    "CorsConfiguration": {"CorsRules": [{"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["*"], "MaxAge": 60}]},
    "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True},
    "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]},
    "LifecycleConfiguration": {"Rules": [
        {"Id": "Old", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}},
        {"Id": "Parts", "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
        {"Id": "Move", "Status": "Enabled", "Prefix": "a/", "ExpirationInDays": 9,
         "TagFilters": [{"Key": "k", "Value": "v"}], "Transitions": [{"TransitionInDays": 3, "StorageClass": "GLACIER"}]},
    ]},
    "WebsiteConfiguration": {"IndexDocument": "index.html", "ErrorDocument": "error.html"},
    "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    "Tags": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": UNKNOWN}],
}  # fmt: skip
SHOWN = {
    "versioning": "<Status>Enabled", "cors": "<MaxAgeSeconds>60", "publicAccessBlock": "<BlockPublicAcls>true",
    "encryption": "aws:kms", "lifecycle": "GLACIER", "website": "<Suffix>index.html",
    "ownershipControls": "BucketOwnerEnforced", "tagging": "<Value>b",
}  # fmt: skip


@pytest.mark.parametrize(
    ("block", "public"),
    [
        (None, False),
        ({}, True),
        (UNKNOWN, True),
        ({"BlockPublicPolicy": UNKNOWN}, True),
        ({"BlockPublicPolicy": "true"}, False),
        ({"BlockPublicPolicy": False, "BlockPublicAcls": True}, True),
    ],
)
def test_a_public_policy_is_refused_by_a_bucket_that_blocks_it(tmp_path, block, public):
    of_all = Resource("B", "AWS::S3::BucketPolicy", {"Bucket": "pictures", "PolicyDocument": policy("s3:GetObject")})

    async def body(backends):
        assert ("GetObject" in await read(backends, s3("/pictures?policy"))) == public

    warnings = run(tmp_path, body, bucket(PublicAccessBlockConfiguration=block), of_all)
    assert ["`B`" in one for one in warnings] == ([] if public else [True])


def test_settings_of_a_bucket(tmp_path):
    async def body(backends):
        for query, text in SHOWN.items():
            assert text in await read(backends, s3(f"/pictures?{query}")), query
        assert "<NoncurrentDays>30" in await read(backends, s3("/pictures?lifecycle"))
        assert (await backends.call(*s3("/pictures/cat", "PUT", b"miaow"))).status == 200
        assert await read(backends, s3("/pictures/cat")) == "miaow"
        await change(backends, bucket())
        for query, text in SHOWN.items():
            assert text not in await read(backends, s3(f"/pictures?{query}")), query

    assert run(tmp_path, body, bucket(**SETTINGS)) == ()


def test_settings_of_topics_subscriptions_queues_and_tables(tmp_path):
    fifo = Resource("Fifo", "AWS::SNS::Topic", {
        "TopicName": "ordered.fifo", "FifoTopic": True, "ContentBasedDeduplication": True})  # fmt: skip

    def subscription(word):
        return Resource("Sub", "AWS::SNS::Subscription", {
            "TopicArn": TOPIC, "Protocol": "sqs", "Endpoint": f"arn:aws:sqs:{PLACE}:orders",
            "RawMessageDelivery": True, "FilterPolicy": {"word": [word]}})  # fmt: skip

    may = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
           "Condition": {"ArnEquals": {"aws:SourceArn": TOPIC}}}  # fmt: skip
    policy = Resource("May", "AWS::SQS::QueuePolicy", {"Queues": [URL], "PolicyDocument": {"Statement": [may]}})

    def expiring(**more):
        return Resource("T", "AWS::DynamoDB::Table", {**KEYED, **more})

    ttl = {"TimeToLiveSpecification": {"AttributeName": "until", "Enabled": True}}

    async def filtered(backends):
        """The messages in the queue after one for each word."""
        for word in ("a", "b"):
            attribute = {"Name": "word", "Value": {"DataType": "String", "StringValue": word}}
            members = {f"MessageAttributes.entry.1.{key}": value for key, value in attribute.items()}
            await read(backends, sns("Publish", TopicArn=TOPIC, Message=word, **members))
        received = json.loads(await read(backends, sqs("ReceiveMessage", MaxNumberOfMessages=10)))
        return [one["Body"] for one in received.get("Messages", ())]

    async def body(backends):
        assert "The news" in await read(backends, sns("GetTopicAttributes", TopicArn=TOPIC))
        ordered = await read(backends, sns("GetTopicAttributes", TopicArn=f"arn:aws:sns:{PLACE}:ordered.fifo"))
        assert "ContentBasedDeduplication" in ordered
        assert json.loads(await read(backends, sqs("ListQueueTags")))["Tags"] == {"team": "blue"}
        assert "ENABLED" in await read(backends, table("DescribeTimeToLive"))
        assert await filtered(backends) == ["a"]
        await change(backends, NEWS, QUEUE, policy, subscription("b"), expiring())
        assert await filtered(backends) == ["b"]
        assert "ENABLED" not in await read(backends, table("DescribeTimeToLive"))
        endpoint = f"arn:aws:sqs:{PLACE}:orders"
        assert subscription_arn(TOPIC, "sqs", endpoint) in await read(backends, sns("ListSubscriptions"))
        await change(backends, NEWS, QUEUE)
        assert endpoint not in await read(backends, sns("ListSubscriptions"))

    assert run(tmp_path, body, NEWS, fifo, QUEUE, policy, subscription("a"), expiring(**ttl)) == ()


KEYED = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}


def tagged(value):
    """A resource of each type whose back end has tags, and the request that lists them."""
    tags = {"Tags": [{"Key": "team", "Value": value}]} if value else {}
    made = {
        "AWS::DynamoDB::Table": {"TableName": "t", **KEYED, **tags},
        "AWS::DynamoDB::GlobalTable": {"TableName": "g", **KEYED, "Replicas": [{"Region": "eu-west-1", **tags}]},
        "AWS::Kinesis::Stream": {"Name": "s", **tags},
        "AWS::SecretsManager::Secret": {"Name": "s", "SecretString": "x", **tags},
        "AWS::Logs::LogGroup": {"LogGroupName": "/g", **tags},
        "AWS::KMS::Key": tags,
        "AWS::StepFunctions::StateMachine": {"StateMachineName": "m", **tags},
        "AWS::Events::EventBus": {"Name": "b", **tags},
        "AWS::Events::Rule": {"Name": "r", "EventBusName": "b", "EventPattern": {"source": ["a"]}, **tags},
    }
    return [Resource(type_.replace("::", ""), type_, properties) for type_, properties in made.items()]


KEY = backends.cloud(*tagged("")).aws_id("AWSKMSKey")
LISTS_OF_TAGS = {
    "a table": ("dynamodb", "DynamoDB_20120810.ListTagsOfResource", {"ResourceArn": f"arn:aws:dynamodb:{PLACE}:table/t"}),
    "a global table": ("dynamodb", "DynamoDB_20120810.ListTagsOfResource", {"ResourceArn": f"arn:aws:dynamodb:{PLACE}:table/g"}),
    "a stream": ("kinesis", "Kinesis_20131202.ListTagsForStream", {"StreamName": "s"}),
    "a secret": ("secretsmanager", "secretsmanager.DescribeSecret", {"SecretId": "s"}),
    "a log group": ("logs", "Logs_20140328.ListTagsForResource", {"resourceArn": f"arn:aws:logs:{PLACE}:log-group:/g"}),
    "a key": ("kms", "TrentService.ListResourceTags", {"KeyId": f"arn:aws:kms:{PLACE}:key/{KEY}"}),
    "a state machine": ("states", "AWSStepFunctions.ListTagsForResource", {"resourceArn": f"arn:aws:states:{PLACE}:stateMachine:m"}),
    "a bus": ("events", "AWSEvents.ListTagsForResource", {"ResourceARN": f"arn:aws:events:{PLACE}:event-bus/b"}),
    "a rule": ("events", "AWSEvents.ListTagsForResource", {"ResourceARN": f"arn:aws:events:{PLACE}:rule/b/r"}),
}  # fmt: skip


def test_tags(tmp_path):
    async def body(backends):
        for value in ("blue", "red", ""):
            await change(backends, *tagged(value))
            for what, (service, target, members) in LISTS_OF_TAGS.items():
                found = await read(backends, (service, json_request(target, members)))
                assert found, what
                assert [one for one in ("blue", "red") if f'"{one}"' in found] == [one for one in [value] if one], what

    assert run(tmp_path, body) == ()
