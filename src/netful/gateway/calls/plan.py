"""Plan of all calls of one meaning: the stages that have something to do for them.

The plan is the way through the stages as far as it is the same for all these calls. It is made when the first of them comes, and
kept until the cloud changes.
"""

from __future__ import annotations

from dataclasses import dataclass

from netful.gateway.calls.call_stage import AtOnce, CallStage, Next, chained, nothing
from netful.gateway.calls.meaning import Meaning
from netful.gateway.calls.metrics import Tally


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


class Planner:
    """Makes plans of the stages of a gateway."""

    def __init__(self, stages: tuple[CallStage, ...]) -> None:
        self._stages = stages
        self._ways: dict[tuple[CallStage, ...], tuple[Next, ...]] = {}  # few: shared by all plans with the same stages

    def plan(self, meaning: Meaning, tally: Tally | None, canary: Plan | None = None) -> Plan:
        """Return the plan of a meaning."""
        active = tuple(stage for stage in self._stages if not stage.passes(meaning))
        at_once = []
        for stage in active:
            step = stage.at_once(meaning)
            if step is None:
                break
            at_once.append(step)
        return Plan(meaning, tuple(at_once), self.ways(active), tally, canary)

    def ways(self, stages: tuple[CallStage, ...]) -> tuple[Next, ...]:
        """Return the ways from each of some stages to the end."""
        if stages not in self._ways:
            self._ways[stages] = tuple(chained(stages[place:], nothing) for place in range(len(stages)))
        return self._ways[stages]
