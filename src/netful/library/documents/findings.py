"""Documents of `netful check`, `netful explain` and `netful test`."""

from typing import Literal

from msgspec import Struct

from netful.library.documents.paths import PathDocument

SeverityName = Literal["info", "low", "medium", "high", "critical"]


class FindingDocument(Struct):
    """One finding of one resource."""

    id: str
    title: str
    severity: SeverityName
    resource: str
    origin: str
    message: str
    hint: str
    certainty: Literal["proven", "likely", "unknown"]
    cause: str
    path: PathDocument | None = None


class CheckDocument(Struct):
    """`netful check`."""

    findings: list[FindingDocument]


class RuleDocument(Struct):
    """A check."""

    id: str
    slug: str
    title: str
    severity: SeverityName
    why: str
    instead: str


class OutcomeDocument(Struct):
    """Outcome of an expectation."""

    expectation: str
    origin: str
    result: Literal["passed", "failed", "unknown"]
    reason: str | None
    path: PathDocument | None = None


class TestDocument(Struct):
    """`netful test`."""

    outcomes: list[OutcomeDocument]
