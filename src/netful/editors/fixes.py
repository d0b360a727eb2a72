"""Quick fixes: changes of a YAML template that a hint describes exactly.

A fix is offered only if the finding is gone with it: the changed text is analysed before.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import netful
from netful.checks.findings.ignores import COMMENT
from netful.editors.analysis import Analysis

_ADMIT = re.compile(r"let `(?P<group>\w+)` admit (?P<protocol>tcp|udp)/(?P<port>\d+) from `(?P<peer>\w+)`")
_WRITE = re.compile(r"write `(?P<function>!\w+) (?P<text>[^`]+)`")
_UNUSED_IGNORE = "NF001"


@dataclass(frozen=True, slots=True)
class Fix:
    """A change: these lines (0-based, the second excluded) become `text`. `finding` is gone with it."""

    title: str
    first: int
    end: int
    text: str

    def applied(self, lines: tuple[str, ...]) -> str:
        """Return the text of the file after the change."""
        return "\n".join([*lines[: self.first], *self.text.splitlines(), *lines[self.end :]]) + "\n"


def fixes(analysis: Analysis, key: tuple[str, ...], reanalyse: Callable[[str], Analysis]) -> Iterator[Fix]:
    """Yield the fixes of the finding with a key; `reanalyse` returns the analysis of a changed text."""
    finding = next((one for one in analysis.findings if one.key == key), None)
    json = "".join(analysis.lines).lstrip().startswith("{")  # it has neither tags nor comments
    if finding is None or analysis.built or json:
        return
    for fix in _proposed(analysis, finding):
        after = reanalyse(fix.applied(analysis.lines))
        if after.error is None and key not in {one.key for one in after.findings}:
            yield fix


def _proposed(analysis: Analysis, finding: netful.Finding) -> Iterator[Fix]:
    if finding.id == _UNUSED_IGNORE:
        yield from _without_comment(analysis, finding)
        return
    admit, write = _ADMIT.fullmatch(finding.hint), _WRITE.fullmatch(finding.hint)
    if admit:
        yield from _ingress(analysis, admit)
    if write:
        yield from _reference(analysis, finding, write)
    yield from _ignored(analysis, finding)


def _without_comment(analysis: Analysis, finding: netful.Finding) -> Iterator[Fix]:
    at = finding.origin.line - 1
    kept = COMMENT.sub("", analysis.lines[at]).rstrip()
    yield Fix("netful: remove the comment", at, at + 1, f"{kept}\n" if kept else "")


def _ingress(analysis: Analysis, wanted: re.Match[str]) -> Iterator[Fix]:
    """Add an ingress rule as a resource after the group, or before the next resource."""
    starts = {resource.id: line for line, resource in analysis.resources().items()}
    if not {wanted["group"], wanted["peer"]} <= starts.keys():
        return
    at = starts[wanted["group"]] - 1
    indent = analysis.lines[at][: len(analysis.lines[at]) - len(analysis.lines[at].lstrip())]
    name = f"{wanted['group']}From{wanted['peer']}{wanted['port']}"
    rule = [
        f"{name}:",
        "  Type: AWS::EC2::SecurityGroupIngress",
        "  Properties:",
        f"    GroupId: !GetAtt {wanted['group']}.GroupId",
        f"    IpProtocol: {wanted['protocol']}",
        f"    FromPort: {wanted['port']}",
        f"    ToPort: {wanted['port']}",
        f"    SourceSecurityGroupId: !GetAtt {wanted['peer']}.GroupId",
    ]
    title = f"netful: {wanted[0].replace('`', '')}"
    yield Fix(title, at, at, "".join(f"{indent}{line}\n" for line in rule) + "\n")


def _reference(analysis: Analysis, finding: netful.Finding, wanted: re.Match[str]) -> Iterator[Fix]:
    """Write a reference in place of the plain text, if the resource has that text once."""
    starts = sorted(line for line in analysis.resources() if line)
    start = max((line for line in starts if line <= finding.origin.line), default=1)
    end = next((line for line in starts if line > start), len(analysis.lines) + 1)
    text = re.compile(rf"""(?<=[\s\[,:])(?P<quote>['"]?){re.escape(wanted["text"])}(?P=quote)(?=[\s\],}}]|$)""")
    places = [at for at in range(start - 1, end - 1) if text.search(analysis.lines[at])]
    if len(places) == 1:
        [at] = places
        written = text.sub(lambda found: f"{wanted['function']} {found[0]}", analysis.lines[at], count=1)
        yield Fix(f"netful: {finding.hint.replace('`', '')}", at, at + 1, f"{written}\n")


def _ignored(analysis: Analysis, finding: netful.Finding) -> Iterator[Fix]:
    """Add a comment that silences the finding, above the line where its resource begins or that it is about."""
    starts = {resource.id: line for line, resource in analysis.resources().items()}
    line = starts.get(finding.resource) or finding.origin.line
    if line:
        written = analysis.lines[line - 1]
        indent = written[: len(written) - len(written.lstrip())]
        yield Fix(
            f"netful: ignore {finding.id} here", line - 1, line - 1, f"{indent}# netful: ignore[{finding.id}] reason\n"
        )
