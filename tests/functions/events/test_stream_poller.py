"""Streams that invoke functions: the order of batches, retries, halves, reports, and what is let go."""

import asyncio
import json

import pytest

from netful.engine.events.event_source_mappings import EventSourceMapping
from netful.functions.events.event_sources import Pollers
from netful.functions.events.stream_poller import ReadingPlaces, StreamOutlets, StreamPoller
from netful.functions.invocations.invocation import Invocation, InvokeRefused, Usage
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.functions.function import Code, Function
from tests.helpers.streams import ARN, Clock, Record, Stream


def run(number, answer, **asked):
    """The batches that a function got, and what a destination was told. `answer` gives a payload, or an error as text."""
    batches, told = [], []

    async def invoke(_function_id, event):
        batch = [record["n"] for record in json.loads(event)["Records"]]
        batches.append(batch)
        answered = answer(batch, len(batches))
        if isinstance(answered, Exception):
            raise answered
        error = "Unhandled" if isinstance(answered, str) else None
        return Invocation("id", answered if error is None else b"{}", error, b"", Usage(1.0, None, 1))

    async def send(delivery):
        told.append((delivery.target, json.loads(delivery.body)))
        kept = json.loads(delivery.of_bucket)
        assert (delivery.folder, kept) == ("M/shard-1", told[-1][1] | {"payload": kept["payload"]})
        assert json.loads(kept["payload"])["Records"]

    async def main():
        stream = Stream(number)
        mapping = EventSourceMapping(**{
            "id": "M", "function_id": "Fn", "source_arn": ARN, "batch_size": 100,
            "starting_position": "TRIM_HORIZON", **asked,
        })  # fmt: skip
        outlets = StreamOutlets(invoke, send, lambda _id: "arn:fn")
        task = asyncio.create_task(StreamPoller(mapping, stream, outlets, Clock()).run())
        await asyncio.wait_for(stream.ended.wait(), 5)
        task.cancel()

    asyncio.run(main())
    return batches, told


def fine(_batch, _attempt):
    return b"null"


def test_batches_come_in_order_and_of_their_size():
    assert run(5, fine, batch_size=2)[0] == [[0, 1], [2, 3], [4]]


def test_a_batch_is_invoked_in_parts_that_fit(monkeypatch):
    monkeypatch.setattr("netful.functions.events.batch_parts.MAX_PAYLOAD", 1024 + 2 * len('{"n": 0}, '))
    batches, told = run(5, lambda batch, _n: "no" if 2 in batch else b"null", retry_attempts=0, on_failure="arn:q")
    assert batches == [[0, 1], [2, 3], [4]]
    assert [one["DDBStreamBatchInfo"]["batchSize"] for _, one in told] == [2]


def test_latest_leaves_out_what_was_there():
    assert run(3, fine, starting_position="LATEST")[0] == []


def test_filters_choose():
    assert run(4, fine, filters=('{"n": [1, {"numeric": [">", 2]}]}',))[0] == [[1, 3]]


def test_a_failed_batch_holds_the_shard_up_until_it_works():
    batches, told = run(4, lambda batch, n: "no" if n < 3 and batch[0] == 0 else b"null", batch_size=2)
    assert (batches, told) == ([[0, 1], [0, 1], [0, 1], [2, 3]], [])


def test_a_refusal_is_no_attempt():
    refused = InvokeRefused(429, "TooManyRequestsException", "Rate Exceeded.")
    batches, told = run(1, lambda _b, n: refused if n < 5 else b"null", retry_attempts=0, on_failure="arn:q")
    assert (len(batches), told) == (5, [])


def test_after_the_last_retry_the_destination_is_told_where():
    batches, told = run(3, lambda batch, _n: "no" if 0 in batch else b"null", batch_size=2, retry_attempts=1, on_failure="arn:q")  # fmt: skip
    assert batches == [[0, 1], [0, 1], [2]]
    ((target, record),) = told
    assert target == "arn:q"
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["responseContext"]["functionError"] == "Unhandled"
    info = record["DDBStreamBatchInfo"]
    assert (info["shardId"], info["startSequenceNumber"], info["endSequenceNumber"]) == ("shard-1", "0", "1")
    assert (info["batchSize"], info["streamArn"]) == (2, ARN)
    assert info["approximateArrivalOfFirstRecord"] == "1970-01-01T00:16:40.000Z"


def test_bisecting_finds_the_record_that_fails():
    batches, told = run(4, lambda batch, _n: "no" if 2 in batch else b"null", bisect=True, retry_attempts=0, on_failure="arn:q")  # fmt: skip
    assert batches == [[0, 1, 2, 3], [0, 1], [2, 3], [2], [3]]
    assert [record["DDBStreamBatchInfo"]["startSequenceNumber"] for _, record in told] == ["2"]


