"""Outcomes of expectations as text."""

from collections.abc import Sequence
from dataclasses import replace

from netful.checks.verify import Outcome
from netful.render.language import spoken
from netful.render.text import path_text
from netful.render.visible import visible

_MARKS = {"passed": "✓", "failed": "✗", "unknown": "?"}


def outcomes_text(outcomes: Sequence[Outcome], *, width: int = 120, verbose: bool = False) -> str:
    """Return the text of `netful test`; `verbose` adds the path of each expectation that did not pass."""
    lines = []
    for outcome in visible([replace(spoken(one), expectation=one.expectation) for one in outcomes]):
        lines.append(f"{_MARKS[outcome.result]} {outcome.expectation.text}")
        if outcome.result != "passed":
            lines.append(f"  {outcome.expectation.origin}: {outcome.reason}")
            if verbose and outcome.path:
                lines += ["    " + line for line in path_text(outcome.path, width=width - 4).splitlines()]
            elif outcome.path and outcome.path.hint:
                lines.append(f"  {spoken('hint')}: {outcome.path.hint}")
    counts = {result: sum(o.result == result for o in outcomes) for result in _MARKS}
    return "\n".join([*lines, ", ".join(spoken(f"{count} {result}") for result, count in counts.items() if count)])
