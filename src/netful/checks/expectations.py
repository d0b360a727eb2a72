"""Expectations of a network, one per line: the file that `netful test` reads.

| line | meaning |
|---|---|
| `FROM can reach TO`, `… via A, B` | a path exists, and it passes A and then B |
| `FROM cannot reach TO` | no path exists |
| `ID has N enis` | number of interfaces of a function, VPC, subnet or other resource; `the stack` means all of them |
| `SUBNET is public`, `private-nat`, `isolated` | the kind of a subnet |
| `API is public`, `API is private` | the network from which an API can be reached |
| `route GET /path of API is throttled at 100/50` | the rate and burst of a route without a key |
| `there are no findings` … `of NF102`, … `at high` | no finding of any rule, of one rule, or at this severity or above |

FROM and TO have the syntax of the command line. Empty lines are ignored, and so are comments: a `#` at a line's start or
after a blank, and the text after it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from netful.model.core import DEFAULT, Frozen, Origin, SourceError
from netful.sources.files.unreadable import text_of

HINT = (
    "for example `OrdersFn can reach aws:ssm`, `internet cannot reach Db:tcp/5432`, `OrdersFn has 2 enis`, "
    "`route GET /orders of Api is throttled at 100/50`, `there are no findings at high`"
)

_FORMS = {
    "reach": r"(?P<source>.+?)\s+(?P<verb>can|cannot|can\s+not)\s+reach\s+(?P<destination>.+?)(?:\s+via\s+(?P<via>.+))?",
    "enis": r"(?P<id>.+?)\s+has\s+(?P<count>\d+|no)\s+enis?",
    "throttle": (
        r"route\s+(?P<method>[A-Za-z]+)\s+(?P<path>\S+)\s+of\s+(?P<id>\S+)\s+is\s+throttled\s+at\s+"
        r"(?P<rate>\d+(?:\.\d+)?)/(?P<burst>\d+)"
    ),
    "findings": r"there\s+are\s+no\s+findings(?:\s+of\s+(?P<rule>\S+))?(?:\s+at\s+(?P<severity>\w+))?",
    "kind": r"(?P<id>\S+)\s+is\s+(?P<kind>public|private|private-nat|isolated)",
}
_COMPILED = {kind: re.compile(form, re.IGNORECASE) for kind, form in _FORMS.items()}
_COMMENT = re.compile(r"(?:^|\s)#.*")


class Expectation(Frozen):
    """One line: its kind, the parts that it names, and its place."""

    kind: str
    text: str
    parts: dict[str, str]
    origin: Origin


def read(file: Path) -> tuple[Expectation, ...]:
    """Return the expectations of a file. Raise SourceError if it cannot be read or a line is not understood."""
    found = tuple(_parsed(text_of(file).splitlines(), str(file)))
    if not found:
        raise SourceError("the file contains no expectation", origin=Origin(str(file)), hint=HINT)
    return found


def _parsed(lines: list[str], file: str) -> Iterator[Expectation]:
    for number, line in enumerate(lines, start=1):
        text = _COMMENT.sub("", line).strip()
        if text:
            yield parse(text, Origin(file, number))


def parse(text: str, origin: Origin) -> Expectation:
    """Return the expectation in a line."""
    for kind, form in _COMPILED.items():
        found = form.fullmatch(text)
        if found:
            parts = {name: value for name, value in found.groupdict().items() if value is not None}
            return Expectation(kind, text, parts, origin)
    raise SourceError(f"`{text}` is not an expectation", origin=None if origin == DEFAULT else origin, hint=HINT)
