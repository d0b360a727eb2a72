"""Rows of the tables of types and of blocks: most arguments are called as their property, in snake case."""

from collections.abc import Mapping


def row(kind: str, same: str = "", other: Mapping[str, str] = {}) -> tuple[str, dict[str, str]]:
    """Return what CloudFormation has for a type or a block, and the property of each argument.

    `same` are the arguments whose property has the same words, `other` those with another name.
    """
    return kind, {**properties(same), **other}


def properties(arguments: str) -> dict[str, str]:
    """Return the properties with the same words as arguments: `vpc_config.subnet_ids` is `VpcConfig.SubnetIds`."""
    return {one: ".".join(map(_pascal, one.split("."))) for one in arguments.split()}


def _pascal(words: str) -> str:
    return "".join(word.capitalize() for word in words.split("_"))
