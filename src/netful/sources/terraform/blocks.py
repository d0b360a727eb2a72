"""Blocks of a planned resource, with their references."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netful.sources.terraform.plan import Planned, items, mapping, texts

_REFERRED = {
    "gateway_id": ("aws_internet_gateway", "aws_vpn_gateway"),
    "nat_gateway_id": ("aws_nat_gateway",),
    "transit_gateway_id": ("aws_ec2_transit_gateway",),
    "vpc_peering_connection_id": ("aws_vpc_peering_connection",),
    "network_interface_id": ("aws_network_interface",),
    "vpc_endpoint_id": ("aws_vpc_endpoint",),
    "egress_only_gateway_id": ("aws_egress_only_internet_gateway",),
    "security_groups": ("aws_security_group",),
    "target_group_arn": ("aws_lb_target_group", "aws_alb_target_group"),
}
"""The types that an argument of a block refers to."""

SIDES = {"ingress": "Source", "egress": "Destination"}
"""Blocks of rules, with the word for the peer in the properties of CloudFormation."""

Block = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]


def blocks_of(resource: Planned, name: str) -> Iterator[Block]:
    """Yield the blocks of a name: their values, their unknown values, and their expressions."""
    values, unknown = items(resource.values.get(name)), resource.unknown.get(name)
    written = resource.expressions.get(name)
    for number, block in enumerate(values):
        yield block, _at(unknown, number), _at(written, number) or _shared(resource, name, values, block)


def blocks_in(block: Block, name: str) -> Iterator[Block]:
    """Yield the blocks of a name within a block."""
    values, unknown, written = block
    for number, inner in enumerate(items(values.get(name))):
        yield inner, _at(unknown.get(name), number), _at(written.get(name), number)


def _shared(resource: Planned, name: str, blocks: list[dict[str, Any]], block: dict[str, Any]) -> dict[str, Any]:
    """Return the expressions of a block where a plan lists the references of all blocks together: by fitting types.

    Where several blocks could mean a reference, the blocks themselves are named.
    """
    references = texts(mapping(resource.expressions.get(name)).get("references"))
    found: dict[str, Any] = {}
    for argument, kinds in _REFERRED.items():
        fitting = [text for text in references if text.partition(".")[0] in kinds]
        if argument not in block and fitting:
            alone = sum(argument not in each for each in blocks) == 1
            found[argument] = {"references": fitting if alone else [f"{resource.type}.{resource.name}.{name}"]}
    return found


def _at(value: Any, number: int) -> dict[str, Any]:
    return mapping(value[number]) if isinstance(value, list) and number < len(value) else {}


def several(value: Any) -> list[Any]:
    """Return a value as a list: an empty one for a missing value."""
    return value if isinstance(value, list) else [] if value in (None, "") else [value]
