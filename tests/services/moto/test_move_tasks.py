"""Messages of a dead-letter queue are moved to where they came from, or to another queue."""

import json

import pytest

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher

HERE = "arn:aws:sqs:us-east-1:123456789012:"


@pytest.fixture
def sqs(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    dispatcher = Dispatcher()

    def ask(operation, queue="", **members):
        named = {"QueueUrl": f"https://sqs.us-east-1.amazonaws.com/123456789012/{queue}"} if queue else {}
        headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", f"AmazonSQS.{operation}")]
        content = json.dumps({**named, **members}).encode()
        return json.loads(
            dispatcher.answer(FrameCall(1, "sqs.us-east-1.amazonaws.com", "POST", "/", headers, content)).body or b"{}"
        )

    ask("CreateQueue", QueueName="dead")
    redrive = json.dumps({"deadLetterTargetArn": f"{HERE}dead", "maxReceiveCount": 1})
    for name in ("first", "second"):
        ask("CreateQueue", QueueName=name, Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "0"})
        ask("SendMessage", name, MessageBody=name)
        for _ in range(2):
            ask("ReceiveMessage", name)
    yield ask
    for name in ("first", "second", "dead"):
        ask("DeleteQueue", name)


def bodies(sqs, queue):
    return sorted(one["Body"] for one in sqs("ReceiveMessage", queue, MaxNumberOfMessages=10).get("Messages", ()))


def test_each_message_goes_back_to_its_queue(sqs):
    assert sqs("StartMessageMoveTask", SourceArn=f"{HERE}dead")["TaskHandle"]
    (task,) = sqs("ListMessageMoveTasks", SourceArn=f"{HERE}dead")["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 2)
    assert [bodies(sqs, queue) for queue in ("first", "second", "dead")] == [["first"], ["second"], []]


def test_all_go_to_the_queue_of_the_request(sqs):
    sqs("StartMessageMoveTask", SourceArn=f"{HERE}dead", DestinationArn=f"{HERE}first")
    assert bodies(sqs, "first") == ["first", "second"]


def test_a_message_without_another_source_stays(sqs):
    sqs("SendMessage", "dead", MessageBody="own")
    sqs("StartMessageMoveTask", SourceArn=f"{HERE}dead")
    (task,) = sqs("ListMessageMoveTasks", SourceArn=f"{HERE}dead")["Results"]
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert bodies(sqs, "dead") == ["own"]


@pytest.mark.parametrize(
    ("operation", "members", "code"),
    [
        ("StartMessageMoveTask", {"SourceArn": f"{HERE}first"}, "InvalidParameterValue"),
        ("StartMessageMoveTask", {"SourceArn": f"{HERE}none"}, "ResourceNotFoundException"),
        (
            "StartMessageMoveTask",
            {"SourceArn": f"{HERE}dead", "DestinationArn": f"{HERE}none"},
            "ResourceNotFoundException",
        ),
        ("CancelMessageMoveTask", {"TaskHandle": "none"}, "ResourceNotFoundException"),
    ],
)
def test_a_task_that_cannot_be(sqs, operation, members, code):
    assert sqs(operation, **members)["__type"].endswith(code)


def test_a_dead_letter_names_the_queue_that_it_comes_from(sqs):
    def sources(queue, **asked):
        received = sqs("ReceiveMessage", queue, MaxNumberOfMessages=10, VisibilityTimeout=0, **asked)["Messages"]
        return sorted(one.get("Attributes", {}).get("DeadLetterQueueSourceArn", "") for one in received)

    assert sources("dead", MessageSystemAttributeNames=["All"]) == [f"{HERE}first", f"{HERE}second"]
    assert sources("dead", AttributeNames=["SenderId"]) == ["", ""]
    sqs("StartMessageMoveTask", SourceArn=f"{HERE}dead", DestinationArn=f"{HERE}first")
    assert sources("first", AttributeNames=["All"]) == ["", ""]
