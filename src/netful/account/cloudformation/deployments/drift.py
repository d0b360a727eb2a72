"""Drift: what calls of other APIs have changed of a stack's resources since its deployment."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import reduce
from typing import Any

from netful.account.cloudformation.deployments.changes import known
from netful.account.cloudformation.deployments.stack_view import logical_id, members, physical_id
from netful.account.cloudformation.records import now
from netful.account.cloudformation.templates.template_text import as_json
from netful.model.cloud import Cloud
from netful.model.difference import changed_fields, differences
from netful.model.functions.function import Function
from netful.services.deploy.kinds.resource_kinds import KINDS
from netful.sources.account.stack_tags import own_properties

IN_SYNC, MODIFIED, DELETED, NOT_CHECKED = "IN_SYNC", "MODIFIED", "DELETED", "NOT_CHECKED"
_HELD_ELSEWHERE = frozenset({*KINDS, "AWS::SSM::Parameter"})
"""Types whose resources the services' back ends hold: what calls changed of them is not compared."""

_OF_OTHERS: Mapping[str, tuple[str, ...]] = {
    "HostedZone": ("records", "unnamed"),
    "InternetGateway": ("vpc_id",),
    "NetworkAcl": ("ingress", "egress", "subnet_ids"),
    "RouteTable": ("routes", "subnet_ids", "gateway_ids", "association_origins", "main", "possible_routes"),
    "TransitGatewayRouteTable": ("routes", "associations", "propagations"),
    "Vpc": ("cidr_blocks", "ipv6_cidr_blocks"),
    "VpnConnection": ("routes",),
    "VpnGateway": ("vpc_id",),
}
"""Fields of the model, by kind, that resources of their own decide: a property of the thing itself has none of them."""

_NAMES = {
    "ingress": "SecurityGroupIngress", "egress": "SecurityGroupEgress", "statements": "Policies", "whole": "Policies",
}  # fmt: skip
"""Properties whose name is not that of the model's field."""

_OF_FUNCTIONS = {
    "environment": "Environment/Variables", "ephemeral_storage": "EphemeralStorage/Size", "tracing_mode": "TracingConfig/Mode",
    "logging": "LoggingConfig", "dead_letter_arn": "DeadLetterConfig/TargetArn", "snap_start": "SnapStart/ApplyOn",
    "subnet_ids": "VpcConfig/SubnetIds", "security_group_ids": "VpcConfig/SecurityGroupIds", "file_mounts": "FileSystemConfigs",
    "ipv6_allowed_for_dual_stack": "VpcConfig/Ipv6AllowedForDualStack", "image_uri": "Code/ImageUri", "image": "Code/ImageUri",
    "runtime_management": "RuntimeManagementConfig",
}  # fmt: skip
"""The same of functions, with the path inside a property."""


def drifts(stack_id: str, path: str, written: Cloud, running: Cloud) -> Iterator[Mapping[str, Any]]:
    """Yield each resource of a stack, which a cloud has by its path, as DescribeStackResourceDrifts lists it.

    Properties that the template does not set do not count. A resource that a back end holds is not checked, unless a
    difference is known.
    """
    indirect = _changed_fields(written, running)
    for resource in members(written, path):
        now_there = running.template.resources.get(resource.id)
        expected = known(own_properties(resource.properties))
        actual = known(own_properties(now_there.properties)) if now_there else {}
        changes = [*_differences(expected, actual)] if expected != actual else indirect.get(resource.id, [])
        if resource.id in written.compute.functions and resource.id in running.compute.functions:
            changes, actual = _of_function(
                expected, *(one.compute.functions[resource.id] for one in (written, running))
            )
        changes = changes if now_there else []
        unchanged = NOT_CHECKED if resource.type in _HELD_ELSEWHERE else IN_SYNC
        yield {
            "StackId": stack_id,
            "LogicalResourceId": logical_id(resource),
            "PhysicalResourceId": physical_id(written, resource),
            "ResourceType": resource.type,
            "ExpectedProperties": as_json(expected),
            "ActualProperties": as_json(actual) if now_there else None,
            "PropertyDifferences": changes,
            "StackResourceDriftStatus": DELETED if now_there is None else MODIFIED if changes else unchanged,
            "Timestamp": now(),
        }


def _changed_fields(written: Cloud, running: Cloud) -> Mapping[str, list[Mapping[str, Any]]]:
    """Return the differences of things that are changed without their resource, such as a function or a group's rules."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in differences(written, running):
        if one.sign == "~" and one.id in written.template.resources:
            own = (field for field in one.fields if field not in _OF_OTHERS.get(one.kind, ()))
            names = dict.fromkeys(map(_name, own))
            found.setdefault(one.id, []).extend(_difference(name, "", "", "NOT_EQUAL") for name in names)
    return found


def _of_function(
    expected: Mapping[str, Any], old: Function, now: Function
) -> tuple[list[Mapping[str, Any]], Mapping[str, Any]]:
    """Return the differences of a function, and its properties as they are.

    Where the model has another form of a value than the template, as of references, the values are not shown.
    """
    changes, actual = [], deepcopy(dict(expected))
    for field in changed_fields(old, now):
        *outer, last = path = (_OF_FUNCTIONS.get(field) or _name(field)).split("/")
        holder: dict[str, Any] = reduce(lambda whole, name: whole.get(name) or {}, outer, actual)
        if last not in holder:
            continue
        before, after = getattr(old, field), getattr(now, field)
        shown = holder[last] == before
        texts = (as_json(before), as_json(after)) if shown else ("", "")
        changes.append(_difference("/".join(path), *texts, "NOT_EQUAL"))
        if shown:
            holder[last] = after
    return changes, actual


def _name(field: str) -> str:
    return _NAMES.get(field) or "".join(word.capitalize() for word in field.split("_"))


def _differences(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in expected:
        if expected[name] != actual.get(name):
            kind = "NOT_EQUAL" if name in actual else "REMOVE"
            yield _difference(name, as_json(expected[name]), as_json(actual.get(name)), kind)


def _difference(name: str, expected: str, actual: str, kind: str) -> Mapping[str, Any]:
    return {"PropertyPath": f"/{name}", "ExpectedValue": expected, "ActualValue": actual, "DifferenceType": kind}
