"""Plan of all calls of one meaning: the stages that have something to do for them.

The plan is the way through the stages as far as it is the same for all these calls. It is made when the first of them comes, and
kept until the cloud changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from netful.gateway.calls.meaning import Meaning
from netful.gateway.calls.metrics import Tally
from netful.gateway.calls.stage import AtOnce, Next, Stage, chained, nothing


@dataclass(frozen=True, slots=True)
class Plan:
    """`at_once` does the parts of the leading stages without waiting; `rest` are the ways from each stage to the end.

    `tally` counts the calls, where they are those of a stage of an API. `canary` is the plan for the share of the calls that goes
    to the canary of the stage.
    """

    meaning: Meaning
    at_once: tuple[AtOnce, ...]
    rest: tuple[Next, ...]
    tally: Tally | None
    canary: Plan | None


def planned(stages: Iterable[Stage], meaning: Meaning, tally: Tally | None, canary: Plan | None = None) -> Plan:
    """Return the plan of a meaning."""
    active = [stage for stage in stages if not stage.passes(meaning)]
    at_once = []
    for stage in active:
        step = stage.at_once(meaning)
        if step is None:
            break
        at_once.append(step)
    ways = [chained(active[place:], nothing) for place in range(len(active))]
    return Plan(meaning, tuple(at_once), tuple(ways), tally, canary)
