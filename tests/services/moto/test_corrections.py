"""Names and times that AWS generates, and texts of what is missing, in the form that clients read."""

import json
import re
from uuid import UUID

import pytest

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher

TABLE = {
    "TableName": "orders",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
}


@pytest.fixture
def dispatcher(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return Dispatcher()


def test_the_arn_of_a_stream_is_that_of_the_template(dispatcher):
    headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "DynamoDB_20120810.CreateTable")]
    call = FrameCall(1, "dynamodb.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps(TABLE).encode())
    table = json.loads(dispatcher.answer(call).body)["TableDescription"]
    assert table["LatestStreamArn"] == (
        "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
    )
    assert UUID(table["TableId"])


def test_a_write_that_changes_nothing_is_not_in_the_stream(dispatcher):
    def call(operation, service="dynamodb", api="DynamoDB", **asked):
        headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", f"{api}_20120810.{operation}")]
        request = FrameCall(1, f"{service}.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps(asked).encode())
        return json.loads(dispatcher.answer(request).body)

    def read(operation, **asked):
        return call(operation, "streams.dynamodb", "DynamoDBStreams", **asked)

    arn = call("CreateTable", **{**TABLE, "TableName": "changes"})["TableDescription"]["LatestStreamArn"]
    key, update = {"id": {"S": "a"}}, "SET tags = :t, n = :n"
    for number in ("1", "1", "2"):
        values = {":t": {"SS": ["x", "y"]}, ":n": {"N": number}}
        call(
            "UpdateItem", TableName="changes", Key=key, UpdateExpression=update, ExpressionAttributeValues=values
        )  # fmt: skip
    for _ in range(2):
        call("PutItem", TableName="changes", Item=key)
        call("DeleteItem", TableName="changes", Key={"id": {"S": "b"}})
    (shard,) = read("DescribeStream", StreamArn=arn)["StreamDescription"]["Shards"]
    at = read("GetShardIterator", StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
    records = read("GetRecords", ShardIterator=at["ShardIterator"])["Records"]
    assert [one["eventName"] for one in records] == ["INSERT", "MODIFY", "MODIFY"]


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (b"Action=GetRole&RoleName=x", b"The role with name x cannot be found."),
        (b"Action=GetGroup&GroupName=x", b"The group with name x cannot be found."),
        (b"Action=GetInstanceProfile&InstanceProfileName=x", b"Instance Profile x cannot be found."),
        (b"Action=GetPolicy&PolicyArn=arn:aws:iam::123456789012:policy/x", b"policy/x was not found."),
    ],
)
def test_what_is_missing_is_told_in_the_words_of_iam(dispatcher, asked, text):
    headers = [("content-type", "application/x-www-form-urlencoded")]
    call = FrameCall(1, "iam.amazonaws.com", "POST", "/", headers, asked + b"&Version=2010-05-08")
    answer = dispatcher.answer(call)
    assert answer.status == 404
    assert text in answer.body


def test_a_queue_is_dated_in_whole_seconds(dispatcher):
    def call(operation, **asked):
        headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", f"AmazonSQS.{operation}")]
        request = FrameCall(1, "sqs.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps(asked).encode())
        return json.loads(dispatcher.answer(request).body)

    url = call("CreateQueue", QueueName="q")["QueueUrl"]
    attributes = call("GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert all(attributes[name].isdigit() for name in ("CreatedTimestamp", "LastModifiedTimestamp"))


_FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("host", "asked", "target", "body", "refusal"),
    [
        ("appsync", "GET /v1/apis/none/schemacreation", "", b"", (404, b"NotFoundException")),
        ("appsync", "DELETE /v1/apis/none", "", b"", (404, b"NotFoundException")),
        ("scheduler", "DELETE /schedule-groups/none", "", b"", (404, b"ResourceNotFoundException")),
        ("kms", "POST /", "TrentService.ListGrants", b'{"KeyId": "none"}', (400, b"NotFoundException")),
        ("rds", "POST /", "", b"Action=ModifyDBCluster&DBClusterIdentifier=none", (404, b"DBClusterNotFoundFault")),
        # moto knows some things by their ids alone: what an ARN names may exist
        ("kms", "POST /", "TrentService.ListGrants", b'{"KeyId": "arn:aws:kms:x:1:key/k"}', (500, b"InternalFailure")),
        # the operation has no such error
        ("email", "POST /", "", b"Action=DeleteTemplate&TemplateName=none", (500, b"InternalFailure")),
    ],
)
def test_what_moto_does_not_find_has_the_error_of_its_operation(dispatcher, host, asked, target, body, refusal):
    headers = [("content-type", _FORM if b"Action=" in body else "application/json"), ("x-amz-target", target)]
    method, path = asked.split()
    call = FrameCall(1, f"{host}.us-east-1.amazonaws.com", method, path, headers[: 2 if target else 1], body)
    answer = dispatcher.answer(call)
    assert answer.status == refusal[0]
    assert refusal[1] in answer.body


def test_a_bucket_is_encrypted_by_default(dispatcher):
    def s3(method, target):
        return dispatcher.answer(FrameCall(1, "s3.us-east-1.amazonaws.com", method, target, [], b""))

    s3("PUT", "/a-bucket")
    assert b"<SSEAlgorithm>AES256" in s3("GET", "/a-bucket?encryption").body
    assert s3("GET", "/none-here?encryption").status == 404


def test_a_transaction_is_written_once_by_its_token(dispatcher):
    def dynamodb(operation, **asked):
        headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", f"DynamoDB_20120810.{operation}")]
        call = FrameCall(1, "dynamodb.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps(asked).encode())
        return json.loads(dispatcher.answer(call).body)

    def add(number, **token):
        added = {"TableName": "counts", "Key": {"id": {"S": "x"}}, "UpdateExpression": "ADD n :n"}
        values = {":n": {"N": number}}
        items = [{"Update": {**added, "ExpressionAttributeValues": values}}]
        return dynamodb("TransactWriteItems", TransactItems=items, **token).get("__type", "").rpartition("#")[2]

    dynamodb("CreateTable", **TABLE | {"TableName": "counts"})
    one, other = ({"ClientRequestToken": token} for token in ("one", "other"))
    answers = [add("1", **one), add("1", **one), add("2", **one), add("1", **other), add("1"), add("1")]
    assert answers == ["", "", "IdempotentParameterMismatchException", "", "", ""]
    assert dynamodb("GetItem", TableName="counts", Key={"id": {"S": "x"}})["Item"]["n"] == {"N": "4"}


def test_a_cancelled_transaction_leaves_the_stream_of_its_table(dispatcher):
    """A reader that has read before goes on after it."""

    def call(host, target, **asked):
        headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", target)]
        request = FrameCall(1, f"{host}.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps(asked).encode())
        return json.loads(dispatcher.answer(request).body or "{}")

    def dynamodb(operation, **asked):
        return call("dynamodb", f"DynamoDB_20120810.{operation}", **asked)

    def streams(operation, **asked):
        return call("streams.dynamodb", f"DynamoDBStreams_20120810.{operation}", **asked)

    def put(id_, **more):
        return {"Put": {"TableName": "told", "Item": {"id": {"S": id_}, "b": {"B": "eHg="}}, **more}}

    viewed = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    made = dynamodb("CreateTable", **TABLE | {"TableName": "told", "StreamSpecification": viewed})
    arn = made["TableDescription"]["LatestStreamArn"]
    (shard,) = streams("DescribeStream", StreamArn=arn)["StreamDescription"]["Shards"]
    begin = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    place = streams("GetShardIterator", **begin)["ShardIterator"]
    is_new = {"ConditionExpression": "attribute_not_exists(id)"}
    answers = [dynamodb("TransactWriteItems", TransactItems=items, ClientRequestToken=str(number)) for number, items in
               enumerate([[put("1")], [put("2"), put("1", **is_new)], [put("3")]])]  # fmt: skip
    assert ["CancellationReasons" in one for one in answers] == [False, True, False]
    records = streams("GetRecords", ShardIterator=place)["Records"]
    assert [one["dynamodb"]["Keys"]["id"]["S"] for one in records] == ["1", "3"]


def test_a_bucket_is_closed_to_the_public_by_default(dispatcher):
    def s3(method, query, body=b""):
        answer = dispatcher.answer(FrameCall(1, "s3.us-east-1.amazonaws.com", method, f"/closed-one{query}", [], body))
        return answer.status, answer.body

    def policy(**more):
        one = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::closed-one/*",
            **more,
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [one]}).encode()

    s3("PUT", "")
    assert s3("GET", "?publicAccessBlock")[1].count(b">true<") == 4
    assert b"BucketOwnerEnforced" in s3("GET", "?ownershipControls")[1]
    inside = {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}
    refused = [s3("PUT", "?policy", policy(**more))[0] == 403 for more in ({}, {"Effect": "Deny"}, inside)]
    s3("DELETE", "?publicAccessBlock")
    assert [*refused, s3("PUT", "?policy", policy())[0] == 403] == [True, False, False, False]


@pytest.mark.parametrize("policy", [b"{", b"[]", b"{}", b'{"Statement": "x"}'])
def test_a_bucket_takes_no_text_that_is_no_policy(dispatcher, policy):
    def s3(query, body=b""):
        return dispatcher.answer(FrameCall(1, "s3.us-east-1.amazonaws.com", "PUT", f"/some-one{query}", [], body))

    s3("")
    answer = s3("?policy", policy)
    assert (answer.status, b"MalformedPolicy" in answer.body) == (400, True)


def test_lists_for_all_callers_need_a_bucket_that_has_lists_and_does_not_block_them(dispatcher):
    def s3(path, body=b"", **headers):
        own = [(f"x-amz-{name.replace('_', '-')}", value) for name, value in headers.items()]
        own.append(("authorization", "AWS4-HMAC-SHA256 Credential=me/20200101/us-east-1/s3/aws4_request"))
        return dispatcher.answer(FrameCall(1, "s3.us-east-1.amazonaws.com", "PUT", path, own, body))

    def refusals(bucket):
        everyone = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'
        asked = [("/o", {"acl": "public-read"}), ("/o", {"grant_read": everyone}), ("?acl", {"acl": "public-read"})]
        answers = [s3(f"/{bucket}{path}", **more) for path, more in [("/o", {"acl": "private"}), *asked]]
        return [re.findall("<Code>(.*)</Code>", one.body.decode()) for one in answers]

    assert b"InvalidBucketAclWithObjectOwnership" in s3("/with-lists", acl="public-read").body
    s3("/without-lists")
    assert refusals("without-lists") == [[], *[["AccessControlListNotSupported"]] * 3]
    assert s3("/with-lists", acl="log-delivery-write", object_ownership="ObjectWriter").status == 200
    assert refusals("with-lists") == [[], *[["AccessDenied"]] * 3]
    s3("/with-lists?publicAccessBlock", b"<PublicAccessBlockConfiguration><BlockPublicAcls>false</BlockPublicAcls></PublicAccessBlockConfiguration>")  # fmt: skip
    assert refusals("with-lists") == [[]] * 4
