"""Documents of `netful trace`."""

from typing import Any, Literal

from msgspec import Struct, field

Verdict = Literal["reachable", "blocked", "unknown"]
SymptomKind = Literal["timeout", "unreachable", "refused", "dns", "tls", "http", "none"]


class SymptomDocument(Struct):
    """Effect that the client sees. `status` and `body` belong to `http`."""

    kind: SymptomKind
    status: int | None
    body: str | None


class HopDocument(Struct):
    """One component on the way."""

    n: int
    kind: str
    component: str
    asks: str
    verdict: Literal["allow", "deny", "unknown", "not-reached"]
    code: str
    rule: str
    origin: str


class PathDocument(Struct):
    """`netful trace FROM TO`."""

    from_: str = field(name="from")
    to: str
    verdict: Verdict
    symptom: SymptomDocument
    hops: list[HopDocument]
    return_: list[HopDocument] = field(name="return")
    blockers: list[int]
    assumptions: list[str]
    missing: list[str]
    unread: list[str]
    hint: str | None
    advice: list[str]
    seen_as: str | None
    kernel: Any = None


class CellDocument(Struct):
    """Answer for a pair of a matrix."""

    verdict: Verdict
    symptom: str
    missing: list[str]


class RowDocument(Struct):
    """Sources that share their answers, by destination."""

    sources: list[str]
    answers: dict[str, CellDocument]


class MatrixDocument(Struct):
    """`netful trace --matrix`."""

    destinations: list[str]
    rows: list[RowDocument]


class WayAnswerDocument(Struct):
    """Answer for a client of a way; without a symptom if the URL of the way is not known."""

    verdict: Verdict
    missing: list[str]
    symptom: SymptomDocument | None = None


class WayDocument(Struct):
    """A way to an API: `url` is called by `method`, with the Host `host` if it is not that of the URL."""

    api: str
    kind: str
    by: str
    method: str
    url: str
    host: str | None
    clients: dict[str, WayAnswerDocument]


class WaysDocument(Struct):
    """`netful trace --matrix --apis`."""

    ways: list[WayDocument]
