"""Shards of Kinesis: the numbers of their records, and what is left of them when they are split or merged."""

import json

import pytest

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher


@pytest.fixture
def kinesis(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    dispatcher = Dispatcher()

    def ask(operation, **members):
        headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", f"Kinesis_20131202.{operation}")]
        content = json.dumps({"StreamName": "clicks", **members}).encode()
        return json.loads(
            dispatcher.answer(FrameCall(1, "kinesis.us-east-1.amazonaws.com", "POST", "/", headers, content)).body
            or b"{}"
        )

    ask("CreateStream", ShardCount=1)
    yield ask
    ask("DeleteStream")


def put(kinesis, key):
    return kinesis("PutRecord", Data="eA==", PartitionKey=key)


def read(kinesis, shard, position="TRIM_HORIZON", **more):
    named = {"ShardId": shard, "ShardIteratorType": position, **more}
    answer = kinesis("GetRecords", ShardIterator=kinesis("GetShardIterator", **named)["ShardIterator"])
    return [one["PartitionKey"] for one in answer["Records"]], bool(answer.get("NextShardIterator"))


def test_sequence_numbers_compare_as_texts(kinesis):
    numbers = [put(kinesis, str(n))["SequenceNumber"] for n in range(12)]
    assert (numbers, {len(one) for one in numbers}) == (sorted(numbers), {56})
    (shard,) = (one["ShardId"] for one in kinesis("ListShards")["Shards"])
    assert read(kinesis, shard, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[9]) == (["10", "11"], True)
    assert read(kinesis, shard, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[11]) == (["11"], True)
    assert read(kinesis, shard, "LATEST") == ([], True)


def test_a_shard_that_is_split_keeps_its_records_and_gets_no_more(kinesis):
    before = put(kinesis, "old")
    kinesis("UpdateShardCount", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    after = [put(kinesis, str(n)) for n in range(8)]
    children = {one["ShardId"] for one in kinesis("ListShards")["Shards"] if one.get("ParentShardId")}
    assert {one["ShardId"] for one in after} == children
    assert min(one["SequenceNumber"] for one in after) > before["SequenceNumber"]
    assert read(kinesis, before["ShardId"]) == (["old"], False)
    kinesis("UpdateShardCount", TargetShardCount=1, ScalingType="UNIFORM_SCALING")
    assert put(kinesis, "new")["ShardId"] not in {before["ShardId"], *children}
    assert sorted(key for one in children for key in read(kinesis, one)[0]) == [str(n) for n in range(8)]
