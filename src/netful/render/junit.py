"""Results as JUnit XML, which every CI service displays: one case for each expectation or rule."""

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from msgspec import field

from netful.checks.findings.causes import by_cause
from netful.checks.findings.finding import Finding
from netful.checks.rules.rule import Rule
from netful.checks.verify import Outcome
from netful.model.core import Frozen, Origin
from netful.render.findings import also
from netful.render.visible import visible


class Case(Frozen):
    """One case; it passes if it has neither failures nor an error."""

    name: str
    group: str
    origin: Origin | None = None
    failures: tuple[str, ...] = field(default=())
    error: str = ""


def findings_junit(findings: Sequence[Finding], rules: Iterable[Rule]) -> str:
    """Return a case for each selected rule; its findings are failures."""
    shown = visible([*findings])
    cases = [Case(f"{rule.id} {rule.title}", "netful.check", failures=_failures(rule, shown)) for rule in rules]
    return junit("netful check", cases)


def outcomes_junit(outcomes: Iterable[Outcome]) -> str:
    """Return a case for each expectation; an unknown outcome is an error."""
    return junit("netful test", [_case(outcome) for outcome in visible([*outcomes])])


def junit(name: str, cases: Sequence[Case]) -> str:
    """Return the document of one suite."""
    failed, unknown = sum(bool(case.failures) for case in cases), sum(bool(case.error) for case in cases)
    counts = {"name": name, "tests": str(len(cases)), "failures": str(failed), "errors": str(unknown)}
    root = Element("testsuites", counts)
    suite = SubElement(root, "testsuite", counts)
    for case in cases:
        attributes = {"name": case.name, "classname": case.group, "time": "0"}
        if case.origin is not None:
            attributes |= {"file": case.origin.file, "line": str(case.origin.line)}
        element = SubElement(suite, "testcase", attributes)
        if case.failures:
            text = "\n".join(case.failures)
            SubElement(element, "failure", {"message": case.failures[0].splitlines()[0]}).text = text
        if case.error:
            SubElement(element, "error", {"message": case.error.splitlines()[0]}).text = case.error
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode")


def _failures(rule: Rule, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return a text for each cause."""
    groups = by_cause(finding for finding in findings if finding.id == rule.id)
    return tuple(
        "\n".join(
            filter(
                None,
                (
                    f"{group.first.origin}: {'; '.join(one.message for one in group.shown)} ({group.severity}, {group.certainty})",
                    also(group),
                    f"hint: {group.first.hint}",
                ),
            )
        )
        for group in groups
    )


def _case(outcome: Outcome) -> Case:
    expectation = outcome.expectation
    failures = (outcome.reason,) if outcome.result == "failed" else ()
    error = outcome.reason if outcome.result == "unknown" else ""
    return Case(expectation.text, "netful.test", expectation.origin, failures, error)
