"""The connections of a server, and which of them goes when there is no room for one more.

Descriptors are finite. The one goes that has waited longest, be it without a word or in the middle of a request, for its
first answer or since its last one: of these two kinds, the kind of which there are more. So a flood of strangers drives
out strangers, and connections that were used once and kept drive out their like. One that is being answered never goes.
When a flood has gone, the machine gets back the memory that it took.
"""

from __future__ import annotations

import resource
from typing import Protocol

from netful.services.http import free_memory

_SHARE = (
    2  # connections take no more than half of a process's descriptors: sandboxes, back ends and namespaces need some
)

_ENOUGH = 65_536
_FLOOD = 1000
_EBB = 4  # a flood has gone when so small a part of it is left


class Member(Protocol):
    """A connection."""

    def dismiss(self) -> None:
        """End at once."""


class Crowd:
    """At most `most` connections; without a number, what this process has descriptors for."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most or _room()
        self._strangers: dict[Member, None] = {}
        self._served: dict[Member, None] = {}
        self._count = 0
        self._flood = 0

    def enter(self, member: Member) -> None:
        """One more has come."""
        self._count += 1
        self._strangers[member] = None
        if self._count >= _FLOOD:
            self._flood = max(self._flood, self._count)
        if self._count > self._most:
            many = max(self._strangers, self._served, key=len)
            oldest = next(iter(many))
            del many[oldest]
            oldest.dismiss()

    def begin(self, member: Member) -> None:
        """A request of this one is being answered."""
        self._forget(member)

    def rest(self, member: Member) -> None:
        """All requests of this one are answered."""
        self._forget(member)
        self._served[member] = None

    def leave(self, member: Member) -> None:
        """One has gone."""
        self._count -= 1
        self._forget(member)
        if self._count * _EBB < self._flood:
            self._flood = self._count if self._count >= _FLOOD else 0
            free_memory.give_back()

    def _forget(self, member: Member) -> None:
        self._strangers.pop(member, None)
        self._served.pop(member, None)


def _room() -> int:
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _ENOUGH if most == resource.RLIM_INFINITY else min(most // _SHARE, _ENOUGH)
