"""EventBridge by calls: whose events reach which rules, and the schedules that the daemon is to run."""

import json

import pytest

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher
from netful.services.moto.outbox import Outbox
from netful.services.moto.timetables import Timetables

PLACE = "us-east-1:123456789012"
FUNCTION = f"arn:aws:lambda:{PLACE}:function:fn"
EVENT = {"source": "my.app", "detail-type": "t", "detail": {"k": 1}}


@pytest.fixture
def outbox(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return Outbox()


@pytest.fixture
def events(outbox):
    """Calls of EventBridge; whatever the test makes is gone afterwards."""
    dispatcher = Dispatcher(outbox)

    def call(operation, **asked):
        headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", f"AWSEvents.{operation}")]
        request = FrameCall(1, "events.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps(asked).encode())
        reply = dispatcher.answer(request)
        answer = json.loads(reply.body or "{}")
        return answer if reply.status == 200 else answer["__type"].rpartition("#")[2]

    yield call
    for rule in call("ListRules")["Rules"]:
        call("RemoveTargets", Rule=rule["Name"], Ids=["1"])
        call("DeleteRule", Name=rule["Name"])


def rule(events, name, **more):
    events("PutRule", Name=name, **more)
    events("PutTargets", Rule=name, Targets=[{"Id": "1", "Arn": FUNCTION}])


def test_an_event_reaches_rules_with_its_pattern_and_no_schedule(events, outbox):
    rule(events, "pattern", EventPattern='{"source": ["my.app"]}')
    rule(events, "timed", ScheduleExpression="rate(1 minute)")
    events("PutEvents", Entries=[{"Source": "my.app", "DetailType": "t", "Detail": "{}"}])
    (sent,) = outbox.take()
    assert (sent.rule, sent.service, sent.source.rpartition("/")[2]) == ("pattern", "events.amazonaws.com", "pattern")


def test_the_daemon_is_told_of_each_change_of_schedules(events):
    timetables = Timetables()
    assert timetables.changed() == []
    rule(events, "timed", ScheduleExpression="rate(1 minute)")
    ((told,),) = (one.schedules for one in timetables.changed())
    assert (told.arn, told.expression) == ("arn:aws:events:us-east-1:123456789012:rule/timed", "rate(1 minute)")
    assert json.loads(told.targets) == [{"Id": "1", "Arn": FUNCTION}]
    assert timetables.changed() == []
    events("DisableRule", Name="timed")
    assert [one.schedules for one in timetables.changed()] == [[]]


@pytest.mark.parametrize(("source", "matches"), [("my.app", True), ("other", False)])
def test_a_pattern_is_tested(events, source, matches):
    pattern = json.dumps({"source": [source]})
    assert events("TestEventPattern", EventPattern=pattern, Event=json.dumps(EVENT)) == {"Result": matches}


@pytest.mark.parametrize(
    "expression", ["rate(5 minute)", "rate(1 hours)", "cron(x)", "at(2030-01-01T00:00:00)", "daily"]
)
def test_rules_that_would_never_be_due_are_refused(events, expression):
    assert events("PutRule", Name="r", ScheduleExpression=expression) == "ValidationException"


@pytest.mark.parametrize("expression", ["rate(1 minute)", "rate(12 hours)", "cron(0 12 ? * MON-FRI *)"])
def test_rules_with_a_schedule(events, expression):
    assert events("PutRule", Name="r", ScheduleExpression=expression)["RuleArn"].endswith("rule/r")


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ({"detail": {"items": {"sku": [{"wildcard": "A*9"}]}}}, True),
        ({"detail": {"items": {"sku": ["A19"], "count": [2]}}}, False),  # of two items
        ({"detail": {"total": [{"numeric": [">", 10, "<=", 50]}]}}, True),
        ({"detail": {"country": [{"anything-but": {"suffix": ["X", "Y"]}}]}}, True),
        ({"detail": {"$or": [{"vip": [True]}, {"coupon": [{"exists": True}]}]}}, False),
        ({"time": [{"prefix": "2026-11-30T"}]}, True),
    ],
)
def test_a_rule_matches_as_eventbridge_does(events, outbox, pattern, matches):
    rule(events, "pattern", EventPattern=json.dumps(pattern))
    detail = {"items": [{"sku": "A19", "count": 1}, {"sku": "B", "count": 2}], "total": 50, "country": "DE"}
    entry = {"Source": "s", "DetailType": "t", "Detail": json.dumps(detail), "Time": 1796040000}
    events("PutEvents", Entries=[entry])
    assert bool(outbox.take()) is matches


@pytest.mark.parametrize("pattern", [{"source": [{"wildcrad": "a*"}]}, {"source": [{"numeric": ["<"]}]}])
def test_a_pattern_with_a_matcher_that_there_is_not_is_refused(events, pattern):
    assert events("PutRule", Name="r", EventPattern=json.dumps(pattern)) == "InvalidEventPatternException"


def test_an_event_is_written_into_a_log_group_by_any_form_of_its_arn(events):
    from moto.logs.models import logs_backends  # loaded by the calls

    logs = logs_backends["123456789012"]["us-east-1"]
    logs.create_log_group("/aws/events/all", {})
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/"
    targets = [{"Id": "1", "Arn": f"{arn}all:*"}, {"Id": "2", "Arn": f"{arn}all", "InputPath": "$.source"}, {"Id": "3", "Arn": f"{arn}none"}]  # fmt: skip
    events("PutRule", Name="pattern", EventPattern='{"source": ["my.app"]}')
    events("PutTargets", Rule="pattern", Targets=targets)
    answer = events("PutEvents", Entries=[{"Source": "my.app", "DetailType": "t", "Detail": "{}"}])
    events("RemoveTargets", Rule="pattern", Ids=["1", "2", "3"])
    assert answer["FailedEntryCount"] == 0
    written = [one for stream in logs.groups["/aws/events/all"].streams.values() for one in stream.events]
    whole, source = (one.message for one in written)
    assert (json.loads(whole)["detail-type"], source) == ("t", '"my.app"')
    logs.delete_log_group("/aws/events/all")


