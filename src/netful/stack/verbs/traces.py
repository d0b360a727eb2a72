"""Traces of the running stack: a list of the last ones, or one as a tree."""

from collections.abc import AsyncGenerator
from typing import Any

from netful.engine.traces.summaries import summary
from netful.engine.traces.tree import outline
from netful.model.core import QuestionError
from netful.stack.control.control import ControlRequest
from netful.stack.stack import Stack

_LISTED = 50


async def traces(stack: Stack, request: ControlRequest) -> AsyncGenerator[dict[str, Any]]:
    """Yield the spans of the trace whose id begins with a text, or the last traces, the latest first."""
    wanted = request.arguments.get("id")
    if wanted is None:
        yield {"result": {"traces": recent(stack), "on": stack.traces.tracer is not None}}
        return
    found = [(trace_id, documents) for trace_id, documents in stack.traces.all() if trace_id.startswith(wanted)]
    if len(found) != 1:
        several = f"{len(found)} traces begin with `{wanted}`"
        raise QuestionError(
            several if found else f"there is no trace `{wanted}`", hint="`netful traces` lists the last ones"
        )
    ((trace_id, documents),) = found
    yield {"result": {"id": trace_id, "spans": outline(documents)}}


def recent(stack: Stack) -> list[dict[str, Any]]:
    """Return the last traces, the latest first."""
    listed = []
    for trace_id, documents in stack.traces.all():
        one = summary(trace_id, documents)
        listed.append(
            {
                "id": trace_id,
                "start": one["StartTime"],
                "name": one["EntryPoint"]["Name"],
                "status": one["Http"].get("HttpStatus"),
                "duration_ms": round(one["Duration"] * 1000, 3),
                "segments": len(documents),
                "failed": one["HasFault"] or one["HasError"],
            }
        )
        if len(listed) == _LISTED:
            break
    return listed
