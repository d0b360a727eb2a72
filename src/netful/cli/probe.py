"""`netful probe`: try a path with real packets, beside its prediction."""

from __future__ import annotations

import json
from typing import Any

from netful.cli.options import ReportOptions
from netful.cli.stacks import StackOptions, connect

UNKNOWN = 3


def probe(
    source: str,
    destination: str,
    *,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
    report: ReportOptions = ReportOptions(),  # noqa: B008  # frozen
) -> int:
    """Try FROM to TO with real packets and print what happened beside what `trace` predicts. Exit 1 if they differ.

    Parameters
    ----------
    source:
        Where from, as for `trace`.
    destination:
        Where to, as for `trace`.
    """
    with connect(stack) as client:
        found: dict[str, Any] = client.call("probe", source=source, destination=destination)
    print(json.dumps(found, indent=2) if report.format == "json" else _text(found))
    if found["agree"] is None:
        return UNKNOWN
    return 0 if found["agree"] else 1


def _text(found: dict[str, Any]) -> str:
    mark = {True: "✓", False: "✗", None: "?"}[found["agree"]]
    lines = [f"{mark} {found['source']} → {found['destination']}"]
    predicted, observed = found["predicted"], found["observed"]
    lines.append(f"  predicted  {predicted['verdict']:<10} {predicted['symptom']}")
    for attempt in observed:
        took = f"{attempt['ms']:.1f} ms"
        lines.append(f"  observed   {attempt['verdict']:<10} {attempt['symptom']:<10} {took:>10}  {attempt['detail']}")
    return "\n".join(lines)
