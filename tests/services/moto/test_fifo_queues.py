"""FIFO queues take a message once in five minutes."""

import json

import pytest

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher


@pytest.fixture
def sqs(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    dispatcher, made = Dispatcher(), []

    def ask(operation, queue, **members):
        named = {"QueueUrl": f"https://sqs.us-east-1.amazonaws.com/123456789012/{queue}"}
        if operation == "CreateQueue":
            named, _ = {"QueueName": queue}, made.append(queue)
        headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", f"AmazonSQS.{operation}")]
        content = json.dumps({**named, **members}).encode()
        call = FrameCall(1, "sqs.us-east-1.amazonaws.com", "POST", "/", headers, content)
        return json.loads(dispatcher.answer(call).body or b"{}")

    yield ask
    for queue in made:
        ask("DeleteQueue", queue)


def send(sqs, id_, group="g"):
    sent = sqs("SendMessage", "q.fifo", MessageBody=id_, MessageGroupId=group, MessageDeduplicationId=id_)
    return sent["MessageId"], sent["SequenceNumber"]


def receive(sqs):
    """The bodies of the messages, which are deleted."""
    received = sqs("ReceiveMessage", "q.fifo", MaxNumberOfMessages=10).get("Messages", [])
    for one in received:
        sqs("DeleteMessage", "q.fifo", ReceiptHandle=one["ReceiptHandle"])
    return [one["Body"] for one in received]


@pytest.fixture
def now(monkeypatch):
    """The time, which tests set."""
    moment = [1000.0]
    monkeypatch.setattr("netful.services.moto.queues.time.time", lambda: moment[0])
    return moment


def test_a_message_is_taken_once_in_five_minutes_also_when_it_is_deleted(sqs, now):
    sqs("CreateQueue", "q.fifo", Attributes={"FifoQueue": "true"})
    first = send(sqs, "a")
    assert (send(sqs, "a"), receive(sqs)) == (first, ["a"])
    now[0] += 299
    assert (send(sqs, "a"), send(sqs, "a", "other"), receive(sqs)) == (first, first, [])
    assert (send(sqs, "b")[0] != first[0], receive(sqs)) == (True, ["b"])
    now[0] += 1
    assert (send(sqs, "a")[0] != first[0], receive(sqs)) == (True, ["a"])


def test_a_queue_may_compare_within_groups(sqs):
    attributes = {"FifoQueue": "true", "DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
    sqs("CreateQueue", "q.fifo", Attributes=attributes)
    assert send(sqs, "a", "g1") != send(sqs, "a", "g2")
    send(sqs, "a", "g2")
    assert receive(sqs) == ["a", "a"]
