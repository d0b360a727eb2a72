"""`netful traces`: the traces of the running stack, and one of them as a tree."""

import sys
import time
from collections.abc import Iterator
from typing import Any

from netful.cli.options.options import ReportOptions
from netful.cli.options.stacks import StackOptions, stack_name
from netful.render.columns import columns, counted, padded, width
from netful.render.json import line as json_line
from netful.render.language import spoken
from netful.render.visible import visible
from netful.stack.control.client import Client


def traces(
    trace_id: str | None = None,
    /,
    *,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
    report: ReportOptions = ReportOptions(),  # noqa: B008  # frozen
) -> int:
    """Show the traces of the running network: its requests, with the hops, the gateway's stages and the functions.

    `netful up --sample 100%` traces them. The last 1,000 traces are kept.

    Parameters
    ----------
    trace_id:
        The trace to show as a tree, by its id or the beginning of it; all of the last ones are listed without it.
    """
    with Client(stack_name(stack)) as client:
        found = client.call("traces", id=trace_id)
    if report.format == "json":
        print(json_line(found))
    elif trace_id is not None:
        print(*_tree(visible(found)), sep="\n")
    elif found["traces"]:
        print(*columns([_row(visible(one)) for one in found["traces"]]), sep="\n")
    else:
        hint = "" if found["on"] else f"\n{spoken('hint')}: {spoken('`netful up --sample 100%` traces requests')}"
        print(f"{spoken('no request has been traced')}{hint}", file=sys.stderr)
    return 0


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    clock = time.strftime("%H:%M:%S", time.localtime(one["start"]))
    status = str(one["status"] or (spoken("failed") if one["failed"] else ""))
    segments = counted(one["segments"], "segment")
    return clock, one["id"], one["name"], status, f"{one['duration_ms']:.1f} ms", segments


def _tree(found: dict[str, Any]) -> Iterator[str]:
    """Yield the id of a trace, and a line for each span. A hop has the rule that led there, and no duration."""
    yield found["id"]
    names = ["  " * one["depth"] + one["name"] for one in found["spans"]]
    widest = max(map(width, names))
    for name, one in zip(names, found["spans"], strict=True):
        if one["hop"]:
            yield f"  {padded(name, widest)}  {spoken(one['hop']['rule'])}".rstrip()
            continue
        lasted = f"{one['duration_ms']:.1f} ms" if one["duration_ms"] is not None else spoken("in progress")
        result = str(one["status"] or "") + (f"  {spoken('failed')}" if one["failed"] else "")
        yield f"  {padded(name, widest)}  {lasted:>11}  {result}".rstrip()
