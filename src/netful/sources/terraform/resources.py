"""Resources of a template, made from those of a plan, for the same readers.

Rules:
1. A logical id is the address. A part of a resource (an inline rule or route) has an id of its own: the address, the
   block's name and its number.
2. A known argument has the plan's value. The id or ARN of one of the plan's resources becomes a reference to it.
3. An argument that is known only after apply is its reference in the configuration (`references`), else unknown.
4. A type that is not read has its references as its only property.
5. An argument that is written and not read is a property under its own name, which the declarations judge (`arguments`).
6. A security group has only the egress rules that the plan gives it: the provider removes EC2's own.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.sources.files.marked import MarkedMap
from netful.sources.terraform import (
    apis,
    databases,
    distributions,
    dns_firewall,
    flow_logs,
    functions,
    gateways,
    hosted_zones,
    iam,
    load_balancers,
    network_acls,
    network_firewalls,
    route_tables,
    security_groups,
    vpc,
    web_acls,
)
from netful.sources.terraform.block_types import BLOCKS
from netful.sources.terraform.blocks import blocks_in, blocks_of, camel
from netful.sources.terraform.creation_order import add_order
from netful.sources.terraform.plan import Planned
from netful.sources.terraform.translation import Completion, Maker, Translation
from netful.sources.terraform.types import ADDITIONS, NO_RESOURCES, TYPES, kind_of
from netful.sources.understanding.declared import DECLARED

MAKERS: Mapping[str, Maker] = {
    **vpc.MAKERS,
    **gateways.MAKERS,
    **flow_logs.MAKERS,
    **route_tables.MAKERS,
    **security_groups.MAKERS,
    **network_acls.MAKERS,
    **load_balancers.MAKERS,
    **hosted_zones.MAKERS,
    **dns_firewall.MAKERS,
    **iam.MAKERS,
    **functions.MAKERS,
    **databases.MAKERS,
    **apis.MAKERS,
}
COMPLETIONS: Mapping[str, Completion] = {
    **vpc.COMPLETIONS,
    **security_groups.COMPLETIONS,
    **hosted_zones.COMPLETIONS,
    **load_balancers.COMPLETIONS,
    **distributions.COMPLETIONS,
    **functions.COMPLETIONS,
    **databases.COMPLETIONS,
    **web_acls.COMPLETIONS,
    **gateways.COMPLETIONS,
    **network_firewalls.COMPLETIONS,
    "aws_vpc_endpoint": lambda _making, _resource: {"PrivateDnsEnabled": False},
}

_UNSET = {("aws_lambda_function", "reserved_concurrent_executions"): -1}
"""Values by which the provider says that an argument is not set."""


def translated(file: str, planned: list[Planned], variables: dict[str, Any]) -> MarkedMap:
    """Return all resources of a template that is equivalent to a plan."""
    making = Translation(file, planned, variables)
    for resource in planned:
        kind = kind_of(resource.type)
        if kind in TYPES:
            _make(making, resource, kind)
        elif kind not in MAKERS.keys() | ADDITIONS.keys() | NO_RESOURCES:
            making.put_whole(resource)
    for resource in planned:
        kind = kind_of(resource.type)
        if kind in MAKERS:
            MAKERS[kind](making, resource)
        if kind in ADDITIONS:
            _add(making, resource, kind)
    for resource in planned:
        _put_unread(making, resource)
    add_order(making, planned)
    return making.resources


def _put_unread(making: Translation, resource: Planned) -> None:
    """Add the arguments that are written and not read to the properties of their resource, if netful declares its type."""
    made = making.resources.get(resource.address)
    if made is not None and made["Type"] in DECLARED and not DECLARED[made["Type"]].schema:
        for name, value in resource.values.unread(kind_of(resource.type), resource.expressions):
            if camel(name) not in DECLARED[made["Type"]].aside.split():
                making.extend(made, name, value, resource)


def _make(making: Translation, resource: Planned, kind: str) -> None:
    name, arguments = TYPES[kind]
    properties: dict[str, Any] = {}
    for path, target in arguments.items():
        value = making.value(resource, path)
        if value not in (None, "", _UNSET.get((kind, path))):
            _place(properties, target, value)
    for block, (target, members) in BLOCKS.get(kind, {}).items():
        if listed := [*_members(making, resource, block, members)]:
            _place(properties, target, listed)
    completion = COMPLETIONS[kind](making, resource) if kind in COMPLETIONS else {}
    making.put(resource, name, {**properties, **completion})


def _members(making: Translation, resource: Planned, path: str, members: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the blocks of a name, or of a name within another block, in a template's form."""
    holder, _, within = path.partition(".")
    blocks = (
        inner
        for block in blocks_of(resource, holder)
        for inner in ([block] if not within else blocks_in(block, within))
    )
    for block in blocks:
        found = {key: making.argument(resource, name, *block) for name, key in members.items()}
        yield {key: value for key, value in found.items() if value not in (None, "")}


def _add(making: Translation, resource: Planned, kind: str) -> None:
    """Add to the resource that an association or attachment names."""
    holder, key, name = ADDITIONS[kind]
    target = making.holder(making.value(resource, holder))
    value = making.value(resource, name)
    if target is None or value is None:
        making.put_whole(resource)
        return
    if key in _SINGLE:
        making.extend(target, key, value, resource)
        return
    item = _ITEMS[key](making, resource, value) if key in _ITEMS else value
    key = "GroupSet" if (target["Type"], key) == ("AWS::EC2::NetworkInterface", "SecurityGroupIds") else key
    making.extend(target, key, [item], resource)


_SINGLE = ("PolicyDocument", "PrivateDnsEnabled")
_ITEMS: Mapping[str, Callable[[Translation, Planned, Any], dict[str, Any]]] = {
    "Targets": lambda making, resource, value: {"Id": value, "Port": making.value(resource, "port")},
    "Entries": lambda _making, _resource, value: {"Cidr": value},
    "VPCs": lambda _making, _resource, value: {"VPCId": value},
}
"""The form of an item in a list of objects."""


def _place(properties: dict[str, Any], path: str, value: Any) -> None:
    *way, name = path.split(".")
    for step in way:
        properties = properties.setdefault(step, {})
    properties[name] = value
