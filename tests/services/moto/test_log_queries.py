"""Filter patterns, queries and groups of CloudWatch Logs."""

import json
import time

import pytest

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher

MESSAGES = ("ERROR no way", "WARN slow way", '{"level": "ERROR"}')
GROUP = "/aws/lambda/f"


@pytest.fixture
def logs(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    dispatcher = Dispatcher()

    def ask(operation, **members):
        headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", f"Logs_20140328.{operation}")]
        call = FrameCall(1, "logs.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps(members).encode())
        return json.loads(dispatcher.answer(call).body or b"{}")

    ask("DeleteLogGroup", logGroupName=GROUP)  # of the test before
    ask("CreateLogGroup", logGroupName=GROUP)
    now = int(time.time() * 1000)
    for stream, messages in {"a1": MESSAGES, "b1": ("ERROR elsewhere",)}.items():
        ask("CreateLogStream", logGroupName=GROUP, logStreamName=stream)
        events = [{"timestamp": now, "message": one} for one in messages]
        ask("PutLogEvents", logGroupName=GROUP, logStreamName=stream, logEvents=events)
    return ask


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("ERROR", [0, 2]),
        ("ERROR way", [0]),
        ('"no way"', [0]),
        ("?WARN ?level", [1, 2]),
        ('way -"no way"', [1]),
        ("-way", [2]),
        ("", [0, 1, 2]),
    ],
)
def test_a_pattern_of_words(logs, pattern, found):
    events = logs("FilterLogEvents", logGroupName=GROUP, logStreamNamePrefix="a", filterPattern=pattern)["events"]
    assert [one["message"] for one in events] == [MESSAGES[place] for place in found]


@pytest.mark.parametrize("pattern", ['{ $.level = "ERROR" }', "[level, ...]", "%ERROR|WARN%"])
def test_a_pattern_that_is_not_evaluated_is_refused(logs, pattern):
    assert logs("FilterLogEvents", logGroupName=GROUP, filterPattern=pattern)["__type"] == "UnknownOperationException"


@pytest.mark.parametrize(
    ("query", "is_evaluated"),
    [
        ("fields @timestamp, @message | sort @timestamp desc | limit 20", True),
        ("fields @message | filter @message like /ERROR/", False),
        ("stats count(*) by bin(5m)", False),
        ("fields level", False),
        ("limit 5", True),
    ],
)
def test_a_query_is_evaluated_or_refused(logs, query, is_evaluated):
    answer = logs("StartQuery", logGroupName=GROUP, startTime=0, endTime=2_000_000_000, queryString=query)
    assert ("queryId" in answer) is is_evaluated


@pytest.mark.parametrize("form", ["{}", "arn:aws:logs:us-east-1:123456789012:log-group:{}:*"])
def test_a_group_is_found_by_its_identifier(logs, form):
    named = {"logGroupIdentifier": form.format(GROUP)}
    assert len(logs("FilterLogEvents", **named, logStreamNamePrefix="b")["events"]) == 1
    assert len(logs("FilterLogEvents", **named, logStreamNamePrefix="none").get("events", ())) == 0
    assert len(logs("GetLogEvents", **named, logStreamName="a1")["events"]) == len(MESSAGES)
    assert len(logs("DescribeLogStreams", **named)["logStreams"]) == 2
