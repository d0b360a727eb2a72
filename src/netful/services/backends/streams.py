"""Consumer's side of a DynamoDB or Kinesis stream: its shards, a position in one, and the records from there on."""

from collections.abc import Sequence
from typing import Any

from netful.model.core import Frozen
from netful.model.names import service_names
from netful.model.names.partitions import in_region
from netful.services.http.backend_requests import CallHost, json_answer

_PARENTS = ("ParentShardId", "AdjacentParentShardId")


class StreamRecord(Frozen):
    """A record as a function receives it, its position in the shard, and its time of arrival (seconds since the epoch)."""

    content: dict[str, Any]
    sequence_number: str
    at: float


class DynamoDbStream:
    """The stream of a table, by an ARN that names the table. `shards` replaces it by the stream's own ARN."""

    batch_info = "DDBStreamBatchInfo"

    def __init__(self, arn: str, call_host: CallHost) -> None:
        self.arn = arn
        self._region = arn.split(":")[3]
        self._table = arn.split("/")[1]
        self._call_host = call_host

    async def shards(self) -> dict[str, tuple[str, ...]]:
        """Return the ids of the shards, which have no parents."""
        table = await self._ask("dynamodb", "DynamoDB_20120810.DescribeTable", {"TableName": self._table})
        if "LatestStreamArn" not in table["Table"]:
            raise ConnectionError(f"the table `{self._table}` has no stream")
        self.arn = table["Table"]["LatestStreamArn"]
        answer = await self._streams("DescribeStream", {"StreamArn": self.arn})
        return {shard["ShardId"]: () for shard in answer["StreamDescription"]["Shards"]}

    async def iterator(self, shard: str, position: str, _moment: float = 0.0) -> str:
        """Return an iterator at a position in a shard."""
        asked = {"StreamArn": self.arn, "ShardId": shard, "ShardIteratorType": position}
        return str((await self._streams("GetShardIterator", asked))["ShardIterator"])

    async def read(self, iterator: str, most: int) -> tuple[Sequence[StreamRecord], str]:
        """Return the records from an iterator on, and the iterator after them."""
        answer = await self._streams("GetRecords", {"ShardIterator": iterator, "Limit": min(most, 1000)})
        return [self._record(one) for one in answer["Records"]], answer.get("NextShardIterator") or iterator

    def _record(self, record: dict[str, Any]) -> StreamRecord:
        change, at = record["dynamodb"], float(record["dynamodb"]["ApproximateCreationDateTime"])
        dated = {**change, "ApproximateCreationDateTime": int(at)}  # rounded down, as the stream's API documents it
        own = {"awsRegion": self._region, "eventSourceARN": self.arn, "eventVersion": "1.1"}
        return StreamRecord({**record, **own, "dynamodb": dated}, change["SequenceNumber"], at)

    async def _streams(self, operation: str, content: dict[str, Any]) -> dict[str, Any]:
        return await self._ask("streams.dynamodb", f"DynamoDBStreams_20120810.{operation}", content)

    async def _ask(self, service: str, target: str, content: dict[str, Any]) -> dict[str, Any]:
        host = in_region(f"{service}.{self._region}.amazonaws.com", self._region)
        return await json_answer(self._call_host, host, target, content, "1.0")


class KinesisStream:
    """A Kinesis stream, by its ARN or that of a consumer. `reader` is the ARN of the role that reads it, for the events."""

    batch_info = "KinesisBatchInfo"

    def __init__(self, arn: str, reader: str, call_host: CallHost) -> None:
        self.arn = arn
        self._reader = reader
        self._region = arn.split(":")[3]
        self._name = arn.split("/")[1]
        self._call_host = call_host

    async def shards(self) -> dict[str, tuple[str, ...]]:
        """Return the ids of the shards with their parents."""
        shards = (await self._ask("ListShards", {"StreamName": self._name}))["Shards"]
        return {one["ShardId"]: tuple(one[parent] for parent in _PARENTS if parent in one) for one in shards}

    async def iterator(self, shard: str, position: str, moment: float = 0.0) -> str:
        """Return an iterator at a position in a shard; of AT_TIMESTAMP, at a moment (seconds since the epoch)."""
        asked = {"StreamName": self._name, "ShardId": shard, "ShardIteratorType": position}
        dated = {"Timestamp": moment} if position == "AT_TIMESTAMP" else {}
        answer = await self._ask("GetShardIterator", {**asked, **dated})
        return f"{shard} {answer['ShardIterator']}"

    async def read(self, iterator: str, most: int) -> tuple[Sequence[StreamRecord], str]:
        """Return the records from an iterator on, and the iterator after them; "" at the end of a closed shard."""
        shard, _, place = iterator.partition(" ")
        answer = await self._ask("GetRecords", {"ShardIterator": place, "Limit": most})
        records = [self._record(shard, one) for one in answer["Records"]]
        after = answer.get("NextShardIterator")
        return records, f"{shard} {after}" if after else ""

    def _record(self, shard: str, record: dict[str, Any]) -> StreamRecord:
        at = float(record["ApproximateArrivalTimestamp"])
        data = {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": record["Data"],
            "approximateArrivalTimestamp": at,
        }
        content = {
            "kinesis": data,
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"{shard}:{record['SequenceNumber']}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": self._reader,
            "awsRegion": self._region,
            "eventSourceARN": self.arn,
        }
        return StreamRecord(content, record["SequenceNumber"], at)

    async def _ask(self, operation: str, content: dict[str, Any]) -> dict[str, Any]:
        host = service_names.service("kinesis").host(self._region)
        return await json_answer(self._call_host, host, f"Kinesis_20131202.{operation}", content)
