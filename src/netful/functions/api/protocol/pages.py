"""Pages of the Lambda API's lists."""

from __future__ import annotations

from typing import Any

from netful.functions.api.protocol.context import Asked
from netful.functions.api.protocol.message import Reply, document
from netful.model.core.numbers import whole_number

_PAGE = 50


def page(asked: Asked, entries: list[dict[str, Any]], name: str) -> Reply:
    """Return a part of a list, with the marker of the next one."""
    size, start = min(asked.get("MaxItems", _PAGE), _PAGE), whole_number(asked.get("Marker"), 0)
    more = {"NextMarker": str(start + size)} if start + size < len(entries) else {}
    return document(200, {name: entries[start : start + size], **more})
