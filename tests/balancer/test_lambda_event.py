"""What a function behind a load balancer is given, and what its result becomes."""

import json

import pytest

from netful.balancer.lambda_event import LONGEST, answer, event
from netful.engine.load_balancers.error_pages import page
from netful.fabric.doors.door import Door, DoorKind
from netful.services.http.message import ClientConnection, Request

CONNECTION = ClientConnection(Door(DoorKind.LOCAL), ("", 0), ("", 0))
ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/Tg/0123456789abcdef"


def request(target="/", body=b"", **headers):
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Request("POST", target, (("Host", "shop.example.com"), *named), body, CONNECTION)


def test_event():
    assert event(request("/a%20b?x=1&x=%202&flag", b"text", Content_Type="text/plain"), ARN, multi=False) == {
        "requestContext": {"elb": {"targetGroupArn": ARN}},
        "httpMethod": "POST",
        "path": "/a%20b",
        "queryStringParameters": {"x": "%202", "flag": ""},
        "headers": {"host": "shop.example.com", "content-type": "text/plain"},
        "body": "text",
        "isBase64Encoded": False,
    }


def test_event_with_every_value():
    found = event(request("/?x=1&x=2", Accept="a"), ARN, multi=True)
    assert found["multiValueQueryStringParameters"] == {"x": ["1", "2"]}
    assert found["multiValueHeaders"] == {"host": ["shop.example.com"], "accept": ["a"]}
    assert not {"headers", "queryStringParameters"} & found.keys()


@pytest.mark.parametrize(
    ("headers", "encoded"),
    [
        ({}, False),
        ({"Content_Type": "application/json; charset=utf-8"}, False),
        ({"Content_Type": "image/png"}, True),
        ({"Content_Type": "text/plain", "Content_Encoding": "gzip"}, True),
    ],
)
def test_bodies_that_are_no_text_are_encoded(headers, encoded):
    found = event(request(body=b"hi", **headers), ARN, multi=False)
    assert (found["body"], found["isBase64Encoded"]) == (("aGk=", True) if encoded else ("hi", False))


def test_answer():
    headers = {"X-A": "b", "X-N": 1, "X-T": True}
    result = {"statusCode": 201, "headers": headers, "body": "aGk=", "isBase64Encoded": True}
    found = answer(json.dumps(result).encode(), multi=False)
    assert (found.status, found.headers, found.body) == (201, (("X-A", "b"), ("X-N", "1"), ("X-T", "true")), b"hi")


def test_answer_with_every_value():
    result = {"statusCode": "200", "headers": {"x": "no"}, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}}
    found = answer(json.dumps(result).encode(), multi=True)
    assert (found.status, found.headers, found.body) == (200, (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), b"")


@pytest.mark.parametrize(
    "payload",
    [
        b"null",
        b'"text"',
        b"{}",
        b"not json",
        b'{"statusCode": "two"}',
        b'{"statusCode": 101}',
        b'{"statusCode": 200, "body": {"a": 1}}',
        b'{"statusCode": 200, "body": "?", "isBase64Encoded": true}',
        b'{"statusCode": 200, "headers": ["a"]}',
        b'{"statusCode": 200, "body": "' + b"x" * LONGEST + b'"}',
    ],
)
def test_a_malformed_result_is_502(payload):
    found = answer(payload, multi=False)
    assert (found.status, found.body.decode()) == (502, page(502))


def test_values_of_a_header_that_are_no_list_are_502():
    assert answer(b'{"statusCode": 200, "multiValueHeaders": {"X-A": "bc"}}', multi=True).status == 502
