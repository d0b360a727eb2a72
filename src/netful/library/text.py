"""Text of an answer, as the command line prints it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from netful.engine.flows.path import Path
from netful.engine.trace.matrix import Matrix

if TYPE_CHECKING:
    from netful.checks.difference import Difference
    from netful.checks.findings.finding import Finding
    from netful.checks.verify import Outcome
    from netful.engine.failures.resilience import Resilience

    Answer = Path | Matrix | Resilience | Difference | Sequence[Finding] | Sequence[Outcome] | dict[str, Any]


def text(answer: Answer, *, width: int = 120, verbose: bool = False) -> str:
    """Return the text of a path, a matrix, resilience, findings, outcomes of expectations, a difference, or an inventory.

    `verbose` adds what `-v` adds to the command's output. Characters that would act on a terminal are made visible.
    """
    if isinstance(answer, Path):
        from netful.render.text import path_text  # noqa: PLC0415  # one form of answer, one form of text

        return path_text(answer, width=width, verbose=verbose)
    if isinstance(answer, Matrix):
        from netful.render.matrix import matrix_text  # noqa: PLC0415

        return matrix_text(answer)
    if isinstance(answer, dict):
        from netful.render.inventory import inventory_text  # noqa: PLC0415

        return inventory_text(answer, verbose=verbose)
    from netful.engine.failures.resilience import Resilience  # noqa: PLC0415

    if isinstance(answer, Resilience):
        from netful.render.resilience import resilience_text  # noqa: PLC0415

        return resilience_text(answer)
    return _of_checks(answer, width, verbose=verbose)


def _of_checks(answer: Difference | Sequence[Finding] | Sequence[Outcome], width: int, *, verbose: bool) -> str:
    from netful.checks.difference import Difference  # noqa: PLC0415
    from netful.checks.verify import Outcome  # noqa: PLC0415

    if isinstance(answer, Difference):
        from netful.render.difference import difference_text  # noqa: PLC0415

        return difference_text(answer)
    outcomes = [one for one in answer if isinstance(one, Outcome)]
    if outcomes:
        from netful.render.outcomes import outcomes_text  # noqa: PLC0415

        return outcomes_text(outcomes, width=width, verbose=verbose)
    from netful.render.findings import findings_text  # noqa: PLC0415

    found = [one for one in answer if not isinstance(one, Outcome)]
    return findings_text(found, width=width, verbose=verbose)
