"""EventBridge's rules and their targets, its buses with their archives, and the schedules of EventBridge Scheduler. The daemon runs those that are due at times."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from netful.engine.events.schedules import seconds_of
from netful.engine.events.senders import RULE, SCHEDULE
from netful.model.core import Unknown, is_set, is_wholly_known, known_parts, mapping, mappings
from netful.model.json_texts import json_object
from netful.service_models.member_types import in_types
from netful.service_models.service_model import service_model
from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import JsonService, Kind, NotKnownError, Wanted
from netful.services.http.backend_requests import rest_request
from netful.services.http.message import Request

EVENTS = JsonService("AWSEvents", model="events")
GROUP = "AWS::Scheduler::ScheduleGroup"
ON_TIME = frozenset({RULE, SCHEDULE, GROUP})
"""The types whose resources run without the back ends until these are called."""

_PATTERN, _EXPRESSION, _DATES = "EventPattern", "ScheduleExpression", ("StartDate", "EndDate")


def _parts(one: Wanted) -> Iterator[Part]:
    """Yield the rule and each target whose ARN is known; none of a rule with a pattern or an expression that is not known."""
    when = {name: one.properties[name] for name in (_PATTERN, _EXPRESSION) if is_set(one.properties.get(name))}
    if not when:
        _refuse_unknown(one)
    if not when or not all(isinstance(value, Mapping | str) for value in when.values()):
        return
    if _PATTERN in when:
        when[_PATTERN] = one.document(_PATTERN)
    name, bus = one.text("Name", one.name), one.set("EventBusName")
    key, state = (name, *bus.values()), one.text("State", "ENABLED")
    put = EVENTS("PutRule", Name=name, State=state, **when, **bus, **one.set("Description", "RoleArn"))
    yield Part(("rule", *key), put, EVENTS("DeleteRule", Name=name, **bus))
    own_bus = (bus_name for value in bus.values() if (bus_name := str(value).rpartition("/")[2]) != "default")
    yield from _tags(one, "/".join(("rule", *own_bus, name)))
    for target in known_parts(one.mappings("Targets")):
        if "Arn" in target and "Id" in target:
            put = EVENTS("PutTargets", Rule=name, Targets=[target], **bus)
            remove = EVENTS("RemoveTargets", Rule=name, Ids=[target["Id"]], **bus)
            yield Part(("target", str(target["Id"]), *key), put, remove)


def _tags(one: Wanted, rest: str) -> Iterator[Part]:
    """Yield the tags of a rule or an event bus; `rest` is the end of its ARN."""
    return one.tags(EVENTS, {"ResourceARN": one.arn("events", rest)})


def bus_statement(bus: str, label: str, **given: Any) -> Part:
    """Return the part for a statement in the policy of an event bus; the back end puts a policy with a label beside other statements."""
    named = {"EventBusName": bus, "StatementId": label}
    return Part(
        ("statement", bus, label), EVENTS("PutPermission", **named, **given), EVENTS("RemovePermission", **named)
    )


def labelled(statement: Mapping[str, Any], label: str) -> str:
    """Return a policy of one statement."""
    return json.dumps({"Statement": [{**statement, "Sid": label}]})


def _bus_parts(one: Wanted) -> Iterator[Part]:
    """Yield the tags of an event bus and the statements of its policy that are known."""
    yield from _tags(one, f"event-bus/{one.name}")
    policy = one.properties.get("Policy")
    written = (json_object(policy) if isinstance(policy, str) else mapping(policy)).get("Statement")
    statements = mappings(written if isinstance(written, list | tuple) else [written])
    for number, statement in enumerate(filter(is_wholly_known, statements)):
        label = str(statement.get("Sid") or f"Statement{number}")
        yield bus_statement(one.name, label, Policy=labelled(statement, label))


def _make_bus(one: Wanted) -> list[Request]:
    return [EVENTS("CreateEventBus", Name=one.name, **one.set("Description", "KmsKeyIdentifier", "DeadLetterConfig"))]


def _archive(operation: str, one: Wanted, **more: str) -> list[Request]:
    pattern = {_PATTERN: one.document(_PATTERN)} if is_set(one.properties.get(_PATTERN)) else {}
    days = {"RetentionDays": one.number("RetentionDays", 0)}
    return [EVENTS(operation, ArchiveName=one.name, **one.set("Description"), **days, **pattern, **more)]


def _make_archive(one: Wanted) -> list[Request]:
    if not one.text("SourceArn"):
        raise NotKnownError("its event bus is not known")
    return _archive("CreateArchive", one, EventSourceArn=one.text("SourceArn"))


def _refuse_unknown(one: Wanted) -> None:
    """Raise NotKnownError for a pattern or an expression that is not known."""
    unknown = [name for name in (_PATTERN, _EXPRESSION) if isinstance(one.properties.get(name), Unknown)]
    if unknown:
        raise NotKnownError(f"its `{unknown[0]}` is not known")


def _scheduler(operation: str, method: str, path: str, **members: Any) -> Request:
    model = service_model("scheduler")
    body = in_types(model, model.operations[operation].input, members)
    return rest_request(method, path, json.dumps(body).encode())


def _schedule(one: Wanted, operation: str, method: str, **dates: float) -> Request:
    given = one.set(
        "GroupName", "Description", "FlexibleTimeWindow", "KmsKeyArn", _EXPRESSION, "ScheduleExpressionTimezone", "Target",
        "ActionAfterCompletion",
    )  # fmt: skip
    return _scheduler(operation, method, _path(one), **given, State=one.text("State", "ENABLED"), **dates)


def _path(one: Wanted) -> str:
    return f"/schedules/{quote(one.name.rpartition('/')[2])}"


def _dates(one: Wanted) -> dict[str, float]:
    found = {name: seconds_of(one.properties.get(name)) for name in _DATES}
    return {name: seconds for name, seconds in found.items() if seconds is not None}


def _make_schedule(one: Wanted) -> Iterator[Request]:
    """Yield the requests that make a schedule; one that AWS made long ago may have a start that no new one may have."""
    _refuse_unknown(one)
    if not isinstance(one.mapping("Target").get("Arn"), str):
        raise NotKnownError("its target is not known")
    dates = _dates(one)
    start = dates.pop("StartDate", None)
    yield _schedule(one, "CreateSchedule", "POST", **dates)
    if start is not None:
        yield _schedule(one, "UpdateSchedule", "PUT", StartDate=start, **dates)


def _of_schedule(one: Wanted) -> Iterator[Part]:
    """Yield a schedule as its one part, whose removal needs its group."""
    remove = rest_request("DELETE", f"{_path(one)}?groupName={quote(one.text('GroupName', 'default'))}")
    yield Part(("schedule",), _schedule(one, "UpdateSchedule", "PUT", **_dates(one)), remove, initial=True)


KINDS = {
    "AWS::Events::EventBus": Kind("events", "Name", _make_bus, EVENTS.by_name("DeleteEventBus", "Name"), _bus_parts),
    "AWS::Events::Archive": Kind(
        "events",
        "ArchiveName",
        _make_archive,
        EVENTS.by_name("DeleteArchive", "ArchiveName"),
        update=partial(_archive, "UpdateArchive"),
    ),
    RULE: Kind("events", "", parts=_parts),
    GROUP: Kind(
        "scheduler",
        "Name",
        lambda one: [_scheduler("CreateScheduleGroup", "POST", f"/schedule-groups/{quote(one.name)}")],
        lambda one: [rest_request("DELETE", f"/schedule-groups/{quote(one.name)}")],
    ),
    SCHEDULE: Kind("scheduler", "Name", _make_schedule, parts=_of_schedule, group_property="GroupName"),
}
