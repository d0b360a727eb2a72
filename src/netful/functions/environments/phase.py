"""Phase of an execution environment: an init or an invocation, which ends in one of several ways (lambda §3.1)."""

import asyncio
from collections.abc import Callable

from netful.functions.environments.machine_clock import MachineClock
from netful.functions.sandboxes.outcome import Expired, Outcome

_MOST = 10  # times its seconds: a phase ends also where its own processes are what keeps the machine from running


class Phase:
    """The phase that an environment is in; at most one runs at a time. Its seconds are those of the machine's clock."""

    def __init__(self, clock: MachineClock) -> None:
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._outcome: asyncio.Future[Outcome] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def running(self) -> bool:
        """Return whether a phase runs."""
        return self._outcome is not None

    async def run(self, seconds: float, begin: Callable[[], None]) -> Outcome:
        """Begin a phase and wait for its end, of any kind."""
        self._outcome = self._loop.create_future()
        with self._clock.watched():
            ends, at_latest = self._clock.now() + seconds, self._loop.time() + _MOST * seconds
            self._timer = self._loop.call_later(seconds, self._expire, ends, at_latest)
            try:
                begin()
                return await self._outcome
            finally:
                self._timer.cancel()
                self._outcome = None

    def settle(self, outcome: Outcome) -> None:
        """End the running phase, if any; the first outcome counts."""
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_result(outcome)

    def _expire(self, ends: float, at_latest: float) -> None:
        left = min(self._clock.seconds_until(ends), at_latest - self._loop.time())
        if left > 0:
            self._timer = self._loop.call_later(left, self._expire, ends, at_latest)
        else:
            self.settle(Expired())
