"""Limit of a server's connections, and the choice of the connection that is closed for a new one.

Descriptors are finite. Connections that wait are of two kinds: those without a first answer (silent, or in the middle of
a request), and those that have had one. Of the larger kind the one that has waited longest is closed. So a flood of new
clients closes new clients, and connections that were used once and kept close their like. A connection whose request is
being answered is never closed. After a flood its memory is returned to the machine.
"""

import resource
from typing import Protocol

from netful.services.http import free_memory

_SHARE = 2  # connections take at most half of a process's descriptors: sandboxes, back ends and namespaces need some

_ENOUGH = 65_536
_FLOOD = 1000
_EBB = 4  # a flood is over when less than a quarter of it is left


class Member(Protocol):
    """A connection."""

    def dismiss(self) -> None:
        """Close at once."""


class ConnectionLimits:
    """At most `most` connections; without a number, as many as this process has descriptors for."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most or _room()
        self._strangers: dict[Member, None] = {}
        self._served: dict[Member, None] = {}
        self._count = 0
        self._flood = 0

    def enter(self, member: Member) -> None:
        """Add a connection, and close another one if there are too many."""
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
        """Note that a request of the connection is being answered."""
        self._forget(member)

    def rest(self, member: Member) -> None:
        """Note that all requests of the connection are answered."""
        self._forget(member)
        self._served[member] = None

    def leave(self, member: Member) -> None:
        """Remove a connection."""
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
