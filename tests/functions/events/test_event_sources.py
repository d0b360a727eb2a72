"""Which queues and streams invoke functions, and queues that do."""

import asyncio
import json

import pytest

from netful.engine.events.event_source_mappings import EventSourceMapping, event_source_mappings
from netful.functions.events.event_sources import Pollers
from netful.functions.events.not_delivered import not_delivered
from netful.functions.events.queue_poller import QueuePoller
from netful.functions.invocations.faults import MAX_PAYLOAD
from netful.functions.invocations.invocation import Invocation, Usage
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from netful.model.functions.function import Code, Function

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
KINDS = {"a": "x", "b": "y"}


def message(id_):
    attributes = {"kind": {"DataType": "String", "StringValue": "x"}}
    body = json.dumps({"kind": KINDS[id_], "id": id_})
    return {"MessageId": id_, "ReceiptHandle": f"handle {id_}", "Body": body, "MD5OfBody": "0", "MD5OfMessageAttributes": "1",
            "MessageAttributes": attributes}  # fmt: skip


def cloud(references=(), **properties):
    written = {"EventSourceArn": QUEUE, "FunctionName": "fn", **properties}
    mapping = Resource("M", "AWS::Lambda::EventSourceMapping", written, references=references)
    table = Resource("T", "AWS::DynamoDB::Table", {"TableName": "orders"})
    return Cloud.of(functions={"Fn": Function("Fn", "fn", Code())}, resources={"M": mapping, "T": table})


class Queue:
    arn, region = QUEUE, "eu-west-1"

    def __init__(self, batches, arn=QUEUE):
        self.arn = arn
        self.batches = [*batches]
        self.deleted = []
        self.empty = asyncio.Event()

    async def receive(self, _most, _seconds):
        if not self.batches:
            self.empty.set()
            await asyncio.Event().wait()
        return self.batches.pop(0)

    async def delete(self, handles):
        self.deleted.extend(handles)


def poll(one, payload=b"null", error=None):
    """What the function got of one batch, and what was deleted after it."""
    events = []

    async def main():
        queue = Queue([[message("a"), message("b")]])

        async def invoke(_function_id, event, _trace_id):
            events.append(json.loads(event))
            return Invocation("id", payload, error, b"", Usage(1.0, None, 1))

        pollers = Pollers(lambda mapping: QueuePoller(mapping, queue, invoke))
        await pollers.follow(one)
        await asyncio.wait_for(queue.empty.wait(), 5)
        await asyncio.sleep(0)  # the batch's own task ends
        await pollers.close()
        return queue.deleted

    return events, asyncio.run(main())


def test_a_batch_that_was_worked_on_is_deleted():
    (event,), deleted = poll(cloud())
    assert deleted == ["handle a", "handle b"]
    assert [record["messageId"] for record in event["Records"]] == ["a", "b"]
    first = event["Records"][0]
    assert (first["eventSource"], first["eventSourceARN"], first["awsRegion"]) == ("aws:sqs", QUEUE, "eu-west-1")
    assert first["messageAttributes"]["kind"]["stringValue"] == "x"
    assert (first["md5OfBody"], first["md5OfMessageAttributes"]) == ("0", "1")


def test_a_batch_that_failed_stays():
    assert poll(cloud(), error="Unhandled")[1] == []


def test_only_the_failed_messages_of_a_batch_stay():
    answer = b'{"batchItemFailures": [{"itemIdentifier": "b"}]}'
    reports = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
    assert poll(cloud(**reports), answer)[1] == ["handle a"]
    assert poll(cloud(), answer)[1] == ["handle a", "handle b"]


@pytest.mark.parametrize(
    ("payload", "deleted"),
    [
        (b"", ["handle a", "handle b"]),
        (b"null", ["handle a", "handle b"]),
        (b'""', ["handle a", "handle b"]),
        (b"[]", ["handle a", "handle b"]),
        (b"{}", ["handle a", "handle b"]),
        (b'{"batchItemFailures": null}', ["handle a", "handle b"]),
        (b'{"batchItemFailures": []}', ["handle a", "handle b"]),
        (b"not JSON", []),
        (b"\xff", []),
        (b"[" * 100_000, []),
        (b'"done"', []),
        (b'{"batchItemFailures": "a"}', []),
        (b'{"batchItemFailures": ["a"]}', []),
        (b'{"batchItemFailures": [{"itemIdentifier": null}]}', []),
        (b'{"batchItemFailures": [{"itemIdentifier": ""}]}', []),
        (b'{"batchItemFailures": [{"itemIdentifier": ["a"]}]}', []),
        (b'{"batchItemFailures": [{"itemIdentifier": "of another batch"}]}', []),
        (b'{"batchItemFailures": [{"foo": "a"}]}', []),
        (b'{"batchItemFailures": [{"itemIdentifier": "a"}, {"foo": "b"}]}', []),
    ],
)
def test_an_invalid_report_fails_the_whole_batch(payload, deleted):
    assert poll(cloud(FunctionResponseTypes=["ReportBatchItemFailures"]), payload)[1] == deleted


