"""Results of functions that answer HTTP requests: any bytes make a response or the declared error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netful.engine.http import function_payloads
from netful.engine.http.function_payloads import MalformedResultError

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


@given(st.binary() | (values | results).map(lambda value: json.dumps(value).encode()))
def test_any_payload_makes_a_response_or_the_declared_error(payload):
    for read in (function_payloads.response, function_payloads.stream_head):
        try:
            made = read(payload, "text/plain")
        except MalformedResultError:
            continue
        assert 100 <= made.status <= 999
        assert all(isinstance(text, str) for header in made.headers for text in header)
        assert isinstance(made.body, bytes)


@pytest.mark.parametrize(
    ("status", "body"), [("²", None), ("٢٠٠", None), ("1" * 5_000, None), (True, None), (200, "é"), (200, "?")]
)
def test_malformed_status_and_body(status, body):
    result = {"statusCode": status, "body": body, "isBase64Encoded": True}
    with pytest.raises(MalformedResultError):
        function_payloads.response(json.dumps(result).encode(), "text/plain")
