"""NF001: a comment that silences nothing. The runner finds these, since only it knows what the other rules found."""

from __future__ import annotations

from netful.checks.findings.finding import Severity
from netful.checks.rules.rule import Rule

RULE = Rule(
    id="NF001",
    slug="unused-ignore",
    title="comment silences nothing",
    severity=Severity.INFO,
    why="a comment that silences nothing today may hide a new fault tomorrow",
    instead="remove the comment once what it silenced is mended",
)
