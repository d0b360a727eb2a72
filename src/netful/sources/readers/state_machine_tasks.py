"""Tasks of ECS that a state machine starts: in the subnets and groups that its definition has for them.

A task whose subnets come with the input of an execution has no place here; groups and a public address from there are unknown.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from netful.model.core import Maybe, Unknown, every_part, mapping
from netful.model.json_texts import json_or
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.sources.template.reading import Inventory, Reader

MACHINE = "AWS::StepFunctions::StateMachine"
_CONFIGURATION = "AwsvpcConfiguration"
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_OF_INPUT = Unknown("it comes with the input of an execution", ("the input of an execution",), computed=True)

Groups: TypeAlias = Callable[[Maybe[str]], tuple[Maybe[str], ...]]
"""Return the groups of what names none, in a subnet."""


def started_tasks(inventory: Inventory, default_groups: Groups) -> Iterator[NetworkInterface]:
    """Yield an interface for each subnet of each task."""
    for reader in inventory.of(MACHINE):
        given = mapping(reader.get("DefinitionSubstitutions"))
        holders = _having(_definition(reader.properties, given), _CONFIGURATION)
        every = [mapping(one[_CONFIGURATION]) for one in holders]
        places = [(one, subnet_id) for one in every for subnet_id in _texts(reader, one, "Subnets", given)]
        for number, (one, subnet_id) in enumerate((place for place in places if place[1] != _OF_INPUT), 1):
            public = next(iter(_texts(reader, one, "AssignPublicIp", given)), "DISABLED")
            yield NetworkInterface(
                id=f"eni-{reader.id}-{number}",
                owner=InterfaceOwner.SERVICE,
                owner_id=reader.id,
                subnet_id=subnet_id,
                security_group_ids=_texts(reader, one, "SecurityGroups", given) or default_groups(subnet_id),
                public_ip=inventory.public_address() if public == "ENABLED" else None,
                private=public == "DISABLED",
                public_doubt=public if isinstance(public, Unknown) else None,
                origin=reader.origin,
            )


def started(properties: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """Yield the known parameters of the tasks that a state machine with some properties starts."""
    given = mapping(properties.get("DefinitionSubstitutions"))
    for one in _having(_definition(properties, given), "TaskDefinition"):
        yield {name: _filled(value, given) for name, value in one.items() if isinstance(value, str)}


def _definition(properties: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """Return the definition; None if it is not known."""
    written = properties.get("DefinitionString")
    if not isinstance(written, str):
        return properties.get("Definition")
    return json_or(_filled(written, given))


def _having(value: Any, member: str) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings with a member within a definition, at any depth."""
    return (part for part in every_part(value) if isinstance(part, Mapping) and member in part)


def _texts(reader: Reader, one: Mapping[str, Any], name: str, given: Mapping[str, Any]) -> tuple[Maybe[str], ...]:
    """Return the texts of a member of a configuration, with the names of the resources whose ids they are."""
    value = _OF_INPUT if f"{name}.$" in one else one.get(name)
    every = value if isinstance(value, list) else [value]
    return tuple(reader.named(_text(each, given)) for each in every if each is not None)


def _text(value: Any, given: Mapping[str, Any]) -> Maybe[str]:
    """Return a text with `given` values; an expression of the states' language is not known."""
    if isinstance(value, Unknown):
        return value
    text = _filled(str(value), given)
    left = _PLACEHOLDER.fullmatch(text)
    unknown = given.get(left[1]) if left else None
    if isinstance(unknown, Unknown):
        return unknown
    return _OF_INPUT if text.startswith(("{%", "$")) else text


def _filled(text: str, given: Mapping[str, Any]) -> str:
    """Return a text with those of the `given` values that are known."""
    known = {name: value for name, value in given.items() if not isinstance(value, Unknown)}
    return _PLACEHOLDER.sub(lambda found: str(known.get(found[1], found[0])), text)
