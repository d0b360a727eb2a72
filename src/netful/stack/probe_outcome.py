"""Outcome of a probe: the prediction, and one attempt from every source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from netful.engine.flows.path import SymptomKind


@dataclass(frozen=True, slots=True)
class Attempt:
    """Outcome of an attempt. `verdict` is reachable if the far end itself accepted or refused the connection."""

    place: str
    verdict: Literal["reachable", "blocked"]
    symptom: SymptomKind
    detail: str
    ms: float
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """Summary of the prediction of `trace`. `status` is the status of the answer if the symptom is `http`."""

    verdict: str
    symptom: str
    blockers: tuple[str, ...]
    status: int | None = None
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """Outcome of a probe. `agree` is None if the prediction is unknown, or assumes something that a probe does not have."""

    source: str
    destination: str
    predicted: Prediction
    observed: tuple[Attempt, ...]
    agree: bool | None
