"""The connections of a server, and which of them goes when there is no room for one more.

Descriptors are finite. The one goes that has waited longest, be it without a word or in the middle of a request, for its
first answer or since its last one: of these two kinds, the kind of which there are more. So a flood of strangers drives
out strangers, and connections that were used once and kept drive out their like. One that is being answered never goes.
"""

from __future__ import annotations

import resource
from typing import Protocol

_SHARE = (
    2  # connections take no more than half of a process's descriptors: sandboxes, back ends and namespaces need some
)


class Member(Protocol):
    """A connection."""

    def dismiss(self) -> None:
        """End at once."""


class Crowd:
    """At most `most` connections; without a number, what this process has descriptors for."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most or resource.getrlimit(resource.RLIMIT_NOFILE)[0] // _SHARE
        self._strangers: dict[Member, None] = {}
        self._served: dict[Member, None] = {}
        self._count = 0

    def enter(self, member: Member) -> None:
        """One more has come."""
        self._count += 1
        self._strangers[member] = None
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

    def _forget(self, member: Member) -> None:
        self._strangers.pop(member, None)
        self._served.pop(member, None)
