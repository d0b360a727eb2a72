"""Drift: what calls of other APIs have changed of a stack's resources since its deployment."""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.cloudformation.deployments.changes import known
from netful.account.cloudformation.deployments.stack_view import logical_id, members, physical_id
from netful.account.cloudformation.records import now
from netful.account.cloudformation.templates.template_text import as_json
from netful.model.cloud import Cloud
from netful.model.difference import differences
from netful.sources.account.stack_tags import own_properties

IN_SYNC, MODIFIED, DELETED = "IN_SYNC", "MODIFIED", "DELETED"
_NAMES = {
    "ingress": "SecurityGroupIngress", "egress": "SecurityGroupEgress", "statements": "Policies", "whole": "Policies",
}  # fmt: skip
"""Properties whose name is not that of the model's field."""


def drifts(stack_id: str, path: str, written: Cloud, running: Cloud) -> Iterator[Mapping[str, Any]]:
    """Yield each resource of a stack, which a cloud has by its path, as DescribeStackResourceDrifts lists it.

    Properties that the template does not set do not count.
    """
    indirect = _changed_fields(written, running)
    for resource in members(written, path):
        now_there = running.template.resources.get(resource.id)
        expected = known(own_properties(resource.properties))
        actual = known(own_properties(now_there.properties)) if now_there else {}
        changes = [*_differences(expected, actual)] if expected != actual else indirect.get(resource.id, [])
        changes = changes if now_there else []
        yield {
            "StackId": stack_id,
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
            names = dict.fromkeys(map(_name, one.fields))
            found.setdefault(one.id, []).extend(_difference(name, "", "", "NOT_EQUAL") for name in names)
    return found


def _name(field: str) -> str:
    return _NAMES.get(field) or "".join(word.capitalize() for word in field.split("_"))


def _differences(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in expected:
        if expected[name] != actual.get(name):
            kind = "NOT_EQUAL" if name in actual else "REMOVE"
            yield _difference(name, as_json(expected[name]), as_json(actual.get(name)), kind)


def _difference(name: str, expected: str, actual: str, kind: str) -> Mapping[str, Any]:
    return {"PropertyPath": f"/{name}", "ExpectedValue": expected, "ActualValue": actual, "DifferenceType": kind}
