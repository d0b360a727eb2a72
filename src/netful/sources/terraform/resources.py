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

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from netful.sources.files.marked import MarkedMap
from netful.sources.terraform import cloud_control, gone_parts
from netful.sources.terraform.creation_order import add_order
from netful.sources.terraform.makers import (
    apis,
    containers,
    databases,
    functions,
    gateways,
    hosted_zones,
    launching,
    load_balancers,
    network_acls,
    resource_policies,
    route_tables,
    security_groups,
    vpc,
    web_acls,
)
from netful.sources.terraform.plan.planned_resources import DOCUMENT, Planned
from netful.sources.terraform.plan.source_lines import Configuration
from netful.sources.terraform.translation import Completion, Maker, Translation
from netful.sources.terraform.types.block_types import BLOCKS
from netful.sources.terraform.types.resource_types import ADDITIONS, NO_RESOURCES, TYPES, kind_of
from netful.sources.terraform.types.rows import Shape, camel
from netful.sources.understanding.declared import DECLARED
from netful.sources.understanding.unread_types import OF_LATER

MAKERS: Mapping[str, Maker] = {
    **vpc.MAKERS,
    **gateways.MAKERS,
    **route_tables.MAKERS,
    **security_groups.MAKERS,
    **network_acls.MAKERS,
    **hosted_zones.MAKERS,
    **functions.MAKERS,
    **databases.MAKERS,
    **resource_policies.MAKERS,
    **apis.MAKERS,
}
COMPLETIONS: Mapping[str, Completion] = {
    **vpc.COMPLETIONS,
    **security_groups.COMPLETIONS,
    **hosted_zones.COMPLETIONS,
    **load_balancers.COMPLETIONS,
    **functions.COMPLETIONS,
    **launching.COMPLETIONS,
    **apis.COMPLETIONS,
    **containers.COMPLETIONS,
    **databases.COMPLETIONS,
    **web_acls.COMPLETIONS,
    **gateways.COMPLETIONS,
}


def translated(
    file: str,
    planned: list[Planned],
    variables: dict[str, Any],
    data: Mapping[str, dict[str, Any]],
    main_region: str,
    configuration: Configuration,
    deferred: Iterable[Planned] = (),
    gone: Iterable[Planned] = (),
) -> MarkedMap:
    """Return all resources of a template that is equivalent to a plan.

    `data` are the values of those that it has read. `deferred` are those that it leaves to a later one, `gone` are parts as they are before it deletes or updates them.
    """
    making = Translation(file, planned, variables, data, main_region, configuration)
    every, planned = planned, [resource for resource in planned if resource.type != DOCUMENT]
    for resource in planned:
        kind = kind_of(resource.type)
        if kind in TYPES:
            _make(making, resource, kind)
        elif own := cloud_control.type_of(kind):
            making.put(resource, own, cloud_control.properties(making, resource, own))
        elif kind not in MAKERS.keys() | ADDITIONS.keys() | NO_RESOURCES:
            making.put_whole(resource)
    before = [replace(resource, address=f"{resource.address} before") for resource in gone]
    for resource in before:
        _take(making, resource, planned)
    for resource in planned:
        kind = kind_of(resource.type)
        if kind in MAKERS:
            MAKERS[kind](making, resource)
        if kind in ADDITIONS:
            _add(making, resource, kind)
    gone_parts.remove(making, before, planned)
    for resource in planned:
        if not cloud_control.type_of(resource.type):
            _put_unread(making, resource)
    for resource in deferred:
        making.put_whole(resource, OF_LATER)
    add_order(making, every)
    return making.resources


def _put_unread(making: Translation, resource: Planned) -> None:
    """Add the arguments that are written and not read to the properties of their resource, if netful declares its type.

    Those of a resource that only extends another are properties of that one, with the address before their name.
    """
    own = making.resources.get(resource.address)
    made = making.extended.get(resource.address) if own is None else own
    if made is not None and made["Type"] in DECLARED and not DECLARED[made["Type"]].schema:
        for name, value in resource.values.unread(kind_of(resource.type), resource.expressions, resource.unknown):
            if camel(name) not in DECLARED[made["Type"]].aside.split():
                making.extend(made, name if own else f"{resource.address}.{name}", value, resource)


def _make(making: Translation, resource: Planned, kind: str) -> None:
    name, arguments = TYPES[kind]
    shape = Shape("", arguments, BLOCKS.get(kind, {}))
    completion = COMPLETIONS[kind](making, resource) if kind in COMPLETIONS else {}
    making.put(resource, name, {**making.shaped(resource, shape), **completion})


def _add(making: Translation, resource: Planned, kind: str) -> None:
    """Add to the resource that an association or attachment names."""
    found = _addition(making, resource, kind)
    if found is None and kind == "aws_iam_role_policy_attachment":
        functions.put_unplaced_policy(making, resource, [making.value(resource, "role")])
        return
    if found is None:
        making.put_whole(resource)
        return
    target, key, value = found
    making.extend(target, key, value if key in _SINGLE else [value], resource)


def _addition(making: Translation, resource: Planned, kind: str) -> tuple[MarkedMap, str, Any] | None:
    """Return the resource that an association or attachment names, the property of it, and what is added to that; None if not known."""
    holder, key, name = ADDITIONS[kind]
    target = making.holder(making.value(resource, holder))
    value = making.value(resource, name)
    if target is None or value is None:
        return None
    item = _ITEMS[key](making, resource, value) if key in _ITEMS else value
    key = "GroupSet" if (target["Type"], key) == ("AWS::EC2::NetworkInterface", "SecurityGroupIds") else key
    return target, key, item


def _take(making: Translation, part: Planned, planned: Iterable[Planned]) -> None:
    """Make what a part was before, or take it out of the list of the resource that it was added to."""
    kind = kind_of(part.type)
    if kind in TYPES:
        _make(making, part, kind)
    elif kind == "aws_iam_role_policy":
        name, role = part.values.get("name"), making.holder(making.value(part, "role"))
        if role is not None:
            gone_parts.take(making, planned, role, "Policies", lambda one: one.get("PolicyName") == name)
    elif kind in MAKERS:
        MAKERS[kind](making, part)
    elif found := _addition(making, part, kind):
        target, key, value = found
        gone_parts.take(making, planned, target, key, lambda one: one == value)


_SINGLE = ("Policy", "PolicyDocument", "PrivateDnsEnabled")
_FIREWALL_RULE = (
    "priority action firewall_domain_list_id dns_threat_protection confidence_threshold block_response "
    "block_override_dns_type block_override_domain block_override_ttl firewall_domain_redirection_action"
)
_ITEMS: Mapping[str, Callable[[Translation, Planned, Any], dict[str, Any]]] = {
    "Targets": lambda making, resource, value: {
        "Id": value,
        **making.named(resource, "port availability_zone"),
    },
    "TrafficSources": lambda _making, _resource, value: {"Identifier": value},
    "Entries": lambda _making, _resource, value: {"Cidr": value},
    "FirewallRules": lambda making, resource, _value: making.named(resource, _FIREWALL_RULE, {"q_type": "Qtype"}),
    "VPCs": lambda _making, _resource, value: {"VPCId": value},
}
"""The form of an item in a list of objects."""
