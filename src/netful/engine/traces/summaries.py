"""Summaries of traces, as `GetTraceSummaries` returns them."""

from collections.abc import Sequence
from typing import Any

from netful.engine.traces.tracer import Document
from netful.engine.traces.tree import spans


def duration(documents: Sequence[Document]) -> float:
    """Return the seconds from the first beginning to the last end."""
    found = [*spans(documents)]
    return max(one.ended or one.begun for one in found) - min(one.begun for one in found)


def summary(trace_id: str, documents: Sequence[Document]) -> dict[str, Any]:
    """Return the summary of a trace."""
    first = next(spans(documents))
    http = first.document.get("http") or {}
    request, response = http.get("request") or {}, http.get("response") or {}
    marks = {
        f"Has{mark.title()}": any(one.document.get(mark) for one in spans(documents))
        for mark in ("fault", "error", "throttle")
    }
    return {
        "Id": trace_id,
        "StartTime": first.begun,
        "Duration": duration(documents),
        "ResponseTime": (first.ended or first.begun) - first.begun,
        **marks,
        "IsPartial": any(one.ended is None for one in spans(documents)),
        "Http": {
            theirs: value
            for theirs, value in (
                ("HttpURL", request.get("url")),
                ("HttpStatus", response.get("status")),
                ("HttpMethod", request.get("method")),
                ("UserAgent", request.get("user_agent")),
                ("ClientIp", request.get("client_ip")),
            )
            if value is not None
        },
        "ServiceIds": [
            {"Name": name, "Names": [name]} for name in dict.fromkeys(str(one["name"]) for one in documents)
        ],
        "EntryPoint": {"Name": str(first.document["name"]), "Names": [str(first.document["name"])]},
    }
