"""Differences between two clouds, object by object: the plan of a deployment over a running stack.

A different origin (`Origin`) is not a difference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal

from netful.model.cloud import Cloud
from netful.model.core import Frozen, Origin

NOT_COMPARED = frozenset({
    "deployed_apis",  # follow from deployments and APIs
    "images",  # functions and tasks have them
    "rollouts",  # of a running stack
    "truststores",  # texts of files, read again at each change
    "resources", "parameters", "missing_parameters", "missing_imports", "imports", "outputs", "dangling_references", "warnings",
    "unread",
})  # fmt: skip
"""Parts without objects of their own: a typed part also contains everything that matters in them."""

_CHOICES = ("fixed_addresses",)
"""Fields that say who chose another field of the same object."""


class Difference(Frozen):
    """One object that was added (`+`), removed (`-`) or changed (`~`), and the changed fields."""

    sign: Literal["+", "-", "~"]
    kind: str
    id: str
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        changed = f"  {', '.join(self.fields)}" if self.fields else ""
        return f"{self.sign} {self.kind:<24} {self.id}{changed}"


def differences(before: Cloud, after: Cloud) -> tuple[Difference, ...]:
    """Return all differences, by kind in the order of the groups of a cloud."""
    compared = [(things, after.part(name)) for name, things in before.parts() if name not in NOT_COMPARED]
    return tuple(one for old, new in compared for one in _among(old, new))


def same(one: Any, other: Any) -> bool:
    """Return whether two objects differ at most in their origin. Equal objects are the frequent case, and cheap."""
    if one is other or one == other:
        return True
    if isinstance(one, Origin | None) and isinstance(other, Origin | None):
        return True
    if is_dataclass(one):
        return type(one) is type(other) and not changed_fields(one, other)
    if isinstance(one, tuple | list):
        return isinstance(other, tuple | list) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping):
        return (
            isinstance(other, Mapping) and one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
        )
    return False


def _among(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for id_ in before.keys() - after.keys():
        yield Difference("-", type(before[id_]).__name__, id_)
    for id_, thing in after.items():
        if id_ not in before:
            yield Difference("+", type(thing).__name__, id_)
        elif before[id_] != thing and (changed := changed_fields(before[id_], thing)):
            yield Difference("~", type(thing).__name__, id_, changed)


def changed_fields(before: Any, after: Any) -> tuple[str, ...]:
    """Return the fields that differ."""
    names = _compared(after.__class__)
    return tuple(name for name in names if not same(getattr(before, name), getattr(after, name)))


@cache
def _compared(kind: type) -> tuple[str, ...]:
    names = (field.name for field in fields(kind) if field.name not in _CHOICES)
    return tuple(name for name in names if not name.endswith(("origin", "origins")))
