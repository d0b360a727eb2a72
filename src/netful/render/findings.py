"""Findings as text: one block for each cause, the most severe first, then a line with the counts."""

import textwrap
from collections.abc import Callable, Iterator, Sequence

from netful.checks.findings.causes import Group, by_cause
from netful.checks.findings.finding import Certainty, Finding, Severity
from netful.checks.rules.rule import Rule
from netful.render.columns import width as cells_of
from netful.render.language import spoken
from netful.render.terminal import painted
from netful.render.text import path_text
from netful.render.visible import visible
from netful.render.wrapping import wrapped

_COLOURS = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
}
_MARKS = {Severity.CRITICAL: "✗", Severity.HIGH: "✗", Severity.MEDIUM: "!", Severity.LOW: "!", Severity.INFO: "·"}


_MOST = 12  # resources of a cause that are named without `-v`


def findings_text(findings: Sequence[Finding], *, width: int = 120, colour: bool = False, verbose: bool = False) -> str:
    """Return the text of `netful check`; `verbose` adds all resources of a cause, and the path that proves a finding."""
    groups = by_cause(visible(spoken([*findings])))
    lines = [line for group in groups for line in _block(group, width, colour=colour, verbose=verbose)]
    return "\n".join([*lines, summary(findings, spoken)])


def summary(findings: Sequence[Finding], tell: Callable[[str], str] = str) -> str:
    """Return the number of findings by severity, each cause counted once; `tell` translates it."""
    if not findings:
        return tell("✓ no findings")
    groups = by_cause(findings)
    count = len(groups)
    counts = {severity: sum(group.severity is severity for group in groups) for severity in reversed(Severity)}
    parts = ", ".join(f"{number} {severity.value}" for severity, number in counts.items() if number)
    resources = len({resource for group in groups for resource in group.resources})
    spread = " " + tell(f"at {resources} resources") if len(findings) > len(groups) else ""
    return tell(f"{count} findings" if count != 1 else "1 finding") + f"{spread}: {parts}"


def also(group: Group, most: int | None = None) -> str:
    """Return the other resources of a cause as a line, or "". The first `most` are named."""
    named = group.others[:most]
    more = f" and {len(group.others) - len(named)} more (-v)" if len(named) < len(group.others) else ""
    return f"also {', '.join(named)}{more}" if named else ""


def _block(group: Group, width: int, *, colour: bool, verbose: bool) -> Iterator[str]:
    severity = painted(group.severity.value, _COLOURS[group.severity], colour=colour)
    title = f"{group.first.title}: {spoken(group.subject)}"
    sure = "" if group.certainty is Certainty.PROVEN else f"  {spoken(group.certainty.value)}"
    yield f"{_MARKS[group.severity]} {group.id} {severity}  {title}  {group.first.origin}{sure}"
    for finding in group.findings if verbose else group.shown:
        place = f"  {finding.origin}" if finding.origin != group.first.origin else ""
        yield from _wrapped(finding.message + place, width)
        if verbose and finding.path is not None:
            yield from ("    " + line for line in path_text(finding.path, width=width - 4, colour=colour).splitlines())
    if not verbose:
        yield from _wrapped(spoken(also(group, _MOST)), width)
    yield from _wrapped(f"{spoken('hint')}: {group.first.hint}", width)


def rule_text(rule: Rule, *, width: int = 120) -> str:
    """Return the text of `netful explain NF102`."""
    lines = [f"{rule.id} {rule.slug}  {rule.severity.value}", rule.title, ""]
    lines += wrapped(rule.why, min(width, 100))
    for kind, title in (("bad", spoken("found in")), ("good", spoken("not found in"))):
        lines += ["", f"{title}:", *("  " + line for line in rule.example(kind).splitlines())]
        if kind == "bad":
            lines += ["", *wrapped(f"{spoken('instead')}: {rule.instead}", min(width, 100))]
    return "\n".join(lines)


def _wrapped(text: str, width: int) -> list[str]:
    if cells_of(text) == len(text):
        return textwrap.wrap(
            text, width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False, break_long_words=False
        )
    return [("    " if number else "  ") + line for number, line in enumerate(wrapped(text, width - 4))]
