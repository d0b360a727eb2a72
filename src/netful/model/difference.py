"""Differences between two clouds, object by object: the plan of a deployment over a running stack.

A different origin (`Origin`) is not a difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal

from netful.model.cloud import Cloud
from netful.model.core.frozen import Frozen
from netful.model.core.origin import Origin

NOT_COMPARED = frozenset({
    "deployed_apis",  # follow from deployments and APIs
    "images",  # functions and tasks have them
    "truststores",  # texts of files, read again at each change
    "resources", "parameters", "missing_parameters", "missing_imports", "imports", "outputs", "dangling_references", "warnings",
    "unread",
})  # fmt: skip
"""Parts without objects of their own: a typed part also contains everything that matters in them."""


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
    """Return whether two objects differ at most in their origin."""
    return bool(_bare(one) == _bare(other))


def _among(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for id_ in before.keys() - after.keys():
        yield Difference("-", type(before[id_]).__name__, id_)
    for id_, thing in after.items():
        if id_ not in before:
            yield Difference("+", type(thing).__name__, id_)
        elif thing is not before[id_] and (changed := _changed(before[id_], thing)):
            yield Difference("~", type(thing).__name__, id_, changed)


def _changed(before: Any, after: Any) -> tuple[str, ...]:
    """Return the fields that differ."""
    known = dict(_essence(before))
    return tuple(name for name, value in _essence(after) if known[name] != value)


def _essence(thing: Any) -> list[tuple[str, Any]]:
    """Return an object's fields without its origin."""
    names = [field.name for field in fields(thing) if not field.name.endswith(("origin", "origins"))]
    return [(name, _bare(getattr(thing, name))) for name in names]


def _bare(value: Any) -> Any:
    if isinstance(value, Origin):
        return None
    if is_dataclass(value):
        return (type(value).__name__, *_essence(value))
    if isinstance(value, tuple | list):
        return [_bare(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _bare(item) for name, item in value.items()}
    return value
