"""Outcome of a probe: the prediction, and one attempt from every source."""

from typing import Literal

from netful.engine.flows.path import SymptomKind
from netful.model.core import Frozen


class Attempt(Frozen):
    """Outcome of an attempt. `verdict` is reachable if the far end itself accepted or refused the connection."""

    place: str
    verdict: Literal["reachable", "blocked"]
    symptom: SymptomKind
    detail: str
    ms: float
    status: int | None = None


class Prediction(Frozen):
    """Summary of the prediction of `trace`. `status` is the status of the answer if the symptom is `http`."""

    verdict: str
    symptom: str
    blockers: tuple[str, ...]
    status: int | None = None
    assumptions: tuple[str, ...] = ()


class Probe(Frozen):
    """Outcome of a probe. `agree` is None if the prediction is unknown, or assumes something that a probe does not have."""

    source: str
    destination: str
    predicted: Prediction
    observed: tuple[Attempt, ...]
    agree: bool | None
