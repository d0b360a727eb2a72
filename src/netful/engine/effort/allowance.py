"""Allowance of work for one request: what a template, a model, a path or a pattern may cost before it must go elsewhere.

Rules:
1. A unit is about 80 ns of work. Whatever multiplies itself (loops, schemas, matches) pays before it works.
2. A turn of a server, in which other clients wait, has `TURN` units. Patterns that need backtracking are beyond every turn.
3. A process apart has time of its own: it may be killed, so its patterns may backtrack and cost no units.
4. Beyond the allowance, `BeyondAllowanceError` leaves the work without an effect: it can be done again, apart.
"""

import sys
from dataclasses import dataclass

TURN = 150_000
APART = 20_000_000


class BeyondAllowanceError(Exception):
    """Work that costs more than its allowance."""


@dataclass(slots=True)
class Allowance:
    """Units that are left. `apart`: the work is done where no other client waits for it."""

    left: int = APART
    apart: bool = True

    def spend(self, units: int) -> None:
        """Pay for work. Raise BeyondAllowanceError if it is more than what is left."""
        self.left -= units
        if self.left < 0:
            raise BeyondAllowanceError


def of_time() -> Allowance:
    """Return the allowance of work apart that only a deadline limits."""
    return Allowance(sys.maxsize)


def of_turn() -> Allowance:
    """Return the allowance of one turn of a server."""
    return Allowance(TURN, apart=False)
