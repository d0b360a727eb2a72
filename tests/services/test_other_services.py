"""Other services by the same road: each protocol that the SDKs speak, once."""

import json
import threading

import pytest
import urllib3
from botocore.exceptions import ClientError

from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.services_bench import ACCOUNT, INTERNET, LOCAL, REGION, S3_GATEWAY

pytestmark = pytest.mark.packets


@pytest.fixture(params=[INTERNET, S3_GATEWAY], ids=["internet", "gateway-endpoint"])
def s3(request, through):
    return through("s3", request.param)


def test_s3_objects_by_virtual_host(s3):
    s3.create_bucket(Bucket="orders", CreateBucketConfiguration={"LocationConstraint": REGION})
    body = bytes(range(256)) * 1000
    s3.put_object(Bucket="orders", Key="a b/ü", Body=body, Metadata={"my_key": "1"})
    found = s3.get_object(Bucket="orders", Key="a b/ü")
    assert found["Body"].read() == body
    assert found["Metadata"] == {"my_key": "1"}
    assert s3.head_object(Bucket="orders", Key="a b/ü")["ContentLength"] == len(body)
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="orders")["Contents"]] == ["a b/ü"]
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket="orders", Key="none")
    s3.delete_object(Bucket="orders", Key="a b/ü")
    s3.delete_bucket(Bucket="orders")


def test_presigned_urls_and_forms_at_the_local_endpoint(through, services):
    """boto3 presigns by Signature Version 2 in most regions; neither these URLs nor its forms name their service."""
    s3 = through("s3", INTERNET)
    s3.create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": REGION})
    endpoint = f"http://127.0.0.1:{services.port(LOCAL, tls=False)}"
    local = through("s3", LOCAL, tls=False, endpoint_url=endpoint)
    address = local.generate_presigned_url("put_object", Params={"Bucket": "uploads", "Key": "k", "ContentType": "a/b"})
    assert "X-Amz-Signature" not in address
    assert urllib3.request("PUT", address, body=b"put", headers={"Content-Type": "a/b"}).status == 200
    found = urllib3.request("GET", local.generate_presigned_url("get_object", Params={"Bucket": "uploads", "Key": "k"}))
    assert (found.status, found.data, found.headers["Content-Type"]) == (200, b"put", "a/b")
    assert {*found.headers} >= {"Content-Type", "Last-Modified", "ETag"}  # as S3 writes them, which mappings depend on
    form = local.generate_presigned_post("uploads", "posted")
    fields = {**form["fields"], "file": ("name", b"post")}
    assert urllib3.request("POST", form["url"], fields=fields).status == 204
    assert local.get_object(Bucket="uploads", Key="posted")["Body"].read() == b"post"


def test_dynamodb_items(through):
    dynamodb = through("dynamodb", INTERNET)
    dynamodb.create_table(
        TableName="Orders",
        KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName="Orders", Item={"Id": {"S": "1"}, "Total": {"N": "5"}})
    assert dynamodb.get_item(TableName="Orders", Key={"Id": {"S": "1"}})["Item"]["Total"] == {"N": "5"}


def test_messages_of_a_fifo_queue_are_numbered(through):
    sqs = through("sqs", INTERNET)
    url = sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"})[
        "QueueUrl"
    ]
    sent = sqs.send_message(QueueUrl=url, MessageBody="1", MessageGroupId="g")["SequenceNumber"]
    entries = [{"Id": "2", "MessageBody": "2", "MessageGroupId": "g", "MessageDeduplicationId": "d"}]
    after = sqs.send_message_batch(QueueUrl=url, Entries=entries)["Successful"][0]["SequenceNumber"]
    assert int(sent) < int(after)
    received = sqs.receive_message(QueueUrl=url, AttributeNames=["All"], MaxNumberOfMessages=10)["Messages"]
    assert [one["Attributes"]["SequenceNumber"] for one in received] == [sent, after]


