"""Records of streams, as Lambda's events have them."""

import asyncio
import json

from netful.services.backends.streams import DynamoDbStream, KinesisStream
from netful.services.http.message import Response

ROLE = "arn:aws:iam::123456789012:role/reader"
RECORD = {"SequenceNumber": "7", "Data": "aGk=", "PartitionKey": "k", "ApproximateArrivalTimestamp": 1.5}


def test_a_record_of_kinesis_is_lambdas():
    async def answer(_host, _request):
        return Response(200, (), json.dumps({"Records": [RECORD], "NextShardIterator": "next"}).encode())

    arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks"
    (record,), after = asyncio.run(KinesisStream(arn, ROLE, answer).read("shard-1 first", 10))
    assert after == "shard-1 next"
    assert record.content == {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "k",
            "sequenceNumber": "7",
            "data": "aGk=",
            "approximateArrivalTimestamp": 1.5,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": "shard-1:7",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": ROLE,
        "awsRegion": "eu-west-1",
        "eventSourceARN": arn,
    }


def test_a_record_of_a_table_is_dated_in_whole_seconds():
    change = {"SequenceNumber": "7", "ApproximateCreationDateTime": 1479499740.9, "Keys": {"id": {"S": "a"}}}

    async def answer(_host, _request):
        return Response(200, (), json.dumps({"Records": [{"eventID": "e", "dynamodb": change}]}).encode())

    stream = DynamoDbStream("arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/x", answer)
    (record,), _ = asyncio.run(stream.read("first", 10))
    assert record.content["dynamodb"] == {**change, "ApproximateCreationDateTime": 1479499740}


def test_a_consumer_reads_the_stream_of_its_arn():
    asked = []

    async def answer(_host, request):
        asked.append(json.loads(request.body))
        return Response(200, (), json.dumps({"Shards": [{"ShardId": "shard-1"}]}).encode())

    arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks/consumer/c:1700000000"
    assert asyncio.run(KinesisStream(arn, ROLE, answer).shards()) == {"shard-1": ()}
    assert asked == [{"StreamName": "clicks"}]
