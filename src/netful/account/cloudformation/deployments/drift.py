"""Drift: what calls of other APIs have changed of a stack's resources since its deployment."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.cloudformation.deployments.changes import known
from netful.account.cloudformation.deployments.stack_view import logical_id, members, physical_id
from netful.account.cloudformation.records import StackRecord, now
from netful.account.cloudformation.templates.template_text import as_json
from netful.model.cloud import Cloud
from netful.model.difference import differences

IN_SYNC, MODIFIED, DELETED = "IN_SYNC", "MODIFIED", "DELETED"
_NAMES = {"ingress": "SecurityGroupIngress", "egress": "SecurityGroupEgress"}
"""Properties whose name is not that of the model's field."""


def drifts(record: StackRecord, written: Cloud, running: Cloud) -> Iterator[Mapping[str, Any]]:
    """Yield each resource of a stack as DescribeStackResourceDrifts lists it."""
    indirect = _changed_fields(written, running)
    for resource in members(written, record.name):
        now_there = running.template.resources.get(resource.id)
        expected = known(resource.properties)
        actual = known(now_there.properties) if now_there else {}
        changes = ([*_differences(expected, actual)] or indirect.get(resource.id, [])) if now_there else []
        yield {
            "StackId": record.id,
            "LogicalResourceId": logical_id(resource),
            "PhysicalResourceId": physical_id(written, resource),
            "ResourceType": resource.type,
            "ExpectedProperties": as_json(expected),
            "ActualProperties": as_json(actual) if now_there else None,
            "PropertyDifferences": changes,
            "StackResourceDriftStatus": DELETED if now_there is None else MODIFIED if changes else IN_SYNC,
            "Timestamp": now(),
        }


def _changed_fields(written: Cloud, running: Cloud) -> Mapping[str, list[Mapping[str, Any]]]:
    """Return the differences of things that are changed without their resource, such as a function or a group's rules."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in differences(written, running):
        if one.sign == "~" and one.id in written.template.resources:
            found.setdefault(one.id, []).extend(_difference(_name(field), "", "", "NOT_EQUAL") for field in one.fields)
    return found


def _name(field: str) -> str:
    return _NAMES.get(field) or "".join(word.capitalize() for word in field.split("_"))


def _differences(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in dict.fromkeys((*expected, *actual)):
        if expected.get(name) != actual.get(name):
            kind = "ADD" if name not in expected else "REMOVE" if name not in actual else "NOT_EQUAL"
            yield _difference(name, as_json(expected.get(name)), as_json(actual.get(name)), kind)


def _difference(name: str, expected: str, actual: str, kind: str) -> Mapping[str, Any]:
    return {"PropertyPath": f"/{name}", "ExpectedValue": expected, "ActualValue": actual, "DifferenceType": kind}