def test_a_report_goes_on_from_the_first_failure():
    report = b'{"batchItemFailures": [{"itemIdentifier": "3"}, {"itemIdentifier": "2"}]}'
    batches, _ = run(4, lambda _b, n: report if n == 1 else b"null", partial=True)
    assert batches == [[0, 1, 2, 3], [2, 3]]


def test_an_invalid_report_fails_the_whole_batch():
    batches, told = run(2, lambda _b, _n: b'{"batchItemFailures": ["1"]}', partial=True, retry_attempts=1, on_failure="arn:q")  # fmt: skip
    assert batches == [[0, 1], [0, 1]]
    assert told[0][1]["requestContext"]["condition"] == "RetryAttemptsExhausted"


def test_an_invocation_that_netful_cannot_finish_is_no_attempt(caplog):
    batches, told = run(1, lambda _b, n: LookupError() if n < 3 else b"null", retry_attempts=0, on_failure="arn:q")
    assert (batches, told) == ([[0], [0], [0]], [])
    assert [record.exc_info[0] for record in caplog.records] == [LookupError, LookupError]


def test_a_stream_whose_reading_fails_goes_on_where_it_was(caplog):
    class Faulty(Stream):
        async def read(self, iterator, most):
            if iterator == "2" and not caplog.records:
                raise LookupError
            return await super().read(iterator, most)

    got = []

    async def main():
        stream = Faulty(4)

        async def invoke(_function_id, event):
            got.append([record["n"] for record in json.loads(event)["Records"]])
            return Invocation("id", b"null", None, b"", Usage(1.0, None, 1))

        outlets = StreamOutlets(invoke, None, None)
        pollers = Pollers(lambda mapping: StreamPoller(mapping, stream, outlets, Clock()), Clock())
        written = {"EventSourceArn": ARN, "FunctionName": "Fn", "StartingPosition": "TRIM_HORIZON", "BatchSize": 2}
        functions = {"Fn": Function("Fn", "Fn", Code())}
        mappings = {"M": Resource("M", "AWS::Lambda::EventSourceMapping", written)}
        await pollers.follow(Cloud.of(functions=functions, resources=mappings))
        await asyncio.wait_for(stream.ended.wait(), 5)
        await pollers.close()

    asyncio.run(main())
    assert got == [[0, 1], [2, 3]]
    assert len(caplog.records) == 1


def test_records_that_are_too_old_are_let_go():
    batches, told = run(2, lambda _b, _n: "no", record_age=60, on_failure="arn:q")
    assert 3 < len(batches) < 12
    assert told[0][1]["requestContext"]["condition"] == "RecordAgeExceeded"


def test_a_stream_that_begins_anew_is_read_from_its_beginning():
    class Restarted(Stream):
        """The places of before are not known any more, once."""

        lost = False

        async def read(self, iterator, most):
            if iterator == "2" and not self.lost:
                self.lost = True
                self.records = self.records[:1]
                raise ConnectionError("gone")
            return await super().read(iterator, most)

    got = []

    async def main():
        stream = Restarted(2)

        async def invoke(_function_id, event):
            got.append([record["n"] for record in json.loads(event)["Records"]])
            return Invocation("id", b"null", None, b"", Usage(1.0, None, 1))

        mapping = EventSourceMapping("M", "Fn", ARN, 10, starting_position="TRIM_HORIZON")
        task = asyncio.create_task(StreamPoller(mapping, stream, StreamOutlets(invoke, None, None), Clock()).run())
        await asyncio.wait_for(stream.ended.wait(), 5)
        task.cancel()

    asyncio.run(main())
    assert got == [[0, 1], [0]]


@pytest.mark.parametrize(("window", "batches"), [(0, [[0]]), (5, [[0, 1]])])
def test_a_window_waits_for_more(window, batches):
    class Late(Stream):
        """The second record is there at the third look."""

        looks = 0

        async def read(self, iterator, most):
            self.looks += 1
            if self.looks < 3:
                return (self.records[:1], "1") if iterator == "0" else ([], iterator)
            return await super().read(iterator, most)

    got = []

    async def main():
        stream = Late(2)
        done = asyncio.Event()

        async def invoke(_function_id, event):
            got.append([record["n"] for record in json.loads(event)["Records"]])
            done.set()
            return Invocation("id", b"null", None, b"", Usage(1.0, None, 1))

        mapping = EventSourceMapping("M", "Fn", ARN, 10, window_seconds=window, starting_position="TRIM_HORIZON")
        outlets = StreamOutlets(invoke, None, None)
        task = asyncio.create_task(StreamPoller(mapping, stream, outlets, Clock()).run())
        await asyncio.wait_for(done.wait(), 5)
        task.cancel()

    asyncio.run(main())
    assert got[:1] == batches


