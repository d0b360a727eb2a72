"""Plan of all calls of one meaning: the stages that have work for them.

The plan is the common way of these calls through the stages. It is made when the first of them comes, and kept until the
cloud changes.
"""

from __future__ import annotations

from netful.gateway.calls.call_stage import AtOnce, CallStage, Next, chained, nothing
from netful.gateway.calls.meaning import Meaning
from netful.gateway.calls.metrics import Tally
from netful.model.core import Frozen


class Plan(Frozen):
    """Plan of calls. `at_once` is the short way of the first `stages`; `rest` are the ways from each stage to the end.

    `tally` counts the calls if they are those of a stage of an API. `canary` is the plan for the share of the calls that goes
    to the canary of the stage.
    """

    meaning: Meaning
    stages: tuple[CallStage, ...]
    at_once: tuple[AtOnce, ...]
    rest: tuple[Next, ...]
    tally: Tally | None
    canary: Plan | None


class Planner:
    """Maker of plans from the stages of a gateway."""

    def __init__(self, stages: tuple[CallStage, ...]) -> None:
        self._stages = stages
        self._ways: dict[tuple[CallStage, ...], tuple[Next, ...]] = {}  # few: plans with the same stages share one

    def plan(self, meaning: Meaning, tally: Tally | None, canary: Plan | None = None) -> Plan:
        """Return the plan of a meaning."""
        active = tuple(stage for stage in self._stages if not stage.passes(meaning))
        at_once = []
        for stage in active:
            step = stage.at_once(meaning)
            if step is None:
                break
            at_once.append(step)
        return Plan(meaning, active, tuple(at_once), self.ways(active), tally, canary)

    def ways(self, stages: tuple[CallStage, ...]) -> tuple[Next, ...]:
        """Return the ways from each of some stages to the end."""
        if stages not in self._ways:
            self._ways[stages] = tuple(chained(stages[place:], nothing) for place in range(len(stages)))
        return self._ways[stages]
