"""Time in which the machine stands still, which is no function's."""

import asyncio

import pytest

from netful.functions.environments.machine_clock import MachineClock
from netful.functions.environments.phase import Phase
from netful.functions.sandboxes.outcome import Expired, Ready


class Time:
    """A monotonic clock that a test sets."""

    def __init__(self):
        self.seconds = 1_000.0
        self._read = asyncio.Event()

    def __call__(self):
        self._read.set()
        return self.seconds

    async def beat(self):
        """Wait until somebody reads it."""
        self._read.clear()
        await self._read.wait()


def test_a_pause_is_lost_time():
    async def main():
        now = Time()
        clock = MachineClock(now)
        with clock.watched():
            began = clock.now()
            now.seconds += 5  # no beat came
            first = clock.now() - began
            await now.beat()
            second = clock.now() - began
            now.seconds += 7
            return first, second, clock.now() - began

    first, second, third = asyncio.run(main())
    assert first == second == pytest.approx(0.025)
    assert third == pytest.approx(0.05)


def test_nothing_is_lost_where_nobody_watches():
    async def main():
        now = Time()
        clock = MachineClock(now)
        with clock.watched():
            pass
        await now.beat()
        began = clock.now()
        now.seconds += 5
        return clock.now() - began

    assert asyncio.run(main()) == pytest.approx(5)


@pytest.mark.slow
def test_the_end_of_a_phase_counts_that_came_while_the_machine_stood_still():
    async def main():
        phase = Phase(MachineClock(Time()))  # it stands still, beyond the phase's seconds of the wall's clock
        return await phase.run(1, lambda: asyncio.get_running_loop().call_later(1.5, phase.settle, Ready()))

    assert asyncio.run(main()) == Ready()


def test_a_phase_ends_on_a_machine_that_never_runs():
    async def main():
        now = Time()
        phase = Phase(MachineClock(now))  # time does not pass at all
        return await phase.run(0.05, lambda: None)

    assert asyncio.run(main()) == Expired()
