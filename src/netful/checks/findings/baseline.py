"""Baseline: the findings of an earlier run, as `netful check --format json` printed them. A new run reports what is new."""

import json
from collections.abc import Iterable
from pathlib import Path

from netful.checks.findings.finding import Finding
from netful.model.core import QuestionError

Key = tuple[str, str, str]


def read_baseline(path: Path) -> frozenset[Key]:
    """Return the keys of a baseline's findings. Raise QuestionError for a file that is not one."""
    hint = f"make one with `netful check --format json > {path}`"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return frozenset((f["id"], f["resource"], f["message"]) for f in document["findings"])
    except OSError as error:
        raise QuestionError(f"cannot read the baseline `{path}`: {error.strerror}", hint=hint) from None
    except (ValueError, TypeError, KeyError):
        raise QuestionError(f"`{path}` is not a baseline of findings", hint=hint) from None


def new_since(baseline: frozenset[Key], findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that a baseline does not have, whatever line they are on."""
    return tuple(finding for finding in findings if finding.key not in baseline)
