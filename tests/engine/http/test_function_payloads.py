"""Results of functions that answer HTTP requests: any bytes make a response or the declared error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netful.engine.http import function_payloads
from netful.engine.http.function_payloads import EventRequest, MalformedResultError, Result

NOT_JSON = (b"", b"hello", b"\xff", b'"\xff"', b'"\\ud800"', b"[" * 100_000, b"1" * 6_000, b"NaN", b'{"a": 1')
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
results = st.fixed_dictionaries(
    {},
    optional={
        "statusCode": st.sampled_from([200, "200", "²", "٢٠٠", "1" * 5_000, True]) | values,
        "headers": values,
        "cookies": values,
        "body": st.sampled_from(["aGk=", "é", "?"]) | values,
        "isBase64Encoded": st.booleans() | values,
    },
)


@pytest.mark.parametrize("payload", NOT_JSON)
def test_bytes_that_are_not_json(payload):
    with pytest.raises(MalformedResultError):
        function_payloads.response(payload, "text/plain")
    with pytest.raises(MalformedResultError):
        function_payloads.stream_head(payload, "text/plain")
    assert function_payloads.error_message(payload) == ""


def test_an_event_of_format_2():
    request = EventRequest(
        "POST", "/a%20b", "x=1&x=2", {"x": ["1", "2"]},
        {"Cookie": ["a=1; b=2"], "User-Agent": ["u"], "X-Own": ["1", "2"], "Content-Type": ["image/png"]},
        b"\xff", "HTTP/1.1", "203.0.113.9", "api.example.com", "123456789012", "a1", "r1", 1.5, "POST /{id}", "live",
        {"id": "a%20b"}, {"v": "1"}, {"authorizer": {"k": 1}},
    )  # fmt: skip
    assert function_payloads.event(request) == {
        "version": "2.0",
        "routeKey": "POST /{id}",
        "rawPath": "/a b",
        "rawQueryString": "x=1&x=2",
        "cookies": ["a=1", "b=2"],
        "headers": {"user-agent": "u", "x-own": "1,2", "content-type": "image/png"},
        "queryStringParameters": {"x": "1,2"},
        "pathParameters": {"id": "a b"},
        "stageVariables": {"v": "1"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1",
            "authorizer": {"k": 1},
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": {
                "method": "POST",
                "path": "/a b",
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.9",
                "userAgent": "u",
            },
            "requestId": "r1",
            "routeKey": "POST /{id}",
            "stage": "live",
            "time": "01/Jan/1970:00:00:01 +0000",
            "timeEpoch": 1500,
        },
        "body": "/w==",
        "isBase64Encoded": True,
    }


@pytest.mark.parametrize(
    ("content_type", "encoded"),
    [
        ("text/plain; charset=Shift_JIS", False),
        ("Application/JSON; charset=utf-8", False),
        ("application/xml", False),
        ("application/javascript", False),
        ("application/x-www-form-urlencoded", True),
        ("multipart/form-data; boundary=x", True),
        ("", True),
    ],
)
def test_the_body_of_a_form_is_in_base64(content_type, encoded):
    body = "q=寿司".encode()
    expected = "cT3lr7/lj7g=" if encoded else "q=寿司"
    assert function_payloads.event_body(body, content_type) == (expected, encoded)


def test_the_head_of_a_streamed_response():
    prelude = b'{"statusCode": 201, "headers": {"X-Own": 1}, "cookies": ["a=1"]}'
    headers = (("Content-Type", "text/plain"), ("X-Own", "1"), ("Set-Cookie", "a=1"))
    assert function_payloads.stream_head(prelude, "text/plain") == Result(201, headers)
    assert function_payloads.stream_head(b"{}", "text/plain").status == 200


@given(st.binary() | (values | results).map(lambda value: json.dumps(value).encode()))
def test_any_payload_makes_a_response_or_the_declared_error(payload):
    for read in (function_payloads.response, function_payloads.stream_head):
        try:
            made = read(payload, "text/plain")
        except MalformedResultError:
            continue
        assert 200 <= made.status <= 999
        assert all(isinstance(text, str) for header in made.headers for text in header)
        assert isinstance(made.body, bytes)


@pytest.mark.parametrize(
    ("status", "body"),
    [(101, None), ("²", None), ("٢٠٠", None), ("1" * 5_000, None), (True, None), (200, "é"), (200, "?")],
)
def test_malformed_status_and_body(status, body):
    result = {"statusCode": status, "body": body, "isBase64Encoded": True}
    with pytest.raises(MalformedResultError):
        function_payloads.response(json.dumps(result).encode(), "text/plain")
