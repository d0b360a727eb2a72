"""Things that edited resources concern: themselves, and those that their properties name.

A group of things with calls of their own, such as stages and usage plans, is not read again as a whole: a thing that no edited
resource concerns stays as it runs.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netful.model.core import Resource

Ids = Mapping[str, str]
"""Names in the cloud by AWS's ids, which properties have."""


def names(edited: Iterable[Resource], ids: Ids) -> frozenset[str]:
    """Return the names of the things that edited resources concern."""
    return frozenset(name for one in edited for name in _named(one, ids))


def _named(resource: Resource, ids: Ids) -> Iterator[str]:
    yield resource.id
    for value in resource.properties.values():
        if isinstance(value, str):
            yield ids.get(value, value)


def left_out(resources: Iterable[Resource], prefix: str, concerned: frozenset[str], ids: Ids) -> frozenset[str]:
    """Return the ids of the resources whose type begins with a prefix and that do not belong to a concerned thing."""
    return frozenset(
        one.id for one in resources if one.type.startswith(prefix) and concerned.isdisjoint(_named(one, ids))
    )


def following(now: Mapping[str, Any], read: Mapping[str, Any], concerned: frozenset[str]) -> Mapping[str, Any]:
    """Return the things as they run, and the concerned ones as they are read."""
    kept = {name: one for name, one in now.items() if not _is_concerned(name, concerned) or name in read}
    return {**kept, **{name: one for name, one in read.items() if _is_concerned(name, concerned)}}


def _is_concerned(name: str, concerned: frozenset[str]) -> bool:
    """Return whether a thing is concerned, by its name or by that of what it is made with (`Api.$default`)."""
    return name in concerned or any(name.startswith(f"{one}.") for one in concerned)