def test_lanes_are_worked_on_at_a_time_and_keep_the_order_of_their_keys():
    """The lane of one key stands still; the others get on, and each key's records stay in their order."""
    stuck, others, everything = asyncio.Event(), asyncio.Event(), asyncio.Event()
    done, under_way, most = [], set(), 0

    async def invoke(_function_id, event):
        nonlocal most
        batch = [(record["kinesis"]["partitionKey"], record["n"]) for record in json.loads(event)["Records"]]
        under_way.add(tuple(batch))
        most = max(most, len(under_way))
        if any(key == "k0" for key, _ in batch):
            await stuck.wait()
        await asyncio.sleep(0)
        under_way.discard(tuple(batch))
        done.extend(batch)
        if len({key for key, _ in done}) >= 4:
            others.set()
        if len(done) == 80:
            everything.set()
        return Invocation("id", b"null", None, b"", Usage(1.0, None, 1))

    async def main():
        stream = Stream(0)
        stream.records = [Record({"n": n, "kinesis": {"partitionKey": f"k{n % 8}"}}, str(n), 1000.0) for n in range(80)]
        mapping = EventSourceMapping(
            "M", "Fn", ARN, 5, starting_position="TRIM_HORIZON", parallelization=4
        )  # fmt: skip
        poller = StreamPoller(mapping, stream, StreamOutlets(invoke, None, None), Clock())
        task = asyncio.create_task(poller.run())
        await others.wait()
        assert "k0" not in {key for key, _ in done}
        stuck.set()
        await everything.wait()
        task.cancel()

    asyncio.run(asyncio.wait_for(main(), 10))
    assert 1 < most <= 4
    for key in {key for key, _ in done}:
        own = [n for one, n in done if one == key]
        assert own == sorted(own)


class Split(Stream):
    """A shard with two records that is split into two, each with one; the second of them is known later."""

    parents = {"shard-1": (), "shard-2": ("shard-1",), "shard-3": ("shard-1",)}  # noqa: RUF012  # the test's own

    def __init__(self):
        super().__init__(4)
        self.kept = {"shard-1": self.records[:2], "shard-2": self.records[2:3], "shard-3": self.records[3:]}
        self.is_known = False

    async def shards(self):
        return self.parents if self.is_known else {"shard-1": ()}

    async def iterator(self, shard, position, _moment=0.0):
        return f"{shard} {0 if position == 'TRIM_HORIZON' else 9}"

    async def read(self, iterator, _most):
        self.is_known = True
        shard, place = iterator.split()
        found = self.kept[shard][int(place) :]
        if shard == "shard-1":
            return found, ""
        return found, f"{shard} {int(place) + len(found)}"


@pytest.mark.parametrize("more", [{}, {"parallelization": 2}, {"tumbling_seconds": 60}])
def test_the_children_of_a_shard_are_read_after_it(more):
    got = []

    async def main():
        all_read = asyncio.Event()

        async def invoke(_function_id, event):
            got.extend(record["n"] for record in json.loads(event)["Records"])
            if len(got) == 4:
                all_read.set()
            return Invocation("id", b"{}", None, b"", Usage(1.0, None, 1))

        mapping = EventSourceMapping("M", "Fn", ARN, 10, starting_position="TRIM_HORIZON", **more)
        outlets = StreamOutlets(invoke, None, None)
        task = asyncio.create_task(StreamPoller(mapping, Split(), outlets, Clock()).run())
        await asyncio.wait_for(all_read.wait(), 5)
        task.cancel()

    asyncio.run(main())
    assert (got[:2], sorted(got[2:])) == ([0, 1], [2, 3])


def test_another_poller_of_the_mapping_goes_on_where_the_first_was():
    got, reading = [], ReadingPlaces()

    async def read(stream, batch_size):
        async def invoke(_function_id, event):
            got.append([record["n"] for record in json.loads(event)["Records"]])
            return Invocation("id", b"null", None, b"", Usage(1.0, None, 1))

        mapping = EventSourceMapping("M", "Fn", ARN, batch_size, starting_position="TRIM_HORIZON")
        outlets = StreamOutlets(invoke, None, None)
        task = asyncio.create_task(StreamPoller(mapping, stream, outlets, Clock(), reading).run())
        await asyncio.wait_for(stream.ended.wait(), 5)
        task.cancel()
        await asyncio.wait([task])

    async def main():
        stream = Stream(2)
        await read(stream, 10)
        stream.records += Stream(4).records[2:]
        stream.ended.clear()
        await read(stream, 1)

    asyncio.run(main())
    assert got == [[0, 1], [2], [3]]
