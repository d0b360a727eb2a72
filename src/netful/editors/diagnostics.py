"""Diagnostics of an analysis, by file: findings, warnings of the sources, and the error of a template that cannot be read.

Their texts are in the language of the editor's environment.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from lsprotocol.types import CodeDescription, Diagnostic, DiagnosticSeverity, Position, Range

import netful
from netful.editors.analysis import Analysis, path_of
from netful.render.language import spoken

SOURCE = "netful"
_PAGES = "https://github.com/netful/netful/blob/main/docs/checks"
_SEVERITIES = {
    netful.Severity.CRITICAL: DiagnosticSeverity.Error,
    netful.Severity.HIGH: DiagnosticSeverity.Error,
    netful.Severity.MEDIUM: DiagnosticSeverity.Warning,
    netful.Severity.LOW: DiagnosticSeverity.Information,
    netful.Severity.INFO: DiagnosticSeverity.Hint,
}
_END = 1_000  # past the end, which editors take for it: they count letters in units of their own
_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+): (?P<text>.*)", re.DOTALL)


def diagnostics(analysis: Analysis) -> dict[Path, list[Diagnostic]]:
    """Return the diagnostics of each file; the analysed file is always there, and alone if it was built from."""
    found: dict[Path, list[Diagnostic]] = {analysis.path: []}
    for file, diagnostic in _each(analysis):
        if analysis.built and path_of(file) != analysis.path:
            continue
        found.setdefault(path_of(file), []).append(diagnostic)
    return found


def _each(analysis: Analysis) -> Iterator[tuple[str, Diagnostic]]:
    if analysis.error is not None:
        origin = analysis.error.origin
        said = spoken(analysis.error.what), spoken(analysis.error.why), _hint(analysis.error.hint)
        text = "\n".join(filter(None, said))
        file = origin.file if origin and not analysis.built else str(analysis.path)
        text = f"{origin}: {text}" if origin and analysis.built else text
        line = origin.line if origin and not analysis.built else 0
        yield file, _diagnostic(analysis, file, line, text, DiagnosticSeverity.Error)
    if analysis.built and analysis.built.is_older_than(analysis.path):
        text = spoken(f"`{analysis.built.path.name}` is older than this file: the findings are those of the older text")
        own = str(analysis.path)
        text = f"{text}\n{_hint(analysis.built.command)}"
        yield own, _diagnostic(analysis, own, 0, text, DiagnosticSeverity.Information)
    for finding in analysis.findings:
        told = finding.message, finding.hint
        message, hint = analysis.network.readable(told) if analysis.network else told
        text = "\n".join(filter(None, (spoken(message), _hint(hint))))
        place = finding.origin
        yield (
            place.file,
            _of_finding(finding, _diagnostic(analysis, place.file, place.line, text, _SEVERITIES[finding.severity])),
        )
    for warning in analysis.network.warnings if analysis.network and not analysis.error else ():
        where = _PLACE.fullmatch(spoken(warning))
        if where:
            line, file = int(where["line"]), where["file"]
            yield file, _diagnostic(analysis, file, line, where["text"], DiagnosticSeverity.Warning)


def _of_finding(finding: netful.Finding, diagnostic: Diagnostic) -> Diagnostic:
    diagnostic.code = finding.id
    diagnostic.code_description = CodeDescription(href=f"{_PAGES}/{finding.id}.md")
    diagnostic.data = list(finding.key)
    return diagnostic


def _hint(text: str) -> str:
    return f"{spoken('hint')}: {spoken(text)}" if text else ""


def _diagnostic(analysis: Analysis, file: str, line: int, text: str, severity: DiagnosticSeverity) -> Diagnostic:
    """Return a diagnostic for a line to its end, without its indentation where its text is known."""
    at = max(line - 1, 0)
    own = path_of(file) == analysis.path and at < len(analysis.lines)
    written = analysis.lines[at] if own else ""
    start = len(written) - len(written.lstrip())
    place = Range(Position(at, start), Position(at, _END))
    return Diagnostic(range=place, message=text, severity=severity, source=SOURCE)
