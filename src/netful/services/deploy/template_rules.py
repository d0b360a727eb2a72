"""EventBridge rules of the template that have a pattern, with their targets. The functions' side runs the schedules.

A rule has no state, so a changed one is deleted and made again.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.names import service_names
from netful.services.deploy.left_out import LeftOut, message
from netful.services.deploy.resource_kind import known
from netful.services.http.backend_requests import CallHost, json_request
from netful.services.http.message import Request

_RULE = "AWS::Events::Rule"


class PlacedRule(msgspec.Struct, frozen=True):
    """A deployed rule: its name, its bus if it is not the default one, its targets' ids, and a digest of the content."""

    name: str
    bus: dict[str, str]
    targets: tuple[str, ...]
    content: str

    @property
    def place(self) -> tuple[str, ...]:
        """Its name and its bus, which no other rule has."""
        return (self.name, *self.bus.values())


def rules_of(cloud: Cloud) -> tuple[PlacedRule, ...]:
    """Return the template's rules."""
    return tuple(_placed(rule) for rule in _rules(cloud))


async def put_rules(cloud: Cloud, call_host: CallHost, have: Collection[PlacedRule]) -> dict[str, LeftOut]:
    """Put the rules that are not in `have`; return a warning for each missing one, by its name."""
    warnings = {}
    for rule in _rules(cloud):
        if _placed(rule) in have:
            continue
        for request in _puts(rule):
            response = await call_host(_host(cloud.region), request)
            if response.status >= 300:
                warnings[_name(rule)] = LeftOut(rule.id, f"`{rule.id}` is", message(response), rule.origin)
                break
    return warnings


async def delete_rules(gone: Iterable[PlacedRule], region: str, call_host: CallHost) -> None:
    """Delete rules; ignore those that no longer exist."""
    for rule in gone:
        if rule.targets:
            asked = {"Rule": rule.name, "Ids": rule.targets, **rule.bus}
            await call_host(_host(region), json_request("AWSEvents.RemoveTargets", asked))
        await call_host(_host(region), json_request("AWSEvents.DeleteRule", {"Name": rule.name, **rule.bus}))


def _placed(rule: Resource) -> PlacedRule:
    said = repr(known(rule.properties)).encode()
    ids = tuple(str(target["Id"]) for target in _targets(rule))
    return PlacedRule(_name(rule), _bus(rule), ids, hashlib.sha256(said).hexdigest())


def _rules(cloud: Cloud) -> Iterator[Resource]:
    for resource in cloud.template.resources.values():
        if resource.type == _RULE and isinstance(resource.properties.get("EventPattern"), Mapping | str):
            yield resource


def _puts(rule: Resource) -> Iterator[Request]:
    pattern = rule.properties["EventPattern"]
    text = pattern if isinstance(pattern, str) else json.dumps(known(pattern))
    state = str(rule.properties.get("State") or "ENABLED")
    yield json_request("AWSEvents.PutRule", {"Name": _name(rule), "EventPattern": text, "State": state, **_bus(rule)})
    targets = _targets(rule)
    if targets:
        yield json_request("AWSEvents.PutTargets", {"Rule": _name(rule), "Targets": targets, **_bus(rule)})


def _targets(rule: Resource) -> list[dict[str, Any]]:
    """Return the targets whose ARN is known."""
    written = [known(target) for target in rule.properties.get("Targets") or () if isinstance(target, Mapping)]
    return [target for target in written if "Arn" in target and "Id" in target]


def _bus(rule: Resource) -> dict[str, str]:
    bus = rule.properties.get("EventBusName")
    return {"EventBusName": bus} if isinstance(bus, str) else {}


def _name(rule: Resource) -> str:
    name = rule.properties.get("Name")
    return name if isinstance(name, str) else rule.id


def _host(region: str) -> str:
    return service_names.service("events").host(region)
