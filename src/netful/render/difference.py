"""A difference as text, losses first."""

from collections.abc import Iterator

from netful.checks.difference import Difference, Flow
from netful.checks.findings.causes import by_cause
from netful.render.findings import also
from netful.render.language import spoken
from netful.render.visible import visible


def difference_text(diff: Difference) -> str:
    """Return the text of `netful diff`."""
    return "\n".join(_lines(visible(spoken(diff)))) or spoken("✓ nothing changes for the network")


def changed(
    before: dict[str, int] | dict[str, float], after: dict[str, int] | dict[str, float]
) -> list[tuple[str, float, float]]:
    """Return the rows whose numbers differ."""
    names = dict.fromkeys((*before, *after))
    rows = [(name, float(before.get(name, 0)), float(after.get(name, 0))) for name in names]
    return [row for row in rows if row[1] != row[2]]


def _lines(diff: Difference) -> Iterator[str]:
    yield from _flows("-", "lost", diff.lost)
    yield from _flows("+", "gained", diff.gained)
    yield from _flows("?", "unsettled", diff.unsettled)
    for mark, what, findings in (
        ("+", "new finding", diff.findings_gained),
        ("-", "fixed finding", diff.findings_fixed),
    ):
        for group in by_cause(findings):
            message = "; ".join(filter(None, (*(one.message for one in group.shown), spoken(also(group)))))
            yield f"{mark} {spoken(what)}  {group.id} {group.severity}  {message}  {group.first.origin}"
    for name, before, after in changed(*diff.enis):
        yield f"~ {spoken(f'interfaces of {name}')}  {before:g} → {after:g}"
    for name, before, after in changed(*diff.cost):
        cost = spoken(f"monthly cost of {spoken(name.replace('_', ' '))}")
        yield f"~ {cost}  {before:.2f} → {after:.2f} USD"


def _flows(mark: str, what: str, flows: tuple[Flow, ...]) -> Iterator[str]:
    for flow in flows:
        yield f"{mark} {spoken(what)}  {flow.source} → {flow.destination}  ({spoken(flow.before)} → {spoken(flow.after)})"
