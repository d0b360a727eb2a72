"""Things of the model that API calls changed, beside the resources: functions, APIs, snapshots of deployments, roles.

A thing is one object of a part of the cloud (`functions`, `deployed_apis`). The groups of EC2 follow from the resources.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from netful.model.allocation import with_functions
from netful.model.cloud import Cloud, group_of
from netful.model.core import Frozen
from netful.model.difference import NOT_COMPARED, same
from netful.model.functions.function import Function

_GROUPS = ("compute", "apis", "access")
SNAPSHOTS = "deployed_apis"
"""The part that no template has: APIs as they were deployed."""


class Thing(Frozen):
    """An object of a part, by its id; None if a call removed it."""

    part: str
    id: str
    value: Any


def parts(cloud: Cloud) -> Iterator[tuple[str, Any]]:
    """Yield the parts whose things have API calls of their own."""
    return ((name, one) for name, one in cloud.parts() if group_of()[name] in _GROUPS and name not in NOT_COMPARED)


def made_by_calls(written: Cloud, running: Cloud) -> Iterator[Thing]:
    """Yield the things in which the cloud that runs differs from the cloud as written."""
    for name in (*(name for name, _ in parts(written)), SNAPSHOTS):
        old, now = written.part(name), running.part(name)
        if old is not now:
            for id_ in dict.fromkeys((*old, *now)):
                if not is_same(old.get(id_), now.get(id_)):
                    yield Thing(name, id_, now.get(id_))


def with_things(cloud: Cloud, things: Iterable[Thing], published: Iterable[Function] = ()) -> Cloud:
    """Return a cloud with these things; `published` are versions whose place in the network is not their function's."""
    found: dict[str, dict[str, Any]] = {}
    for one in things:
        part = found.setdefault(one.part, {**cloud.part(one.part)})
        if one.value is None:
            part.pop(one.id, None)
        else:
            part[one.id] = one.value
    functions = found.pop("functions", None)
    cloud = cloud.having(**found)
    return cloud if functions is None else with_functions(cloud, functions, published)


def is_same(one: Any, other: Any) -> bool:
    """Return whether two things are there and equal, or both missing."""
    return one is other or (one is not None and other is not None and same(one, other))
