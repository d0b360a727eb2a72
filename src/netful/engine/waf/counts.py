"""Counts of rate-based rules: by second, for the number of instances that AWS tracks. Times are arguments."""

from collections import deque

_INSTANCES = 10_000


class Counts:
    """Requests of the last seconds for each instance of a rule."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, ...], deque[tuple[int, int]]] = {}

    def count(self, instance: tuple[str, ...], seconds: int, now: float) -> int:
        """Count a request and return the number so far, including it."""
        counts = self._counts.pop(instance, None) or deque()
        if len(self._counts) >= _INSTANCES:
            del self._counts[next(iter(self._counts))]
        self._counts[instance] = counts  # move to the end: the instance that was seen longest ago is evicted first
        while counts and counts[0][0] <= now - seconds:
            counts.popleft()
        at = int(now)
        while counts and counts[-1][0] > at:  # the clock was set back
            counts.pop()
        before = counts.pop()[1] if counts and counts[-1][0] == at else 0
        counts.append((at, before + 1))
        return sum(number for _, number in counts)
