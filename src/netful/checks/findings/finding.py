"""What a rule found: the problem, how bad it is, and how sure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from netful.engine.flows.path import Path
from netful.model.core.origin import Origin


class Severity(StrEnum):
    """How bad a finding is, least first."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for the least; severities are compared by it."""
        return [*Severity].index(self)


class Certainty(StrEnum):
    """How sure a finding is: shown by the model or a walked path, resting on a named assumption, or on a missing value."""

    PROVEN = "proven"
    LIKELY = "likely"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule yields. `severity` is set where the case differs from the rule's own; `path` proves it."""

    resource: str
    origin: Origin
    message: str
    hint: str
    certainty: Certainty = Certainty.PROVEN
    path: Path | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with the id and title of the rule that found it."""

    id: str
    title: str
    severity: Severity
    resource: str
    origin: Origin
    message: str
    hint: str
    certainty: Certainty
    path: Path | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same finding in another version of the template, whatever its line."""
        return (self.id, self.resource, self.message)

    def to_json(self) -> dict[str, Any]:
        """The finding as the command line's contract has it."""
        document: dict[str, Any] = {
            "id": self.id,
            "title": self.title,
            "severity": self.severity.value,
            "resource": self.resource,
            "origin": str(self.origin),
            "message": self.message,
            "hint": self.hint,
            "certainty": self.certainty.value,
        }
        return document if self.path is None else {**document, "path": self.path.to_json()}