@pytest.mark.parametrize(("parameters", "key"), [({"PartitionKeyPath": "$.detail.id"}, "p1"), (None, None)])
def test_an_event_for_a_stream_has_a_partition_key(events, outbox, parameters, key):
    target = {
        "Id": "1",
        "Arn": "arn:aws:kinesis:us-east-1:123456789012:stream/s",
        "RoleArn": "arn:aws:iam::123456789012:role/r",
    }
    events("PutRule", Name="pattern", EventPattern='{"source": ["my.app"]}')
    events("PutTargets", Rule="pattern", Targets=[target | ({"KinesisParameters": parameters} if parameters else {})])
    events("PutEvents", Entries=[{"Source": "my.app", "DetailType": "t", "Detail": '{"id": "p1"}'}])
    (sent,) = outbox.take()
    assert sent.group == (key or json.loads(sent.text)["id"])


def test_another_bus_gets_the_event_as_it_is_and_forwards_it_to_no_third_one(events, outbox):
    buses = "arn:aws:events:us-east-1:123456789012:event-bus"
    bus = {"Id": "1", "Arn": f"{buses}/central", "RoleArn": "arn:aws:iam::123456789012:role/r"}
    events("CreateEventBus", Name="central")
    events("PutRule", Name="all", EventBusName="central", EventPattern='{"source": ["my.app"]}')
    back = {**bus, "Id": "2", "Arn": f"{buses}/default"}
    events("PutTargets", Rule="all", EventBusName="central", Targets=[{"Id": "1", "Arn": FUNCTION}, back])
    events("PutRule", Name="pattern", EventPattern='{"source": ["my.app"]}')
    events("PutTargets", Rule="pattern", Targets=[bus])
    entry = {"Source": "my.app", "DetailType": "t", "Detail": "{}", "Resources": ["arn:one"], "Time": 1796040000}
    (answer,) = events("PutEvents", Entries=[entry])["Entries"]
    (sent,) = outbox.take()
    event = json.loads(sent.text)
    events("RemoveTargets", Rule="all", EventBusName="central", Ids=["1", "2"])
    events("DeleteRule", Name="all", EventBusName="central")
    events("DeleteEventBus", Name="central")
    found = event["id"], event["resources"], event["time"], sent.source.rpartition(":")[2]
    assert found == (answer["EventId"], ["arn:one"], "2026-11-30T12:00:00Z", "rule/central/all")


def test_each_event_of_a_request_counts_for_itself(events, outbox):
    rule(events, "pattern", EventPattern='{"source": ["my.app"]}')
    one = {"Source": "my.app", "DetailType": "t", "Detail": "{}"}
    answer = events(
        "PutEvents",
        Entries=[{**one, "EventBusName": "none"}, {**one, "Source": "aws.ec2"}, {**one, "Detail": "[1]"}, one],
    )
    assert [entry.get("ErrorCode", "taken") for entry in answer["Entries"]] == [
        "taken", "NotAuthorizedForSourceException", "MalformedDetail", "taken",
    ]  # fmt: skip
    assert answer["FailedEntryCount"] == 2
    assert len(outbox.take()) == 1


@pytest.fixture
def dead_letters(events, monkeypatch):  # noqa: ARG001  # its calls load the services
    """The ARN of a queue for lost events."""
    from moto.sqs.models import sqs_backends  # loaded with the service

    backend = sqs_backends["123456789012"]["us-east-1"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:*",
        "Resource": "*",
    }
    yield backend.create_queue("lost", {}, Policy=json.dumps({"Statement": [statement]})).queue_arn
    backend.delete_queue("lost")


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (f"arn:aws:sqs:{PLACE}:none", "NO_RESOURCE"),
        (f"arn:aws:logs:{PLACE}:log-group:none", "NO_RESOURCE"),
        (f"arn:aws:events:{PLACE}:event-bus/none", "NO_RESOURCE"),
        (FUNCTION, "NO_PERMISSIONS"),
    ],
)
def test_a_lost_event_goes_to_the_dead_letters_of_its_target(events, outbox, dead_letters, target, code):
    events("PutRule", Name="pattern", EventPattern='{"source": ["my.app"]}')
    lost = {"Id": "1", "Arn": target, "DeadLetterConfig": {"Arn": dead_letters}}
    events("PutTargets", Rule="pattern", Targets=[lost])
    events("PutEvents", Entries=[{"Source": "my.app", "DetailType": "t", "Detail": '{"k": 1}'}])
    (sent,) = outbox.take()
    letter = sent.refused or sent  # whether a function admits the rule is known when it is to be invoked
    assert (letter.target, json.loads(letter.text)["detail"]) == (dead_letters, {"k": 1})
    found = {name: letter.attributes[name] for name in ("RULE_ARN", "TARGET_ARN", "ERROR_CODE")}
    assert found == {"RULE_ARN": f"arn:aws:events:{PLACE}:rule/pattern", "TARGET_ARN": target, "ERROR_CODE": code}
