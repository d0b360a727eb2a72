"""A call of the Lambda API and its reply, whole or a page of a list, independent of the transport."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from msgspec import field

from netful.model.core import Frozen, whole_number

_PAGE = 50


class OperationCall(Frozen):
    """One call. The names of `headers` are in lower case; `pairs` is the query with repeated names; "" is the cloud's region."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    pairs: tuple[tuple[str, str], ...] = ()
    region: str = ""


class Reply(Frozen):
    """A reply to a call; `stream` replaces the body if it arrives in pieces."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    stream: AsyncIterator[bytes] | None = None


def document(status: int, content: Mapping[str, Any]) -> Reply:
    """Return a reply with a JSON document."""
    return Reply(status, json.dumps(content).encode(), (("Content-Type", "application/json"),))


def page(request: Mapping[str, Any], entries: list[dict[str, Any]], name: str) -> Reply:
    """Return a part of a list, with the marker of the next one."""
    size, start = min(request.get("MaxItems", _PAGE), _PAGE), whole_number(request.get("Marker"), 0)
    more = {"NextMarker": str(start + size)} if start + size < len(entries) else {}
    return document(200, {name: entries[start : start + size], **more})
