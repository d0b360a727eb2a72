"""Documents of `netful invoke` and `netful probe`."""

from typing import Any, Literal

from msgspec import Struct

from netful.library.documents.paths import SymptomKind, Verdict


class InvocationDocument(Struct):
    """`netful invoke`. `payload` is a text if it is not JSON."""

    status_code: int
    payload: Any
    function_error: str | None
    log_tail: str
    duration_ms: float
    init_ms: float | None
    request_id: str
    hint: str


class PredictionDocument(Struct):
    """Prediction of a probe."""

    verdict: Verdict
    symptom: SymptomKind
    blockers: list[str]
    status: int | None
    assumptions: list[str]


class AttemptDocument(Struct):
    """Attempt of a probe from one position."""

    place: str
    verdict: Literal["reachable", "blocked"]
    symptom: SymptomKind
    detail: str
    ms: float
    status: int | None


class ProbeDocument(Struct):
    """`netful probe FROM TO`."""

    source: str
    destination: str
    predicted: PredictionDocument
    observed: list[AttemptDocument]
    agree: bool | None
