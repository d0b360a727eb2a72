"""SNS's subscriptions: their filter policies, and their attributes when they are made."""

import json
from urllib.parse import urlencode

import pytest

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher
from netful.services.moto.outbox import Outbox

TOPIC = "arn:aws:sns:us-east-1:123456789012:filtered"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:fn"
LIST, NUMBER, TEXT = "String.Array", "Number", "String"


@pytest.fixture
def outbox(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return Outbox()


@pytest.fixture
def sns(outbox):
    """Calls of SNS, with a topic that is gone afterwards; each returns its status and its body."""
    dispatcher = Dispatcher(outbox)

    def call(action, **asked):
        headers = [("content-type", "application/x-www-form-urlencoded")]
        body = urlencode({"Action": action, "Version": "2010-03-31", **asked}).encode()
        reply = dispatcher.answer(FrameCall(1, "sns.us-east-1.amazonaws.com", "POST", "/", headers, body))
        return reply.status, reply.body.decode()

    call("CreateTopic", Name="filtered")
    yield call
    call("DeleteTopic", TopicArn=TOPIC)


def subscribe(sns, **attributes):
    entries = {}
    for number, (name, value) in enumerate(attributes.items(), 1):
        text = value if isinstance(value, str) else json.dumps(value)
        entries |= {f"Attributes.entry.{number}.key": name, f"Attributes.entry.{number}.value": text}
    return sns("Subscribe", TopicArn=TOPIC, Protocol="lambda", Endpoint=FUNCTION, **entries)


def publish(sns, message="m", **attributes):
    entries = {}
    for number, (name, (kind, value)) in enumerate(attributes.items(), 1):
        entry = f"MessageAttributes.entry.{number}"
        entries |= {
            f"{entry}.Name": name, f"{entry}.Value.DataType": kind, f"{entry}.Value.StringValue": value,
        }  # fmt: skip
    status, body = sns("Publish", TopicArn=TOPIC, Message=message, **entries)
    assert status == 200, body


@pytest.mark.parametrize(
    ("policy", "attribute", "passes"),
    [
        ([{"anything-but": {"suffix": "X"}}], (TEXT, "q"), True),
        ([{"anything-but": {"suffix": "X"}}], (TEXT, "qX"), False),
        ([{"equals-ignore-case": "ABC"}], (TEXT, "abc"), True),
        ([{"cidr": "10.0.0.0/8"}], (TEXT, "10.1.1.1"), True),
        ([{"cidr": "10.0.0.0/8"}], (TEXT, "11.1.1.1"), False),
        (["x"], (LIST, '["x", "y"]'), True),
        ([3], (NUMBER, "3.0"), True),
        ([{"numeric": ["<", 3]}], (NUMBER, "3"), False),
        ([{"prefix": "3"}], (NUMBER, "3"), False),
    ],
)
def test_a_filter_of_attributes(sns, outbox, policy, attribute, passes):
    assert subscribe(sns, FilterPolicy={"a": policy})[0] == 200
    publish(sns, a=attribute)
    assert bool(outbox.take()) is passes


@pytest.mark.parametrize(
    ("policy", "message", "passes"),
    [
        ({"a": [None]}, {"a": None}, True),
        ({"a": [{"prefix": "x"}]}, {"a": 5}, False),
        ({"a": [{"prefix": "x"}]}, ["a"], False),
        ({"l": {"k": ["v"], "n": [1]}}, {"l": [{"k": "u", "n": 1}, {"k": "v", "n": 2}]}, False),
        ({"l": {"k": ["v"], "n": [2]}}, {"l": [{"k": "u", "n": 1}, {"k": "v", "n": 2}]}, True),
    ],
)
def test_a_filter_of_bodies(sns, outbox, policy, message, passes):
    assert subscribe(sns, FilterPolicy=policy, FilterPolicyScope="MessageBody")[0] == 200
    publish(sns, json.dumps(message))
    assert bool(outbox.take()) is passes


def test_another_scope_holds_for_the_policy_that_is_there(sns, outbox):
    _, body = subscribe(sns, FilterPolicy={"a": ["x"]})
    arn = body.partition("<SubscriptionArn>")[2].partition("<")[0]
    named = {"SubscriptionArn": arn, "AttributeName": "FilterPolicyScope", "AttributeValue": "MessageBody"}
    assert sns("SetSubscriptionAttributes", **named)[0] == 200
    publish(sns, '{"a": "x"}')
    assert outbox.take()


@pytest.mark.parametrize("policy", [{"a": [{"wildcrad": "x"}]}, {"a": [{"numeric": "x"}]}, {"a": {"b": ["x"]}}])
def test_a_subscription_with_a_policy_that_is_refused_is_not_made(sns, outbox, policy):
    status, body = subscribe(sns, FilterPolicy=policy)
    assert (status, "<Code>InvalidParameter</Code>" in body) == (400, True)
    publish(sns)
    assert outbox.take() == []


def test_a_subscription_keeps_its_attributes_when_it_is_made_again(sns):
    assert subscribe(sns, FilterPolicy={"a": ["x"]})[0] == 200
    assert [subscribe(sns, FilterPolicy={"a": ["x"]})[0], subscribe(sns)[0]] == [200, 200]
    usual = {"RawMessageDelivery": "false", "FilterPolicyScope": "MessageAttributes"}
    assert subscribe(sns, FilterPolicy='{"a":["x"]}', **usual)[0] == 200
    status, body = subscribe(sns, FilterPolicy={"a": ["y"]})
    assert (status, "Subscription already exists with different attributes" in body) == (400, True)


@pytest.fixture
def queues(sns):  # noqa: ARG001  # its calls load the services
    """The back end of queues, with one for each test that is gone afterwards."""
    from moto.sqs.models import sqs_backends  # loaded by the calls

    made, backend = [], sqs_backends["123456789012"]["us-east-1"]

    def make(name, **attributes):
        statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
        made.append(name)
        return backend.create_queue(name, {}, Policy=json.dumps({"Statement": [statement]}), **attributes)

    yield make
    for name in made:
        backend.delete_queue(name)


def entries(**attributes):
    return {
        f"Attributes.entry.{number}.{part}": text
        for number, pair in enumerate(attributes.items(), 1)
        for part, text in zip(("key", "value"), pair, strict=True)
    }


def test_a_fifo_topic_sends_the_id_of_the_content_to_its_queues(sns, queues):
    """The queue has no content-based deduplication of its own, and gets each content once."""
    sns("CreateTopic", Name="ordered.fifo", **entries(FifoTopic="true", ContentBasedDeduplication="true"))
    topic, queue = f"{TOPIC.rpartition(':')[0]}:ordered.fifo", queues("ordered.fifo", FifoQueue="true")
    sns("Subscribe", TopicArn=topic, Protocol="sqs", Endpoint=queue.queue_arn)
    for text in ("a", "b", "a"):
        assert sns("Publish", TopicArn=topic, Message=text, MessageGroupId="g")[0] == 200
    assert [json.loads(one.body)["Message"] for one in queue.messages] == ["a", "b"]
    sns("DeleteTopic", TopicArn=topic)


def test_a_binary_attribute_arrives_raw_in_a_queue(sns, queues):
    queue = queues("raw")
    sns("Subscribe", TopicArn=TOPIC, Protocol="sqs", Endpoint=queue.queue_arn, **entries(RawMessageDelivery="true"))
    entry = "MessageAttributes.entry.1"
    value = {f"{entry}.Value.DataType": "Binary", f"{entry}.Value.BinaryValue": "AP8="}
    assert sns("Publish", TopicArn=TOPIC, Message="m", **{f"{entry}.Name": "b"}, **value)[0] == 200
    (message,) = queue.messages
    assert (message.message_attributes["b"]["BinaryValue"], len(message.attribute_md5)) == (b"\x00\xff", 32)
