"""Blocks of a planned resource, with their references."""

from collections.abc import Iterator
from typing import Any

from netful.model.core import texts
from netful.sources.terraform.plan.planned_resources import Planned, items, mapping
from netful.sources.terraform.plan.references import COUNTING, longest, types_meant
from netful.sources.terraform.types.resource_types import REFERRED

SIDES = {"ingress": "Source", "egress": "Destination"}
"""Blocks of rules, with the word for the peer in the properties of CloudFormation."""

Block = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]


def blocks_of(resource: Planned, name: str) -> Iterator[Block]:
    """Yield the blocks of a name: their values, their unknown values, and their expressions."""
    values, unknown = _listed(resource.values.get(name)), resource.unknown.get(name)
    written = resource.expressions.get(name)
    for number, block in enumerate(values):
        yield block, _at(unknown, number), _written_as(written, block, number) or _shared(resource, name, values, block)


def blocks_in(block: Block, name: str) -> Iterator[Block]:
    """Yield the blocks of a name within a block."""
    values, unknown, written = block
    for number, inner in enumerate(_listed(values.get(name))):
        yield inner, _at(unknown.get(name), number), _written_as(written.get(name), inner, number)


def _shared(resource: Planned, name: str, blocks: list[dict[str, Any]], block: dict[str, Any]) -> dict[str, Any]:
    """Return the expressions of a block where a plan lists the references of all blocks together: by fitting types.

    Where several blocks could mean a reference, the blocks themselves are named.
    """
    references = texts(mapping(resource.expressions.get(name)).get("references"))
    counting = [text for text in references if text.startswith(COUNTING)]
    locals_ = [text for text in references if text.startswith("local.")]  # of a type that is not known
    made_for = mapping(resource.module.written(resource.type, resource.name).get("for_each_expression"))
    types = {
        text: {kind for one in (texts(made_for.get("references")) if text.startswith("each.value") else [text])
               for kind in types_meant(resource.module, one)}
        for text in references
    }  # fmt: skip
    found: dict[str, Any] = {}
    for argument, kinds in REFERRED.items():
        fitting = [text for text in references if not types[text].isdisjoint(kinds)]
        fitting = fitting or (locals_ if len(locals_) == 1 and _hides_items(block, argument) else [])
        if fitting and _is_later(block, argument):
            alone = sum(_is_later(each, argument) for each in blocks) == 1 or len(longest(fitting)) == 1
            found[argument] = {
                "references": [*fitting, *counting] if alone else [f"{resource.type}.{resource.name}.{name}"]
            }
    return found


def _is_later(block: dict[str, Any], argument: str) -> bool:
    """Return whether an argument, or an item of it, is known only after apply: a plan omits the value, or has null for the item."""
    return argument not in dict.keys(block) or _hides_items(block, argument)


def _hides_items(block: dict[str, Any], argument: str) -> bool:
    value = dict.get(block, argument)  # which does not count as reading it
    return isinstance(value, list) and None in value


def _listed(value: Any) -> list[Any]:
    """Return the blocks under a name; a nested attribute is an object."""
    return [value] if isinstance(value, dict) else items(value)


def _at(value: Any, number: int) -> dict[str, Any]:
    if isinstance(value, dict) and "references" not in value:
        return value
    return mapping(value[number]) if isinstance(value, list) and number < len(value) else {}


def _written_as(written: Any, block: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the expressions of a block, as blocks of a set have another order than they are written in.

    They are those with its constants, and best with all that it has; of several alike those with its number.
    """
    fitting = {place: each for place, each in enumerate(items(written)) if _has_constants(each, block)}
    if not fitting:
        return _at(written, number)
    return mapping(fitting[min(fitting, key=lambda place: (_beyond(fitting[place], block), place != number))])


def _has_constants(written: dict[str, Any], block: dict[str, Any]) -> bool:
    constants = {name: one["constant_value"] for name, one in written.items() if "constant_value" in mapping(one)}
    return bool(constants) and all(dict.get(block, name) == value for name, value in constants.items())


def _beyond(written: dict[str, Any], block: dict[str, Any]) -> int:
    """Return how many arguments and blocks a block has that are not written."""
    return sum(bool(dict.get(block, name)) and name not in written for name in dict.keys(block))


def whole(resource: Planned) -> Block:
    """Return a resource as one block."""
    return resource.values, resource.unknown, resource.expressions


def several(value: Any) -> list[Any]:
    """Return a value as a list: an empty one for a missing value."""
    return value if isinstance(value, list) else [] if value in (None, "") else [value]
