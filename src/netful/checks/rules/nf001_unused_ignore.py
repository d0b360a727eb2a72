"""NF001: a comment that silences nothing. The runner finds these, because only it has the findings of the other rules."""

from netful.checks.rules.rule import Rule, Severity

check = Rule(
    title="comment silences nothing",
    severity=Severity.INFO,
    why="A comment that silences nothing today may hide a new fault tomorrow.",
    instead="Remove the comment once the fault that it silenced is fixed.",
)
