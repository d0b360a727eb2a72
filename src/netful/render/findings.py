"""Findings as text: one block each, the most severe first, then a line with the counts."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from netful.checks.findings.finding import Certainty, Finding, Severity
from netful.checks.rules.rule import Rule
from netful.render.terminal import painted
from netful.render.text import path_text

_COLOURS = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
}
_MARKS = {Severity.CRITICAL: "✗", Severity.HIGH: "✗", Severity.MEDIUM: "!", Severity.LOW: "!", Severity.INFO: "·"}


def findings_text(findings: Sequence[Finding], *, width: int = 120, colour: bool = False, verbose: bool = False) -> str:
    """Return the text of `netful check`; `verbose` adds the path that proves a finding."""
    lines = [line for finding in findings for line in _block(finding, width, colour=colour, verbose=verbose)]
    return "\n".join([*lines, summary(findings)])


def summary(findings: Sequence[Finding]) -> str:
    """Return the number of findings by severity."""
    if not findings:
        return "✓ no findings"
    counts = {severity: sum(f.severity is severity for f in findings) for severity in reversed(Severity)}
    parts = ", ".join(f"{count} {severity.value}" for severity, count in counts.items() if count)
    return f"{len(findings)} finding{'s' * (len(findings) != 1)}: {parts}"


def _block(finding: Finding, width: int, *, colour: bool, verbose: bool) -> Iterator[str]:
    severity = painted(finding.severity.value, _COLOURS[finding.severity], colour=colour)
    sure = "" if finding.certainty is Certainty.PROVEN else f"  {finding.certainty.value}"
    yield f"{_MARKS[finding.severity]} {finding.id} {severity}  {finding.title}: {finding.resource}  {finding.origin}{sure}"
    yield from _wrapped(finding.message, width)
    yield from _wrapped(f"hint: {finding.hint}", width)
    if verbose and finding.path is not None:
        yield from ("    " + line for line in path_text(finding.path, width=width - 4, colour=colour).splitlines())


def rule_text(rule: Rule, *, width: int = 120) -> str:
    """Return the text of `netful explain NF102`."""
    lines = [f"{rule.id} {rule.slug}  {rule.severity.value}", rule.title, ""]
    lines += textwrap.wrap(rule.why, min(width, 100))
    for kind, title in (("bad", "found in"), ("good", "not found in")):
        lines += ["", f"{title}:", *("  " + line for line in rule.example(kind).splitlines())]
        if kind == "bad":
            lines += ["", *textwrap.wrap(f"instead: {rule.instead}", min(width, 100))]
    return "\n".join(lines)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False, break_long_words=False
    )
