"""What rate-based rules have counted: to the second, of no more instances than AWS tracks. Times are arguments."""

from __future__ import annotations

from collections import deque

_INSTANCES = 10_000


class Counts:
    """How many requests came for each instance of a rule, of the last seconds."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, ...], deque[tuple[int, int]]] = {}

    def count(self, instance: tuple[str, ...], seconds: int, now: float) -> int:
        """Count a request; gives how many there are with it."""
        counts = self._counts.pop(instance, None) or deque()
        if len(self._counts) >= _INSTANCES:
            del self._counts[next(iter(self._counts))]
        self._counts[instance] = counts  # behind all others: the one that was seen longest ago makes room
        while counts and counts[0][0] <= now - seconds:
            counts.popleft()
        at = int(now)
        before = counts.pop()[1] if counts and counts[-1][0] == at else 0
        counts.append((at, before + 1))
        return sum(number for _, number in counts)
