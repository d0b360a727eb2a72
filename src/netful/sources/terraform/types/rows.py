"""Rows of the tables of types and of blocks: most arguments are called as their property, in snake case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from netful.model.core import Frozen

NOTHING: Mapping[str, str] = {}
TASK = "subnets security_groups assign_public_ip"
"""Arguments of the network of a task of ECS."""


Form = Literal["first", "list", "by key"]
"""Form of a property: the first block, a list with an item for each block, or these by an argument of the blocks."""


class Shape(Frozen):
    """CloudFormation's form of a block: the property, and those of the arguments and of the blocks within.

    `a.b` is argument `b` in the first block `a`, or property `b` in property `a`.
    """

    property: str
    arguments: Mapping[str, str]
    blocks: Mapping[str, Shape]
    form: Form = "first"
    key: str = "key"


def row(kind: str, same: str = "", other: Mapping[str, str] = NOTHING) -> tuple[str, dict[str, str]]:
    """Return what CloudFormation has for a type, and the property of each argument.

    `same` are the arguments whose property has the same words, `other` those with another name.
    """
    return kind, {**properties(same), **other}


def single(property_: str, same: str = "", other: Mapping[str, str] = NOTHING, /, **blocks: Shape) -> Shape:
    """Return the shape of a block that occurs once; `blocks` are those within."""
    return Shape(property_, {**properties(same), **other}, blocks)


def repeated(property_: str, same: str = "", other: Mapping[str, str] = NOTHING, /, **within: Shape) -> Shape:
    """Return the shape of a block that repeats; `within` are the blocks in it."""
    return Shape(property_, {**properties(same), **other}, within, "list")


def keyed(property_: str, arguments: Mapping[str, str], key: str = "key") -> Shape:
    """Return the shape of a block that repeats, each with a key of its own: the value of an argument."""
    return Shape(property_, arguments, {}, "by key", key)


def properties(arguments: str) -> dict[str, str]:
    """Return the properties with the same words as arguments: `vpc_config.subnet_ids` is `VpcConfig.SubnetIds`."""
    return {one: camel(one) for one in arguments.split()}


def inside(block: str, property_: str, same: str) -> dict[str, str]:
    """Return the arguments of a block whose properties have the same words, in another property than the block's."""
    return {f"{block}.{one}": f"{property_}.{target}" for one, target in properties(same).items()}


def camel(argument: str) -> str:
    """Return an argument, or a path of them, in the spelling of CloudFormation's properties."""
    return ".".join("".join(word.capitalize() for word in part.split("_")) for part in argument.split("."))
