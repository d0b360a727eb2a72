"""Trace headers in the messages of queues."""

import json
from urllib.parse import parse_qs, urlencode

import pytest

from netful.fabric.doors.door import Door, DoorKind
from netful.services.front.service_trace import carrying
from netful.services.http.message import ClientConnection, Request

HEADER = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


def request(body, target=""):
    connection = ClientConnection(Door(DoorKind.INTERNET), ("203.0.113.9", 4711), ("198.18.0.1", 443))
    return Request("POST", "/", (("X-Amz-Target", target),) if target else (), body, connection)


def test_a_message_in_json_has_the_header():
    sent = request(json.dumps({"QueueUrl": "u", "MessageBody": "b"}).encode(), "AmazonSQS.SendMessage")
    content = json.loads(carrying("sqs", sent, HEADER).body)
    assert content["MessageBody"] == "b"
    assert content["MessageSystemAttributes"]["AWSTraceHeader"]["StringValue"] == HEADER


def test_a_message_of_the_query_protocol_has_the_header():
    sent = request(urlencode({"Action": "SendMessage", "MessageBody": "a&b"}).encode())
    content = parse_qs(carrying("sqs", sent, HEADER).body.decode())
    assert content["MessageBody"] == ["a&b"]
    assert content["MessageSystemAttribute.1.Name"] == ["AWSTraceHeader"]
    assert content["MessageSystemAttribute.1.Value.StringValue"] == [HEADER]


@pytest.mark.parametrize(
    ("service", "content", "target", "header"),
    [
        ("sqs", {"MessageSystemAttributes": {"AWSTraceHeader": {"StringValue": "x"}}}, "AmazonSQS.SendMessage", HEADER),
        ("sqs", {"MessageSystemAttributes": 5}, "AmazonSQS.SendMessage", HEADER),
        ("sqs", {}, "AmazonSQS.ReceiveMessage", HEADER),
        ("sqs", {}, "AmazonSQS.SendMessage", ""),
        ("ssm", {}, "AmazonSSM.SendMessage", HEADER),
        ("sqs", [], "AmazonSQS.SendMessage", HEADER),
    ],
)
def test_any_other_request_stays_as_it_is(service, content, target, header):
    sent = request(json.dumps(content).encode(), target)
    assert carrying(service, sent, header) is sent


def test_the_start_of_an_execution_has_the_header_in_place_of_the_clients():
    sent = request(b"{}", "AWSStepFunctions.StartExecution")
    sent.headers = (*sent.headers, ("X-Amzn-Trace-Id", "Root=1-0-0"))
    assert carrying("states", sent, HEADER).headers == (sent.headers[0], ("x-amzn-trace-id", HEADER))
