"""Markdown: a difference as one comment of a pull request, and a rule as its page of the documentation."""

import re
from collections.abc import Callable, Iterator

from netful.checks.difference import Difference, Flow
from netful.checks.findings.causes import Group, by_cause
from netful.checks.rules.rule import Rule
from netful.render.difference import changed
from netful.render.findings import also
from netful.render.visible import visible

MARKER = "<!-- netful diff -->"
"""Marker in the comment, by which the next run finds and replaces it."""

_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~!]|(?<=:)/(?=/)|(?<=www)\.)", re.IGNORECASE)
_MOST = 50  # maximum rows of a table: a comment has a size limit


def difference_markdown(diff: Difference) -> str:
    """Return the comment of a pull request about a difference."""
    body = [*_sections(visible(diff))] or ["Nothing changes for the network."]
    return "\n".join([MARKER, "### netful: what changes in the network", "", *body])


def rule_page(rule: Rule, spoken: Callable[[str], str] = str) -> str:
    """Return the page of a rule, as in `docs/checks/NF102.md`; `spoken` translates what is not the rule's own text."""
    parts = [f"# {rule.id}: {rule.title}", f"`{rule.slug}` · {spoken(f'severity **{rule.severity}**')}", rule.why]
    parts += [spoken("## Found in"), f"```yaml\n{rule.example('bad').strip()}\n```"]
    parts += [spoken("## Instead"), rule.instead, f"```yaml\n{rule.example('good').strip()}\n```"]
    if rule.compare:
        parts += [
            spoken(
                "This check compares two versions: `netful diff` finds it where the second example becomes the first."
            )
        ]
    else:
        parts += [
            spoken("## Silencing it"),
            spoken(f"`# netful: ignore[{rule.id}] reason` in the resource silences it there."),
        ]
    return "\n\n".join(parts) + "\n"


def rule_index(rules: tuple[Rule, ...], spoken: Callable[[str], str] = str) -> str:
    """Return the list of all rules, as in `docs/checks/index.md`; `spoken` translates what is not a rule's own text."""
    rows = [f"| [{rule.id}]({rule.id}.md) | {rule.slug} | {rule.title} | {rule.severity} |" for rule in rules]
    text = spoken(
        "What `netful check` finds. Beside the checks: [expectations](expectations.md) of your own, and "
        "[use in CI](../guides/check-in-ci.md), with exit codes and how to silence a finding."
    )
    head = [spoken("# Checks"), "", text, "", spoken("| id | name | what | severity |"), "|---|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _sections(diff: Difference) -> Iterator[str]:
    yield from _flows("Flows lost", diff.lost)
    yield from _flows("Flows gained", diff.gained)
    yield from _flows("Flows unsettled", diff.unsettled)
    for title, findings in (("New findings", diff.findings_gained), ("Fixed findings", diff.findings_fixed)):
        rows = [*map(_finding_row, by_cause(findings))]
        yield from _table(title, "| check | severity | what | where |", rows)
    rows = [f"| interfaces of {_plain(name)} | {before:g} | {after:g} |" for name, before, after in changed(*diff.enis)]
    rows += [
        f"| {_plain(name.replace('_', ' '))}, USD a month | {before:.2f} | {after:.2f} |"
        for name, before, after in changed(*diff.cost)
    ]
    yield from _table("Interfaces and cost", "| | before | after |", rows)


def _finding_row(group: Group) -> str:
    message = "; ".join(filter(None, (*(one.message for one in group.shown), also(group))))
    return f"| {group.id} | {group.severity} | {_prose(message)} | {_code(str(group.first.origin))} |"


def _flows(title: str, flows: tuple[Flow, ...]) -> Iterator[str]:
    rows = [f"| {_code(f.source)} | {_code(f.destination)} | {f.before} | {f.after} |" for f in flows]
    yield from _table(title, "| from | to | before | after |", rows)


def _table(title: str, head: str, rows: list[str]) -> Iterator[str]:
    if rows:
        rule = "|" + "---|" * (head.count("|") - 1)
        more = [f"\n…and {len(rows) - _MOST} more"] if len(rows) > _MOST else []
        yield "\n".join([f"**{title}** ({len(rows)})", "", head, rule, *rows[:_MOST], *more, ""])


def _prose(text: str) -> str:
    """Return a message with its pairs of backticks; the backticks of a name can only move where code begins and ends."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return _plain(text)
    return "".join(_code(part) if place % 2 else _plain(part) for place, part in enumerate(parts))


def _plain(text: str) -> str:
    """Return text that is only text: no mark-up, HTML, links or mentions."""
    return _SPECIAL.sub(r"\\\1", text).replace("@", "`@`")


def _code(text: str) -> str:
    """Return text as code in a cell of a table."""
    if not text:
        return ""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")
