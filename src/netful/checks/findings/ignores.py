"""Comments `# netful: ignore[NF302] reason` in a template, which silence a check.

Rules:
1. Within a resource, or on the line above it, a comment applies to that resource and to the resources that a transform
   makes of it.
2. Anywhere, it applies to a finding on its own line or the next one.
3. Several ids are separated by commas. The reason is for the reader.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path

from netful.checks.findings.finding import Finding
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Origin, SourceError
from netful.sources.files.unreadable import text_of

COMMENT = re.compile(r"#\s*netful:\s*ignore\[(?P<ids>[A-Z0-9, ]+)\](?P<reason>.*)")


class Ignore(Frozen):
    """One id of one comment. `line` is the line of the resource to which the comment belongs, 0 if none."""

    id: str
    origin: Origin
    line: int

    def covers(self, finding: Finding, cloud: Cloud) -> bool:
        """Return whether the comment silences a finding."""
        if finding.id != self.id:
            return False
        if finding.origin.file == self.origin.file and 0 <= finding.origin.line - self.origin.line <= 1:
            return True
        resource = cloud.template.resources.get(finding.resource)
        place = resource.origin if resource else finding.origin
        return place == Origin(self.origin.file, self.line)


def ignores_of(cloud: Cloud) -> tuple[Ignore, ...]:
    """Return the comments in every file that contains a resource."""
    lines: dict[str, set[int]] = {}
    for resource in cloud.template.resources.values():
        lines.setdefault(resource.origin.file, set()).add(resource.origin.line)
    return tuple(ignore for file, starts in lines.items() for ignore in _in_file(file, sorted(starts)))


def _in_file(file: str, starts: list[int]) -> Iterator[Ignore]:
    try:
        written = text_of(Path(file)).splitlines()
    except SourceError:
        return
    for number, text in enumerate(written, start=1):
        found = COMMENT.search(text)
        if found:
            line = _resource_at(number, text, written, starts)
            for id_ in filter(None, (part.strip() for part in found["ids"].split(","))):
                yield Ignore(id_, Origin(file, number), line)


def _resource_at(number: int, text: str, written: list[str], starts: list[int]) -> int:
    """Return the line of the resource that contains a comment, or follows it."""
    if text.lstrip().startswith("#"):
        rest = enumerate(written[number:], start=number + 1)
        following = next((line for line, other in rest if other.strip() and not other.lstrip().startswith("#")), 0)
        if following in starts:
            return following
    place = bisect_right(starts, number)
    return starts[place - 1] if place else 0


def split(
    findings: Iterable[Finding], ignores: tuple[Ignore, ...], cloud: Cloud
) -> tuple[tuple[Finding, ...], tuple[Ignore, ...]]:
    """Return the remaining findings, and the comments that silenced none."""
    kept: list[Finding] = []
    used: set[Ignore] = set()
    for finding in findings:
        covering = [ignore for ignore in ignores if ignore.covers(finding, cloud)]
        used.update(covering)
        if not covering:
            kept.append(finding)
    return tuple(kept), tuple(ignore for ignore in ignores if ignore not in used)
