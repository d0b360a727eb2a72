"""Resources of the `awscc` provider: CloudFormation's own types, with names in lower case and underscores.

An attribute within another has no expression of its own in a plan. One that is known only after apply is the resource that the whole
attribute refers to, if that is only one.
"""

from functools import cache
from typing import Any

from netful.model.json_texts import json_or
from netful.sources import schema_names
from netful.sources.terraform.plan.planned_resources import Planned, mapping
from netful.sources.terraform.translation import Translation
from netful.sources.terraform.types.rows import camel
from netful.sources.understanding.declared import DECLARED

PREFIX = "awscc_"
_DOCUMENTS = ("policy", "policy_document", "body")
"""Ends of the names of attributes with JSON texts, which CloudFormation has as values."""


def type_of(kind: str) -> str:
    """Return CloudFormation's type for a type of the provider; "" for another provider's."""
    return _types().get(_plain(kind.removeprefix(PREFIX)), "") if kind.startswith(PREFIX) else ""


def properties(making: Translation, resource: Planned, type_: str) -> dict[str, Any]:
    """Return the properties that are written, by CloudFormation's names; all that are known in a plan without a configuration."""
    names, found = _names(type_), {}
    written = resource.expressions if resource.module.configuration else dict.fromkeys(resource.values)
    for argument, expression in written.items():
        value, unknown = resource.values.get(argument), resource.unknown.get(argument)
        found[_name(argument, names)] = _value(making, resource, argument, (value, unknown, expression), names)
    return found


def _value(
    making: Translation, resource: Planned, argument: str, planned: tuple[Any, Any, Any], names: dict[str, str]
) -> Any:
    value, unknown, expression = planned
    if isinstance(value, dict):
        later = mapping(unknown)
        every = ((name, value.get(name), later.get(name)) for name in dict.fromkeys((*value, *later)))
        made = {_name(name, names): _value(making, resource, name, (v, u, expression), names) for name, v, u in every}
        return {name: one for name, one in made.items() if one is not None}
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        parts = zip(value, [*(unknown if isinstance(unknown, list) else ()), *[None] * len(value)], strict=False)
        return [_value(making, resource, argument, (item, its, expression), names) for item, its in parts]
    if isinstance(value, str) and argument.endswith(_DOCUMENTS):
        return json_or(value, value)
    return making.argument(resource, argument, {argument: value}, {argument: unknown}, {argument: expression})


def _name(argument: str, names: dict[str, str]) -> str:
    return names.get(_plain(argument), camel(argument))


def _plain(name: str) -> str:
    return name.replace("_", "").replace("::", "").lower()


@cache
def _types() -> dict[str, str]:
    return {_plain(type_.partition("::")[2]): type_ for type_ in schema_names.types()}


@cache
def _names(type_: str) -> dict[str, str]:
    """Return the names of a type's properties, as netful reads them and as AWS's schema has them."""
    one = DECLARED.get(type_)
    declared = (one.reads, one.aside, one.decides, one.blocks, one.within, *one.values) if one else ()
    paths = [*" ".join(declared).split(), *schema_names.properties(type_)]
    return {_plain(part): part for path in paths for part in path.split(".")}
