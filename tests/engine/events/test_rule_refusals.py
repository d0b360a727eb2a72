"""Rules and schedules that EventBridge refuses, by the property."""

import pytest

from netful.engine.events.rule_refusals import rule_refusal
from netful.model.core import Origin, Resource, Unknown

FUNCTION, MACHINE = (
    "arn:aws:lambda:us-east-1:123456789012:function:f",
    "arn:aws:states:us-east-1:123456789012:stateMachine:m",
)


def refused(type_="Events::Rule", **properties):
    found = rule_refusal(Resource("R", f"AWS::{type_}", properties, origin=Origin("template.yaml", 1)))
    return found.property if found else ""


@pytest.mark.parametrize(
    ("expression", "by_rule", "by_scheduler"),
    [
        ("cron(0 9 * * *)", True, True),
        ("cron(0 9 * * * *)", True, True),
        ("cron(0 9 ? * MON-FRI *)", False, False),
        ("cron(0 9 * * ? *)", False, False),
        ("rate(1 minutes)", True, False),
        ("rate(5 minute)", True, False),
        ("rate(1 minute)", False, False),
        ("rate(15 minutes)", False, False),
        ("at(2030-01-01T00:00:00)", True, False),
        ("0 9 * * *", True, True),
        (Unknown("Expression"), False, False),
    ],
)
def test_an_expression(expression, by_rule, by_scheduler):
    assert bool(refused(ScheduleExpression=expression)) is by_rule
    assert bool(refused("Scheduler::Schedule", ScheduleExpression=expression)) is by_scheduler


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"EventBusName": "orders", "ScheduleExpression": "rate(5 minutes)"}, "EventBusName"),
        ({"EventBusName": "orders", "EventPattern": {"source": ["s"]}}, ""),
        ({"EventBusName": "orders", "EventPattern": {"source": ["s"]}, "ScheduleExpression": ""}, ""),
        ({"EventBusName": "default", "ScheduleExpression": "rate(5 minutes)"}, ""),
        ({"EventBusName": Unknown("Bus"), "ScheduleExpression": "rate(5 minutes)"}, ""),
        ({"Targets": [{"Id": "a", "Arn": MACHINE}]}, "Targets"),
        ({"Targets": [{"Id": "a", "Arn": MACHINE, "RoleArn": "r"}]}, ""),
        ({"Targets": [{"Id": "a", "Arn": MACHINE, "RoleArn": Unknown("Role")}]}, ""),
        ({"Targets": [{"Id": "a", "Arn": MACHINE}], "RoleArn": "r"}, ""),
        ({"Targets": [{"Id": "a", "Arn": FUNCTION}]}, ""),
    ],
)
def test_a_bus_and_a_target(properties, expected):
    assert refused(**properties) == expected
