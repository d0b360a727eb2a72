"""The template's EventBridge rules that have a pattern, with their targets; schedules are Lambda's side's to keep.

A rule holds nothing of its own, so a change of the template makes all of them anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from netful.model import catalog
from netful.model.cloud import Cloud
from netful.model.resource import Resource
from netful.model.unknown import Unknown
from netful.services.inside import CallHost, json_request
from netful.services.message import Request

_RULE = "AWS::Events::Rule"


async def put_rules(cloud: Cloud, call_host: CallHost) -> tuple[str, ...]:
    """Make the rules; returns a warning for each that is not there."""
    warnings = []
    for rule in _rules(cloud):
        for request in _puts(rule):
            response = await call_host(_host(cloud), request)
            if response.status >= 300:
                why = response.body.decode(errors="replace")
                warnings.append(f"{rule.origin}: `{rule.id}` is left out: {why}")
                break
    return tuple(warnings)


async def delete_rules(cloud: Cloud, call_host: CallHost) -> None:
    """Delete the rules; one that is gone already is no fault."""
    for rule in _rules(cloud):
        ids = [target["Id"] for target in _targets(rule)]
        if ids:
            asked = {"Rule": _name(rule), "Ids": ids, **_bus(rule)}
            await call_host(_host(cloud), json_request("AWSEvents.RemoveTargets", asked))
        await call_host(_host(cloud), json_request("AWSEvents.DeleteRule", {"Name": _name(rule), **_bus(rule)}))


def _rules(cloud: Cloud) -> Iterator[Resource]:
    for resource in cloud.resources.values():
        if resource.type == _RULE and isinstance(resource.properties.get("EventPattern"), Mapping | str):
            yield resource


def _puts(rule: Resource) -> Iterator[Request]:
    pattern = rule.properties["EventPattern"]
    text = pattern if isinstance(pattern, str) else json.dumps(_written(pattern))
    state = str(rule.properties.get("State") or "ENABLED")
    yield json_request("AWSEvents.PutRule", {"Name": _name(rule), "EventPattern": text, "State": state, **_bus(rule)})
    targets = _targets(rule)
    if targets:
        yield json_request("AWSEvents.PutTargets", {"Rule": _name(rule), "Targets": targets, **_bus(rule)})


def _targets(rule: Resource) -> list[dict[str, Any]]:
    """The targets whose ARN is known."""
    written = [_written(target) for target in rule.properties.get("Targets") or () if isinstance(target, Mapping)]
    return [target for target in written if "Arn" in target and "Id" in target]


def _bus(rule: Resource) -> dict[str, str]:
    bus = rule.properties.get("EventBusName")
    return {"EventBusName": bus} if isinstance(bus, str) else {}


def _name(rule: Resource) -> str:
    name = rule.properties.get("Name")
    return name if isinstance(name, str) else rule.id


def _host(cloud: Cloud) -> str:
    return catalog.service("events").host(cloud.region)


def _written(value: Any) -> Any:
    """A template's value as JSON has it; what is not known is left out."""
    if isinstance(value, Mapping):
        return {str(key): _written(item) for key, item in value.items() if not isinstance(item, Unknown)}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value if not isinstance(item, Unknown)]
    return value
