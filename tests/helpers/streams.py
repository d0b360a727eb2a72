"""A stream held in memory, and a clock that tests move."""

import asyncio
from dataclasses import dataclass

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/now"


class Clock:
    """Time that passes only when someone sleeps."""

    def __init__(self):
        self.time = 1000.0

    def now(self):
        return self.time

    epoch = now

    async def sleep(self, seconds):
        self.time += seconds
        await asyncio.sleep(0)


@dataclass
class Record:
    content: dict
    sequence_number: str
    at: float


class Stream:
    """A shard with so many records; places are numbers."""

    arn, batch_info = ARN, "DDBStreamBatchInfo"

    def __init__(self, number):
        self.records = [Record({"n": n}, str(n), 1000.0) for n in range(number)]
        self.ended = asyncio.Event()

    async def shards(self):
        return {"shard-1": ()}

    async def iterator(self, _shard, position, _moment=0.0):
        return "0" if position == "TRIM_HORIZON" else str(len(self.records))

    async def read(self, iterator, most):
        start = int(iterator)
        found = self.records[start : start + most]
        if not found:
            self.ended.set()
        return found, str(start + len(found))
