"""NF715: a text that was meant as a reference: `Queue.Arn` without `!GetAtt`, `${Queue}` without `!Sub`, `Subnet` in a list of ids.

Without `!GetAtt`, `!Sub` or `!Ref` the text is used literally: a policy for it matches nothing, and a deployment may
fail.

Instead: Use `!GetAtt Resource.Attribute`, `!Sub` for a text with `${…}` in it, and `!Ref` for an id.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.model.cloud import Cloud
from netful.model.core import Resource, listed, words_of
from netful.sources.files.marked import MarkedMap

_ATTRIBUTE = re.compile(r"(?P<name>[A-Za-z0-9]+)\.(?P<attribute>[A-Z][A-Za-z0-9.]+)")
_PLACEHOLDER = re.compile(r"\$\{(?P<name>[A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}")
# Properties whose values are ids that AWS generates, at any depth.
_IDS = frozenset({
    "AllocationId", "GatewayId", "GroupId", "GroupSet", "InternetGatewayId", "NatGatewayId", "NetworkAclId",
    "NetworkInterfaceId", "RouteTableId", "RouteTableIds", "SecurityGroupIds", "SourceSecurityGroupId", "SubnetId",
    "SubnetIds", "Subnets", "TransitGatewayId", "VPCSecurityGroups", "VPCZoneIdentifier", "VpcEndpointId", "VpcEndpointIds",
    "VpcId", "VpcPeeringConnectionId", "VpcSecurityGroupIds", "VpcSubnetIds",
})  # fmt: skip
_TEXTS = ("Description", "DefinitionString", "UserData", "Body", "Code", "RequestTemplates", "Metadata")


@Rule.of("text where a reference was meant", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for resource in filter(_is_written, facts.cloud.template.resources.values()):
        for name, value in resource.properties.items():
            if name in _TEXTS:
                continue
            meant = {text: function for text in words_of(value) if (function := _meant(facts.cloud, text))}
            meant |= dict.fromkeys(_named_in_ids(facts.cloud, resource, name, value), "!Ref")
            for text, function in meant.items():
                message = f"`{name}` of `{resource.id}` has the plain text `{text}`, not the value of `{function}`"
                hint = f"write `{function} {text}`"
                yield Problem(resource.id, resource.origin_of(name), message, hint, Certainty.LIKELY)


def _is_written(resource: Resource) -> bool:
    """Return whether a resource is as a template has it: calls leave no place in a file, descriptions no stack, and both no references."""
    properties = resource.properties
    return bool(resource.stack) and isinstance(properties, MarkedMap) and bool(properties.file)


def _named_in_ids(cloud: Cloud, resource: Resource, name: str, value: Any) -> Iterator[str]:
    """Return the names of resources and parameters that stand where only ids can. Ids have a hyphen, and names have none."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _named_in_ids(cloud, resource, key, item)
        return
    for item in listed(value):
        if isinstance(item, Mapping):
            yield from _named_in_ids(cloud, resource, "", item)
        elif name in _IDS and _is_name(cloud, item) and item not in resource.references:
            yield item


def _is_name(cloud: Cloud, item: Any) -> bool:
    """Return whether a value is the logical name of a resource or a parameter, and not what a parameter has."""
    is_text = isinstance(item, str) and item.isalnum()
    is_name = is_text and (item in cloud.template.resources or item in cloud.template.parameters)
    return is_name and item not in cloud.derived(__name__, lambda: frozenset(_given(cloud)))


def _given(cloud: Cloud) -> Iterator[str]:
    """Yield the values of parameters, and those in lists: for a name given there, the template has a reference."""
    for text in cloud.template.parameters.values():
        if isinstance(text, str):
            yield from (part.strip() for part in text.split(","))


def _meant(cloud: Cloud, text: str) -> str | None:
    """Return the forgotten function, if the text names a resource of the template."""
    whole = _ATTRIBUTE.fullmatch(text)
    if whole and whole["name"] in cloud.template.resources:
        return "!GetAtt"
    inside = _PLACEHOLDER.search(text)
    return "!Sub" if inside and inside["name"] in cloud.template.resources else None
