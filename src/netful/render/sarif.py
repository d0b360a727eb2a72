"""Findings as SARIF 2.1.0, the format of code-scanning services (OASIS, sarif-v2.1.0).

A result is a cause. Its other resources are related locations, and the fingerprint contains all of them: an alert that was
dismissed for some resources does not hide another one.
"""

import hashlib
import re
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from netful.checks.findings.causes import Group, by_cause
from netful.checks.findings.finding import Finding, Severity
from netful.checks.rules.rule import Rule
from netful.model.core import Origin
from netful.render.findings import also
from netful.render.visible import visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_LINK = re.compile(r"\[(?=[^\]]*\]\()")  # [text](target) would be a link in a message
# the number from 0 to 10 by which code-scanning services sort
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "1.0",
}


def sarif(findings: Iterable[Finding], rules: Iterable[Rule]) -> dict[str, Any]:
    """Return the log of one run."""
    known = [*rules]
    places = {rule.id: index for index, rule in enumerate(known)}
    driver = {"name": "netful", "semanticVersion": version("netful"), "rules": [_rule(rule) for rule in known]}
    results = [_result(group, places) for group in by_cause(findings)]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(part.title() for part in rule.slug.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.instead, "markdown": f"{rule.why}\n\n**Instead:** {rule.instead}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"security-severity": _SCORES[rule.severity], "tags": ["network"]},
    }


def _result(group: Group, places: dict[str, int]) -> dict[str, Any]:
    first = group.first
    keys = sorted(finding.key for finding in group.findings)
    result: dict[str, Any] = {
        "ruleId": group.id,
        "level": _LEVELS[group.severity],
        "message": {"text": "\n".join(map(_text, filter(None, (first.message, also(group), f"hint: {first.hint}"))))},
        "locations": [_location(first.origin, first.resource)],
        "partialFingerprints": {"netful/v1": hashlib.sha256("\0".join(map("\0".join, keys)).encode()).hexdigest()[:32]},
        "properties": {"certainty": group.certainty.value, "severity": group.severity.value},
    }
    if len(group.findings) > 1:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": _text(finding.message)}, **_location(finding.origin, finding.resource)}
            for number, finding in enumerate(group.findings[1:], start=1)
        ]
    return {**result, "ruleIndex": places[group.id]} if group.id in places else result


def _text(text: str) -> str:
    """Return text of a message, in which nothing is a link."""
    return _LINK.sub(r"\\[", visible(text))


def _location(origin: Origin, resource: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(Path(origin.file))}}
    if origin.line:
        physical["region"] = {"startLine": origin.line}
    return {"physicalLocation": physical, "logicalLocations": [{"name": visible(resource), "kind": "resource"}]}


def _uri(file: Path) -> str:
    """Return the URI of a file, relative to the current folder if it is inside, as code-scanning services expect."""
    whole = file.absolute()
    here = Path.cwd()
    return quote(whole.relative_to(here).as_posix()) if whole.is_relative_to(here) else whole.as_uri()
