"""Documents of clients: the segments that programs send by `PutTraceSegments`, or to X-Ray's daemon."""

from __future__ import annotations

from typing import Annotated

import msgspec

from netful.engine.traces.tracer import Document

_MOST_BYTES = 64_000  # X-Ray's limit
_DEEPEST = 50

_Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$")]
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e11)]  # times that exporters can count in nanoseconds
_TraceId = Annotated[str, msgspec.Meta(pattern=r"^1-[0-9a-f]{8}-[0-9a-f]{24}$")]


class _Part(msgspec.Struct):
    """Members of every segment and subsegment that answers rely on."""

    id: _Id
    name: str
    start_time: _Seconds
    end_time: _Seconds | None = None
    subsegments: tuple[_Part, ...] = ()

    @property
    def depth(self) -> int:
        return 1 + max((part.depth for part in self.subsegments), default=0)


class _Segment(_Part):
    trace_id: _TraceId = ""
    parent_id: _Id | None = None
    http: _Http | None = None


class _Http(msgspec.Struct):
    request: dict[str, msgspec.Raw] = {}
    response: dict[str, msgspec.Raw] = {}


class BadDocumentError(Exception):
    """A text that is no segment; the message is the reason."""


def document_of(text: bytes) -> Document:
    """Return the document in a text. Raises BadDocumentError."""
    if len(text) > _MOST_BYTES:
        raise BadDocumentError(f"a segment has at most {_MOST_BYTES} bytes")
    try:
        found = msgspec.json.decode(text, type=_Segment)
        document: Document = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadDocumentError(str(error)) from None
    if not found.trace_id:
        raise BadDocumentError("a segment has a `trace_id`")
    if found.depth > _DEEPEST:
        raise BadDocumentError(f"subsegments are nested at most {_DEEPEST} deep")
    _strip(document)
    return document


def _strip(document: Document) -> None:
    """Take out what only the stack itself writes: a client's hops would be forged."""
    document.pop("netful", None)
    for part in document.get("subsegments") or ():
        _strip(part)
