"""Declarations: of one type of resource, the properties and values that netful reads, and those without influence on paths.

Rules:
1. A property is written as in a template, `VpcConfig.SubnetIds` within another one. A list on the way means all its items.
   Everything within a property that is declared alone is understood.
2. A property that is not declared is probably one that AWS added: an assumption names it. One that is known to have an
   influence, and is not read, is declared with its weight.
3. A value of a fixed set is declared with the set. Any other value may turn an answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TypeAlias

from msgspec import field

from netful.model.core import Frozen
from netful.model.unread import Weight
from netful.sources import schema_names

_OF_EVERY_TYPE = ("Description", "Tags")

Branch: TypeAlias = "Mapping[str, Leaf | Branch]"
"""Declared properties by name; a property with declared properties within is a branch itself."""


class Leaf(Frozen):
    """One declared property: its weight if it is not read, and its values if they are a fixed set.

    `supposed`: it is not read, and the model holds for these values. `keys` are the known keys of a list of keys and values.
    `is_body`: it is an OpenAPI document.
    """

    weight: Weight | None = None
    values: tuple[str, ...] = ()
    supposed: bool = False
    keys: tuple[str, ...] = ()
    is_body: bool = False

    def has(self, value: str) -> bool:
        """Return whether a value is one of the fixed set, in any case."""
        return not self.values or value.casefold() in map(str.casefold, self.values)


class Declaration(Frozen, dict=True):
    """The understanding of one type. Names of properties are separated by blanks.

    `reads` are read; `aside` have no influence on paths; `decides` and `blocks` have one, and are not read. `values` are the
    fixed sets of properties that are read; `supposed` are the values of others, which are not read, that the model holds for: a switch is
    "true" or "false". `part_of` are properties with the ids of the resources that this one is a part of,
    such as the table of a route: what is unread here has the same weight there. `within` are those that it is only in, such
    as the VPC of an endpoint: there it is an assumption. `keys` are the known keys of lists of keys and values, `bodies` are
    properties with OpenAPI documents. `schema` is the name of a type whose other properties, as AWS's schema
    has them, are all aside. Not slotted: the tree is made once and kept.
    """

    reads: str = ""
    aside: str = ""
    decides: str = ""
    blocks: str = ""
    values: Mapping[str, Collection[str]] = field(default_factory=dict)
    supposed: Mapping[str, Collection[str]] = field(default_factory=dict)
    keys: Mapping[str, Collection[str]] = field(default_factory=dict)
    bodies: str = ""
    part_of: str = ""
    within: str = ""
    schema: str = ""

    @cached_property
    def tree(self) -> Branch:
        """The declared properties, as they lie within each other."""
        tree: dict[str, Leaf | Branch] = {}
        holders = {path[:at] for path in self.read for at, letter in enumerate(path) if letter == "."}
        of_schema = (name for name in schema_names.properties(self.schema) if name not in holders)
        for name in (*_OF_EVERY_TYPE, *of_schema, *self.aside.split(), *self.reads.split()):
            _put(tree, name, Leaf())
        for name, values in self.values.items():
            _put(tree, name, Leaf(values=tuple(values)))
        for name, values in self.supposed.items():
            _put(tree, name, Leaf(values=tuple(values), supposed=True))
        for name, keys in self.keys.items():
            _put(tree, name, Leaf(keys=tuple(keys)))
        for name in self.bodies.split():
            _put(tree, name, Leaf(is_body=True))
        for names, weight in ((self.decides, Weight.DECIDES), (self.blocks, Weight.BLOCKS)):
            for name in names.split():
                _put(tree, name, Leaf(weight))
        return tree

    @property
    def read(self) -> tuple[str, ...]:
        """Names of the properties that are read, in alphabetical order."""
        return tuple(sorted({*self.reads.split(), *self.values, *self.keys, *self.bodies.split()}))


def _put(tree: dict[str, Leaf | Branch], path: str, leaf: Leaf) -> None:
    *way, name = path.split(".")
    for step in way:
        inner = tree.setdefault(step, {})
        assert isinstance(inner, dict), f"`{path}` is within a property that is declared as a whole"
        tree = inner
    tree[name] = leaf


def within(name: str, properties: str) -> str:
    """Return properties, separated by blanks, as those within another one."""
    return " ".join(f"{name}.{each}" for each in properties.split())
