"""Clock of the time in which this machine runs; its pauses count to no function's timeout."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_BEAT_SECONDS = 0.02
_PUNCTUAL_SECONDS = 0.005  # a beat that is no later than this shows no pause


class MachineClock:
    """Monotonic seconds, without those in which the machine stands still.

    The host of a virtual machine may pause it, and other programs may take every processor: a function and all that it calls wait
    then, and on AWS would not. Beats of the event loop show it, since the time by which one is late is lost. They are counted while
    `watched`.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lost = self._due = 0.0
        self._watchers = 0
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Return the seconds since an arbitrary time."""
        now = self._monotonic()
        return now - self._lost - self._late(now)

    def seconds_until(self, end: float) -> float:
        """Return the seconds that are left until a time of this clock; 0 if it is over."""
        return max(end - self.now(), 0.0)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Count what is lost meanwhile; several may watch at once."""
        self._watchers += 1
        if self._timer is None:
            self._beat()
        try:
            yield
        finally:
            self._watchers -= 1

    def _beat(self) -> None:
        now = self._monotonic()
        self._lost += self._late(now)
        self._due = now + _BEAT_SECONDS
        self._timer = asyncio.get_running_loop().call_later(_BEAT_SECONDS, self._beat) if self._watchers else None

    def _late(self, now: float) -> float:
        return max(now - self._due - _PUNCTUAL_SECONDS, 0.0) if self._timer else 0.0
