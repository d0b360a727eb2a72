"""Finding of a rule: the problem, its severity and its certainty."""

from enum import StrEnum
from typing import Any, TypedDict, Unpack

from netful.engine.flows.path import Path
from netful.model.core import Frozen, Identified, Origin


class Severity(StrEnum):
    """Severity of a finding, lowest first."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Order of severities, 0 for the lowest."""
        return [*Severity].index(self)


class Certainty(StrEnum):
    """Certainty of a finding: proven by the model or a traced path, based on a named assumption, or lacking a value."""

    PROVEN = "proven"
    LIKELY = "likely"
    UNKNOWN = "unknown"


class _More(TypedDict, total=False):
    severity: Severity | None
    cause: str
    affected: str


class Problem(Frozen):
    """A rule's result. `severity` is set if the case differs from the rule's own; `path` proves it.

    `cause` describes the fault that several results share, and that one change fixes. Without it, results of one rule count
    as one cause. `affected` is the client that suffers, if it is not the resource.
    """

    resource: str
    origin: Origin
    message: str
    hint: str
    certainty: Certainty = Certainty.PROVEN
    path: Path | None = None
    severity: Severity | None = None
    cause: str = ""
    affected: str = ""

    @classmethod
    def of(
        cls,
        thing: Identified,
        message: str,
        hint: str,
        certainty: Certainty = Certainty.PROVEN,
        path: Path | None = None,
        **more: Unpack[_More],
    ) -> "Problem":
        """Return the problem of a thing, at its place."""
        return Problem(thing.id, thing.origin, message, hint, certainty, path, **more)


class Finding(Problem, kw_only=True):
    """A problem with the id and title of the rule that found it."""

    severity: Severity
    id: str
    title: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Identity of the finding across versions of the template, whatever its line."""
        return (self.id, self.resource, self.message)

    def to_json(self) -> dict[str, Any]:
        """Return the finding in the command line's JSON form."""
        document: dict[str, Any] = {
            "id": self.id,
            "title": self.title,
            "severity": self.severity.value,
            "resource": self.resource,
            "origin": str(self.origin),
            "message": self.message,
            "hint": self.hint,
            "certainty": self.certainty.value,
            "cause": f"{self.title}: {self.cause}" if self.cause else self.title,
        }
        return document if self.path is None else {**document, "path": self.path.to_json()}
