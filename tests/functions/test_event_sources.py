"""Queues that invoke functions."""

import asyncio
import json

from netful.functions.event_sources import Mapping, Pollers, queue_mappings
from netful.functions.invocation import Invocation, Usage
from netful.model.cloud import Cloud
from netful.model.function import Code, Function
from netful.model.resource import Resource

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
MESSAGES = [
    {"MessageId": id_, "ReceiptHandle": f"handle {id_}", "Body": id_, "MD5OfBody": "0", "MessageAttributes": {
        "kind": {"DataType": "String", "StringValue": "x"}}}
    for id_ in ("a", "b")
]  # fmt: skip


def cloud(**properties):
    written = {"EventSourceArn": QUEUE, "FunctionName": "fn", **properties}
    mapping = Resource("M", "AWS::Lambda::EventSourceMapping", written)
    return Cloud(functions={"Fn": Function("Fn", "fn", Code())}, resources={"M": mapping})


def poll(one, payload=b"null", error=None):
    """What the function got of one batch, and what was deleted after it."""
    events, deleted = [], []

    class Queue:
        arn, region = QUEUE, "eu-west-1"

        def __init__(self):
            self.batches = [MESSAGES]

        async def receive(self, _most):
            if not self.batches:
                done.set()
                await asyncio.Event().wait()
            return self.batches.pop()

        async def delete(self, handles):
            deleted.extend(handles)

    async def invoke(_function_id, event):
        events.append(json.loads(event))
        return Invocation("id", payload, error, b"", Usage(1.0, None, 1))

    done = asyncio.Event()

    async def main():
        pollers = Pollers(lambda _arn: Queue(), invoke)
        await pollers.follow(one)
        await asyncio.wait_for(done.wait(), 5)
        await pollers.close()

    asyncio.run(main())
    return events, deleted


def test_a_batch_that_was_worked_on_is_deleted():
    (event,), deleted = poll(cloud())
    assert deleted == ["handle a", "handle b"]
    assert [record["body"] for record in event["Records"]] == ["a", "b"]
    first = event["Records"][0]
    assert (first["eventSource"], first["eventSourceARN"], first["awsRegion"]) == ("aws:sqs", QUEUE, "eu-west-1")
    assert first["messageAttributes"]["kind"]["stringValue"] == "x"


def test_a_batch_that_failed_stays():
    assert poll(cloud(), error="Unhandled")[1] == []


def test_only_the_failed_messages_of_a_batch_stay():
    answer = b'{"batchItemFailures": [{"itemIdentifier": "b"}]}'
    reports = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
    assert poll(cloud(**reports), answer)[1] == ["handle a"]
    assert poll(cloud(), answer)[1] == ["handle a", "handle b"]


def test_which_mappings_are_polled():
    assert [*queue_mappings(cloud(BatchSize="3"))] == [Mapping("Fn", QUEUE, 3)]
    assert [*queue_mappings(cloud(FunctionName="arn:aws:lambda:r:1:function:fn:live"))] == [Mapping("Fn", QUEUE)]
    assert [*queue_mappings(cloud(Enabled=False))] == []
    assert [*queue_mappings(cloud(EventSourceArn="arn:aws:kinesis:eu-west-1:1:stream/s"))] == []
