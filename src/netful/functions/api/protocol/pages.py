"""Lists of the Lambda API come in parts."""

from __future__ import annotations

from typing import Any

from netful.functions.api.protocol.message import Call, Reply, document
from netful.model.core.numbers import whole_number

_PAGE = 50


def page(call: Call, entries: list[dict[str, Any]], name: str) -> Reply:
    """A part of a list, with the marker of the next one."""
    size = min(whole_number(call.query.get("MaxItems", ""), _PAGE), _PAGE)
    start = whole_number(call.query.get("Marker", ""), 0)
    more = {"NextMarker": str(start + size)} if start + size < len(entries) else {}
    return document(200, {name: entries[start : start + size], **more})
