"""Phase of an execution environment: an init or an invocation, which ends in one of several ways (lambda §3.1)."""

import asyncio
from collections.abc import Callable

from netful.functions.sandboxes.outcome import Expired, Outcome


class Phase:
    """The phase that an environment is in; at most one runs at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._outcome: asyncio.Future[Outcome] | None = None

    @property
    def running(self) -> bool:
        """Return whether a phase runs."""
        return self._outcome is not None

    async def run(self, seconds: float, begin: Callable[[], None]) -> Outcome:
        """Begin a phase and wait for its end, of any kind."""
        self._outcome = self._loop.create_future()
        timer = self._loop.call_later(seconds, self.settle, Expired())
        try:
            begin()
            return await self._outcome
        finally:
            timer.cancel()
            self._outcome = None

    def settle(self, outcome: Outcome) -> None:
        """End the running phase, if any; the first outcome counts."""
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_result(outcome)
