"""Pages of the Lambda API's lists."""

from typing import Any

from netful.functions.api.protocol.context import Request
from netful.functions.api.protocol.message import Reply, document
from netful.model.core.numbers import whole_number

_PAGE = 50


def page(request: Request, entries: list[dict[str, Any]], name: str) -> Reply:
    """Return a part of a list, with the marker of the next one."""
    size, start = min(request.get("MaxItems", _PAGE), _PAGE), whole_number(request.get("Marker"), 0)
    more = {"NextMarker": str(start + size)} if start + size < len(entries) else {}
    return document(200, {name: entries[start : start + size], **more})
