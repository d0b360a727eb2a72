"""Documents of `netful traces`."""

from typing import Any

from msgspec import Struct


class ListedTraceDocument(Struct):
    """A trace in the list. `start` is in seconds since 1970."""

    id: str
    start: float
    name: str
    status: int | None
    duration_ms: float
    segments: int
    failed: bool


class TracesDocument(Struct):
    """`netful traces`; `on` while requests are traced."""

    traces: list[ListedTraceDocument]
    on: bool


class SpanDocument(Struct):
    """A span of a trace; a hop has the rule that led there."""

    depth: int
    id: str
    name: str
    begins_ms: float
    duration_ms: float | None
    status: int | None
    failed: bool
    hop: dict[str, Any] | None


class TraceTreeDocument(Struct):
    """`netful traces ID`."""

    id: str
    spans: list[SpanDocument]