def test_messages_have_the_trace_header_of_the_call_that_sends_them(through):
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=0a0b0c0d:3"
    sqs, sns = through("sqs", INTERNET), through("sns", INTERNET)
    url = sqs.create_queue(QueueName="traced")["QueueUrl"]
    topic = sns.create_topic(Name="traced")["TopicArn"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:traced"
    allowed = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Statement": [allowed]})})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sqs.send_message(QueueUrl=url, MessageBody="untraced")
    for client in (sqs, sns):
        client.meta.events.register(
            "before-sign", lambda request, **_: request.headers.add_header("X-Amzn-Trace-Id", header)
        )
    own = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-0-0"}}
    sqs.send_message(QueueUrl=url, MessageBody="own", MessageSystemAttributes=own)
    sqs.send_message(QueueUrl=url, MessageBody="one")
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "batch"}])
    sns.publish(TopicArn=topic, Message="published")
    received = sqs.receive_message(QueueUrl=url, AttributeNames=["All"], MaxNumberOfMessages=10)["Messages"]
    found = [one["Attributes"].get("AWSTraceHeader") for one in received]
    assert found == [None, "Root=1-0-0", header, header, header]


def test_sqs_long_poll_ends_with_the_message_and_holds_nobody_up(through):
    sqs = through("sqs", INTERNET)
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    received = []
    waiter = threading.Thread(
        target=lambda: received.append(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"][0]["Body"])
    )
    waiter.start()
    other = through("sqs", INTERNET)
    other.send_message(QueueUrl=url, MessageBody="hello")
    waiter.join(ENOUGH_SECONDS)
    assert received == ["hello"]


def test_an_empty_long_poll_ends_when_its_time_is_over(through):
    sqs = through("sqs", INTERNET)
    url = sqs.create_queue(QueueName="empty")["QueueUrl"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)


def test_a_place_in_a_stream_that_is_none_is_the_callers_fault(through):
    kinesis = through("kinesis", INTERNET)
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    for iterator in ("nonsense", "!", "Y2xpY2tz"):
        with pytest.raises(ClientError, match=r"InvalidArgumentException.*Invalid ShardIterator\."):
            kinesis.get_records(ShardIterator=iterator)
    shard = kinesis.describe_stream(StreamName="clicks")["StreamDescription"]["Shards"][0]["ShardId"]
    place = kinesis.get_shard_iterator(StreamName="clicks", ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    assert kinesis.get_records(ShardIterator=place["ShardIterator"])["Records"] == []


def test_query_protocol_and_account(through):
    assert through("sts", INTERNET).get_caller_identity()["Account"] == ACCOUNT
    assert through("iam", INTERNET).list_roles()["Roles"] == []


def test_secrets_topics_and_keys(through):
    secrets = through("secretsmanager", INTERNET)
    secrets.create_secret(Name="db", SecretString="s3cret")
    assert secrets.get_secret_value(SecretId="db")["SecretString"] == "s3cret"
    sns = through("sns", INTERNET)
    assert sns.publish(TopicArn=sns.create_topic(Name="news")["TopicArn"], Message="m")["MessageId"]
    kms = through("kms", INTERNET)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    sealed = kms.encrypt(KeyId=key, Plaintext=b"plain")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"plain"


def test_a_service_without_a_back_end_says_so(through):
    with pytest.raises(ClientError, match="UnknownOperationException"):
        through("xray", INTERNET).get_groups()


def test_an_operation_at_a_host_of_another_service_says_so(services):
    """The SDK signs requests to Bedrock's runtime for Bedrock, and the local endpoint routes by the signature."""
    port = services.port(LOCAL, tls=False)
    scope = f"AWS4-HMAC-SHA256 Credential=AKIA/20260101/{REGION}/bedrock/aws4_request, SignedHeaders=host, Signature=0"
    found = urllib3.request(
        "POST", f"http://127.0.0.1:{port}/model/m/converse", body=b"{}", headers={"Authorization": scope}
    )
    assert (found.status, found.json()["__type"]) == (400, "UnknownOperationException")


@pytest.mark.parametrize(
    ("service", "operation", "asked"),
    [
        ("vpc-lattice", "create_service_network", {"name": "net"}),
        ("fsx", "describe_file_systems", {}),
        ("cloudfront", "list_distributions", {}),
    ],
)
def test_a_service_whose_resources_have_a_place_has_no_record_beside_the_model(through, service, operation, asked):
    with pytest.raises(ClientError) as refused:
        getattr(through(service, INTERNET), operation)(**asked)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert refused.value.response["Error"]["Code"] in {"UnknownOperationException", "InvalidAction"}
