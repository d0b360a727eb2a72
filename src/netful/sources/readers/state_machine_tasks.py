"""Tasks of ECS that a state machine starts: in the subnets and groups that its definition has for them.

A task whose subnets come with the input of an execution has no place here.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from string import Template
from typing import Any, TypeAlias

from netful.model.core import Maybe, Unknown, mapping
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.sources.template.reading import Inventory, Reader

MACHINE = "AWS::StepFunctions::StateMachine"
_CONFIGURATION = "AwsvpcConfiguration"

Groups: TypeAlias = Callable[[Maybe[str]], tuple[Maybe[str], ...]]
"""Return the groups of what names none, in a subnet."""


def started_tasks(inventory: Inventory, default_groups: Groups) -> Iterator[NetworkInterface]:
    """Yield an interface for each subnet of each task."""
    for reader in inventory.of(MACHINE):
        given = {name: str(text) for name, text in mapping(reader.get("DefinitionSubstitutions")).items()}
        every = [*_configurations(_definition(reader))]
        places = [(one, subnet_id) for one in every for subnet_id in _texts(reader, one.get("Subnets"), given)]
        for number, (one, subnet_id) in enumerate(places, 1):
            is_public = one.get("AssignPublicIp") == "ENABLED"
            yield NetworkInterface(
                id=f"eni-{reader.id}-{number}",
                owner=InterfaceOwner.SERVICE,
                owner_id=reader.id,
                subnet_id=subnet_id,
                security_group_ids=_texts(reader, one.get("SecurityGroups"), given) or default_groups(subnet_id),
                public_ip=inventory.public_address() if is_public else None,
                private=not is_public,
                origin=reader.origin,
            )


def _definition(reader: Reader) -> Any:
    """Return the definition; None if it is not known."""
    written = reader.get("DefinitionString")
    if not isinstance(written, str):
        return reader.get("Definition")
    try:
        return json.loads(written)
    except ValueError:
        return None


def _configurations(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the network configurations within a definition, at any depth."""
    if isinstance(value, list):
        for one in value:
            yield from _configurations(one)
    elif isinstance(value, (dict, Mapping)):
        found = value.get(_CONFIGURATION)
        if isinstance(found, (dict, Mapping)):
            yield found
        for one in value.values():
            yield from _configurations(one)


def _texts(reader: Reader, value: Any, given: Mapping[str, str]) -> tuple[Maybe[str], ...]:
    """Return the names of the resources whose ids are in a list, with `given` values; nothing for an expression of the states' language."""
    listed = value if isinstance(value, list) else [value] if isinstance(value, (str, Unknown)) else []
    known = (one if isinstance(one, Unknown) else Template(str(one)).safe_substitute(given) for one in listed)
    return tuple(reader.named(one) for one in known if isinstance(one, Unknown) or not one.startswith(("{%", "$")))
