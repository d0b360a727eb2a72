"""Part of a resource: what is put into it or ties it to another resource, with the request that takes it away.

A change of a resource follows from its parts before and after: those that are gone are removed, those that are new or
different are put. So a kind lists its parts, and has no code for updates. The part that was put last is removed first.
"""

from collections.abc import Iterable, Iterator

from netful.model.core import Frozen
from netful.services.http.message import Request


class Part(Frozen):
    """A part: its key among the parts of its resource, and its requests.

    `initial`: the request that makes the resource contains it already.
    """

    key: tuple[str, ...]
    put: Request
    remove: Request | None = None
    initial: bool = False


def changes(before: Iterable[Part], after: Iterable[Part]) -> Iterator[Request]:
    """Yield the requests that lead from some parts of a resource to others."""
    was, will = ({part.key: part for part in parts} for parts in (before, after))
    for key, part in reversed(was.items()):
        if key not in will and part.remove is not None:
            yield part.remove
    for key, part in will.items():
        if key not in was or was[key].put != part.put:
            yield part.put


def first(parts: Iterable[Part]) -> Iterator[Request]:
    """Yield the requests that put the parts into a new resource."""
    return (part.put for part in parts if not part.initial)


def removals(parts: Iterable[Part]) -> Iterator[Request]:
    """Yield the requests that remove the parts."""
    return (part.remove for part in reversed([*parts]) if part.remove is not None)
