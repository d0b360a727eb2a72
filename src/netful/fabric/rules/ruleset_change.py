"""Changes of a loaded ruleset: the cost depends on the change, not on the number of rules.

A ruleset is its base, which never changes, and lines: `add set`, `add chain`, `add rule`, `add element`. `Contents` is
the result of these lines. `steps` leads from one to another in one transaction: it uses nothing before adding it and
removes nothing that is in use. A chain whose rules differ is refilled, as rules have an order. Pure text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

from netful.fabric.rules.words import TABLE, elements

_SET, _CHAIN, _RULE, _ELEMENT = (f"add {what} {TABLE} " for what in ("set", "chain", "rule", "element"))


@dataclass
class Contents:
    """The contents of a table beside its base: sets by name, chains with rules, hooks of some chains, and elements of sets and maps."""

    sets: dict[str, str] = field(default_factory=dict)
    chains: dict[str, list[str]] = field(default_factory=dict)
    hooks: dict[str, str] = field(default_factory=dict)
    elements: dict[str, dict[str, None]] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Iterable[str]) -> Self:
        """Return the contents that lines define."""
        contents = cls()
        contents.add(lines)
        return contents

    def add(self, lines: Iterable[str]) -> None:
        """Add lines that were loaded later."""
        for line in lines:
            if line.startswith(_RULE):
                chain, _, rule = line.removeprefix(_RULE).partition(" ")
                self.chains[chain].append(rule)
            elif line.startswith(_ELEMENT):
                name, items = _items(line)
                self.elements.setdefault(name, {}).update(dict.fromkeys(items))
            elif line.startswith(_CHAIN):
                name, _, hook = line.removeprefix(_CHAIN).partition(" ")
                self.hooks[name] = hook
                self.chains[name] = []
            else:
                name, _, declared = line.removeprefix(_SET).partition(" ")
                self.sets[name] = declared

    def merge(self, other: Contents) -> None:
        """Add the contents of another, which was loaded later and has other chains."""
        self.sets |= other.sets
        self.chains |= other.chains
        self.hooks |= other.hooks
        for name, items in other.elements.items():
            self.elements.setdefault(name, {}).update(items)

    def take_out(self, lines: Iterable[str]) -> None:
        """Remove the elements of these `add element` lines."""
        for line in lines:
            name, items = _items(line)
            for item in items:
                self.elements[name].pop(item, None)


def _items(line: str) -> tuple[str, list[str]]:
    name, _, items = line.removeprefix(_ELEMENT).partition(" { ")
    return name, items.removesuffix(" }").split(", ")


def steps(before: Contents, after: Contents) -> Iterator[str]:
    """Yield the lines that lead from one to the other; nothing if they are the same."""
    for name in after.sets.keys() - before.sets.keys():
        yield f"{_SET}{name} {after.sets[name]}"
    for name in after.chains.keys() - before.chains.keys():
        yield f"{_CHAIN}{name} {after.hooks[name]}"
    for name, rules in after.chains.items():
        if before.chains.get(name, []) != rules:
            yield f"flush chain {TABLE} {name}"
            yield from (f"{_RULE}{name} {rule}" for rule in rules)
    for name in before.elements.keys() | after.elements.keys():
        old, new = before.elements.get(name, {}), after.elements.get(name, {})
        if name in after.sets or name not in before.sets:  # deleting a set deletes its elements
            gone = elements(name, (item for item in old if item not in new))
            yield from (line.replace("add", "delete", 1) for line in gone)
        yield from elements(name, (item for item in new if item not in old))
    for name in before.chains.keys() - after.chains.keys():
        yield f"flush chain {TABLE} {name}"
    for name in before.chains.keys() - after.chains.keys():
        yield f"delete chain {TABLE} {name}"
    for name in before.sets.keys() - after.sets.keys():
        yield f"delete set {TABLE} {name}"