def test_a_poller_that_fails_is_reported_and_starts_again(caplog):
    class Clock:
        async def sleep(self, seconds):
            slept.append(seconds)

    slept, attempts = [], []

    class Poller:
        async def run(self):
            attempts.append(1)
            if len(attempts) < 3:
                raise LookupError
            running.set()
            await asyncio.Event().wait()

    async def main():
        pollers = Pollers(lambda _mapping: Poller(), Clock())
        await pollers.follow(cloud())
        await asyncio.wait_for(running.wait(), 5)
        await pollers.close()

    running = asyncio.Event()
    asyncio.run(main())
    assert (len(attempts), slept) == (3, [5.0, 5.0])
    assert [record.exc_info[0] for record in caplog.records] == [LookupError, LookupError]


def test_an_error_in_a_batch_ends_neither_the_poller_nor_goes_unseen(caplog):
    async def main():
        queue, invoked = Queue([[message("a")], [message("b")]]), []

        async def invoke(_function_id, event, _trace_id):
            invoked.append(event)
            if len(invoked) == 1:
                raise LookupError
            return Invocation("id", b"null", None, b"", Usage(1.0, None, 1))

        pollers = Pollers(lambda mapping: QueuePoller(mapping, queue, invoke))
        await pollers.follow(cloud())
        await asyncio.wait_for(queue.empty.wait(), 5)
        await asyncio.sleep(0)  # the batch's own task ends
        await pollers.close()
        return queue.deleted

    assert asyncio.run(main()) == ["handle b"]
    assert [record.exc_info[0] for record in caplog.records] == [LookupError]


def test_a_mapping_with_an_invalid_filter_is_reported(caplog):
    async def main():
        pollers = Pollers(lambda mapping: QueuePoller(mapping, Queue([]), None))
        await pollers.follow(cloud(FilterCriteria={"Filters": [{"Pattern": '{"body": "x"}'}]}))
        await pollers.close()

    asyncio.run(main())
    assert [message.partition(":")[0] for message in caplog.messages] == ["`M` ignored"]


def test_what_no_filter_lets_through_is_deleted_unseen():
    filters = {"FilterCriteria": {"Filters": [{"Pattern": '{"body": {"kind": ["y"]}}'}]}}
    (event,), deleted = poll(cloud(**filters))
    assert [record["messageId"] for record in event["Records"]] == ["b"]
    assert deleted == ["handle a", "handle b"]


@pytest.mark.parametrize(("arn", "asked", "most"), [(QUEUE, {}, 5), (QUEUE, {"ScalingConfig": {"MaximumConcurrency": 2}}, 2)])  # fmt: skip
def test_so_many_batches_are_worked_on_at_a_time(arn, asked, most):
    async def main():
        queue, running, go = Queue([[message("a")]] * 7, arn), [], asyncio.Event()

        async def invoke(_function_id, _event, _trace_id):
            running.append(1)
            await go.wait()
            return Invocation("id", b"null", None, b"", Usage(1.0, None, 1))

        (mapping,) = event_source_mappings(cloud(EventSourceArn=arn, **asked))
        task = asyncio.create_task(QueuePoller(mapping, queue, invoke).run())
        for _ in range(100):
            await asyncio.sleep(0)
        at_once = len(running)
        go.set()
        await asyncio.wait_for(queue.empty.wait(), 5)
        task.cancel()
        return at_once

    assert asyncio.run(main()) == most


def test_each_message_group_has_a_batch_of_its_own():
    """Groups are worked on at the same time, each in its order; a failure of one is no other's."""

    def of_group(id_, group):
        return message(id_) | {
            "MessageId": id_ + group,
            "ReceiptHandle": id_ + group,
            "Attributes": {"MessageGroupId": group},
        }

    async def main():
        queue = Queue([[of_group("a", "1"), of_group("a", "2"), of_group("b", "1")]], f"{QUEUE}.fifo")
        both, batches = asyncio.Barrier(2), []

        async def invoke(_function_id, event, _trace_id):
            batch = [record["messageId"] for record in json.loads(event)["Records"]]
            batches.append(batch)
            await both.wait()
            return Invocation("id", b"null", "Unhandled" if "a2" in batch else None, b"", Usage(1.0, None, 1))

        (mapping,) = event_source_mappings(cloud(EventSourceArn=queue.arn))
        task = asyncio.create_task(QueuePoller(mapping, queue, invoke).run())
        await asyncio.wait_for(queue.empty.wait(), 5)
        for _ in range(10):
            await asyncio.sleep(0)
        task.cancel()
        return batches, queue.deleted

    assert asyncio.run(main()) == ([["a1", "b1"], ["a2"]], ["a1", "b1"])


