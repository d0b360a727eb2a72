"""Rules and schedules that EventBridge refuses: their expression, their bus, or a target without a role."""

from netful.engine.events.schedules import fault
from netful.engine.events.senders import RULE, SCHEDULE
from netful.model.core import Frozen, Resource, mappings

_BY_ROLE = {
    "ecs": "tasks of ECS",
    "firehose": "streams of Firehose",
    "kinesis": "streams of Kinesis",
    "states": "state machines",
}
"""Targets that rules reach by a role alone, by the service in their ARN."""
_DEFAULT = "default"
_ROLE = "set `RoleArn` to a role that `events.amazonaws.com` may assume"


class RefusedRule(Frozen):
    """The property that EventBridge refuses, with the reason and what to change."""

    property: str
    reason: str
    hint: str


def rule_refusal(resource: Resource) -> RefusedRule | None:
    """Return why EventBridge does not make a rule or a schedule; None if it makes it, or that is not known."""
    written, expression = resource.properties, resource.properties.get("ScheduleExpression") or None
    if resource.type not in (RULE, SCHEDULE):
        return None
    wrong = fault(expression, of_rule=resource.type == RULE) if isinstance(expression, str) else ""
    if wrong:
        hint = "write `rate(5 minutes)`, or six fields with one `?`, such as `cron(0 9 * * ? *)`"
        return RefusedRule("ScheduleExpression", f"`{expression}`: {wrong}", hint)
    if resource.type == SCHEDULE:
        return None
    bus = written.get("EventBusName", _DEFAULT)
    if expression is not None and isinstance(bus, str) and bus.rpartition("/")[2] != _DEFAULT:
        hint = "leave `EventBusName` out, or use a schedule of EventBridge Scheduler"
        return RefusedRule("EventBusName", f"`{bus}` is not the default event bus, and has no schedules", hint)
    for target in mappings(written.get("Targets")) if written.get("RoleArn") is None else ():
        arn = target.get("Arn")
        kind = _BY_ROLE.get((*arn.split(":"), "", "", "")[2]) if isinstance(arn, str) else None
        if kind and target.get("RoleArn") is None:
            return RefusedRule("Targets", f"a target has no `RoleArn`, and rules reach {kind} by a role", _ROLE)
    return None
