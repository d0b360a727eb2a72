"""`netful trace --live`: the path of a real packet in the kernel, below the prediction."""

from __future__ import annotations

import json
from typing import Any

from netful.cli.options.options import ReportOptions
from netful.cli.options.stacks import StackOptions, connect


def print_testimony(stack: StackOptions, source: str, destination: str, report: ReportOptions) -> None:
    """Have the running stack send a packet, and print every rule that it met and current health problems."""
    with connect(stack) as client:
        seen: list[dict[str, Any]] = client.call("witness", source=source, destination=destination)
    print(json.dumps(seen, indent=2) if report.format == "json" else "\n".join(map(_text, seen)))


def _text(one: dict[str, Any]) -> str:
    attempt = one["attempt"]
    lines = [f"the kernel, {attempt['place']}: {attempt['verdict']}, {attempt['detail']}"]
    packet = None
    for told in one["testimonies"]:
        if told["packet"] != packet:
            packet = told["packet"]
            lines.append(f"  {packet} in {told['vpc_id']}")
        lines.append(f"    {told['stage']:<13} {told['verdict']:<7} {told['rule']}")
    lines += [f"not well: {unwell}" for unwell in one["unwell"]]
    return "\n".join(lines)