@pytest.mark.parametrize(
    ("arn", "parts"), [(QUEUE, [["1"], ["2", "3"], ["4"]]), (f"{QUEUE}.fifo", [["1"], ["2", "3"]])]
)
def test_a_batch_is_invoked_in_parts_that_fit(arn, parts):
    """A FIFO queue gets no part after one that failed."""
    sizes = {"1": 4 << 20, "2": 3 << 20, "3": 2 << 20, "4": 2 << 20}

    async def main():
        batch = [
            message("a") | {"MessageId": id_, "ReceiptHandle": id_, "Body": "x" * size} for id_, size in sizes.items()
        ]
        queue, batches = Queue([batch], arn), []

        async def invoke(_function_id, event, _trace_id):
            assert len(event) <= MAX_PAYLOAD
            batches.append([record["messageId"] for record in json.loads(event)["Records"]])
            return Invocation("id", b"null", "Unhandled" if "3" in batches[-1] else None, b"", Usage(1.0, None, 1))

        (mapping,) = event_source_mappings(cloud(EventSourceArn=arn))
        task = asyncio.create_task(QueuePoller(mapping, queue, invoke).run())
        await asyncio.wait_for(queue.empty.wait(), 5)
        for _ in range(10):
            await asyncio.sleep(0)
        task.cancel()
        return batches, queue.deleted

    processed = [id_ for part in parts for id_ in part if "3" not in part]
    assert asyncio.run(main()) == (parts, processed)


def test_which_mappings_there_are():
    def mappings(**properties):
        return [*event_source_mappings(cloud(**properties))]

    assert mappings(BatchSize="3") == [EventSourceMapping("M", "Fn", QUEUE, 3)]
    assert mappings(FunctionName="arn:aws:lambda:r:1:function:fn:live") == [
        EventSourceMapping("M", "Fn", QUEUE, 10, qualifier="live")
    ]
    assert [one.enabled for one in mappings(Enabled=False)] == [False]
    assert mappings(FunctionName="other") == []


def test_a_stream_is_found_by_its_table():
    position = {"StartingPosition": "TRIM_HORIZON", "BisectBatchOnFunctionError": True, "MaximumRetryAttempts": 3}
    (one,) = event_source_mappings(cloud(("Fn", "T"), EventSourceArn=Unknown("AWS decides"), **position))
    assert one.source_arn == "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
    assert (one.service, one.batch_size, one.bisect, one.retry_attempts) == ("dynamodb", 100, True, 3)


@pytest.mark.parametrize(
    ("headers", "continued"),
    [
        (["Root=1-a-b;Lineage=0a:2", "Root=1-a-b;Lineage=0a:2"], "Root=1-a-b;Lineage=0a:2"),
        (["Root=1-a-b", "Root=1-a-c"], ""),
        (["Root=1-a-b", None], ""),
        ([None, None], ""),
        (["Root=1-a-b;Lineage=0a:2", "Root=1-a-c;Lineage=0a:7|0b:1"], "Lineage=0a:7|0b:1"),
    ],
)
def test_a_batch_continues_the_trace_that_all_its_messages_belong_to(headers, continued):
    async def main():
        batch = [
            message(id_) | ({"Attributes": {"AWSTraceHeader": header}} if header else {})
            for id_, header in zip("ab", headers, strict=True)
        ]
        queue, given = Queue([batch]), asyncio.get_running_loop().create_future()

        async def invoke(_function_id, _event, trace_id):
            given.set_result(trace_id)
            return Invocation("id", b"null", None, b"", Usage(1.0, None, 1))

        pollers = Pollers(lambda mapping: QueuePoller(mapping, queue, invoke))
        await pollers.follow(cloud())
        try:
            return await asyncio.wait_for(given, 5)
        finally:
            await pollers.close()

    assert asyncio.run(main()) == continued


BROKER = "arn:aws:kafka:eu-west-1:123456789012:cluster/c/1"


@pytest.mark.parametrize(
    ("kind", "properties", "named"),
    [
        ("AWS::Pipes::Pipe", {}, True),
        ("AWS::Logs::SubscriptionFilter", {}, True),
        ("AWS::KinesisFirehose::DeliveryStream", {}, True),
        ("AWS::Events::ApiDestination", {}, True),
        ("AWS::Lambda::EventSourceMapping", {"EventSourceArn": BROKER, "FunctionName": "fn"}, True),
        ("AWS::Lambda::EventSourceMapping", {"SelfManagedEventSource": {"Endpoints": {}}, "FunctionName": "fn"}, True),
        ("AWS::Lambda::EventSourceMapping", {"EventSourceArn": "Cluster", "Topics": ["t"], "FunctionName": "fn"}, True),
        ("AWS::Lambda::EventSourceMapping", {"EventSourceArn": QUEUE, "FunctionName": "fn"}, False),
        ("AWS::SNS::Subscription", {}, False),
        ("AWS::AppSync::GraphQLApi", {}, True),
        ("AWS::Cognito::UserPool", {"LambdaConfig": {"PreSignUp": "arn:aws:lambda:us-east-1:1:function:f"}}, True),
        ("AWS::Cognito::UserPool", {}, False),
        ("AWS::Scheduler::Schedule", {"Target": {"Arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance"}}, True),
        ("AWS::Scheduler::Schedule", {"Target": {"Arn": QUEUE}}, False),
    ],
)
def test_what_delivers_nothing_is_named(kind, properties, named):
    made = cloud().having(resources={"Source": Resource("Source", kind, properties)})
    assert [text.split("`")[1] for text in not_delivered(made)] == (["Source"] if named else [])
