"""Sampling of requests, and the segments of those that are sampled.

A request that brings a decision (`Sampled=1`, `Sampled=0`) keeps it, so that a trace is whole or not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from msgspec import field

from netful.engine.traces.trace_header import TraceHeader
from netful.model.core import Frozen

Document: TypeAlias = dict[str, Any]
"""A segment or a subsegment in X-Ray's form; times are seconds since 1970."""

SAMPLED, NOT_SAMPLED = "1", "0"


class Tracer(Frozen):
    """Tracer of one process. `share` of the requests is sampled, from 0 to 1; `record` receives each segment at its end.

    `bits` draws random bits, `chance` a number below 1, `clock` is the time of day in seconds. `callers` are the functions that run at the moment, by the id
    of the span that their requests name as the parent.
    """

    share: float
    record: Callable[[Document], None]
    bits: Callable[[int], int]
    chance: Callable[[], float]
    clock: Callable[[], float]
    callers: dict[str, str] = field(default_factory=dict)

    def samples(self, header: str) -> bool:
        """Return whether a request with this trace header, or with none, is traced."""
        if header:
            decided = TraceHeader.of(header).sampled
            if decided in {SAMPLED, NOT_SAMPLED}:
                return decided == SAMPLED
        return self.chance() < self.share

    def segment(self, header: str, name: str, origin: str) -> Segment:
        """Begin a segment of a request that is traced."""
        given, now = TraceHeader.of(header), self.clock()
        root = given.root or f"1-{int(now):08x}-{self.bits(96):024x}"
        return Segment(self, given._replace(root=root), name, origin, now)


class Segment:
    """A segment, from its beginning to `end`. `parts` are its subsegments."""

    def __init__(self, tracer: Tracer, given: TraceHeader, name: str, origin: str, begun: float) -> None:
        self.id = self.new_id(tracer)
        self.begun = begun
        self.parts: list[Document] = []
        self._tracer = tracer
        self._given = given
        self._name = name
        self._origin = origin

    @staticmethod
    def new_id(tracer: Tracer) -> str:
        """Return an id for a segment or a subsegment."""
        return f"{tracer.bits(64):016x}"

    def part_id(self) -> str:
        """Return an id for a subsegment that is added later."""
        return self.new_id(self._tracer)

    def now(self) -> float:
        """Return the time of day."""
        return self._tracer.clock()

    def onward(self, parent: str) -> str:
        """Return the header of requests that belong below this segment or one of its subsegments."""
        return str(self._given._replace(parent=parent, sampled=SAMPLED))

    def part(self, name: str, begun: float, ended: float, part_id: str = "", **more: Any) -> None:
        """Add a subsegment."""
        self.parts.append(span(part_id or self.part_id(), name, begun, ended, **more))

    def end(self, **more: Any) -> None:
        """End the segment, and record it."""
        document = span(
            self.id, self._name, self.begun, self.now(), trace_id=self._given.root, origin=self._origin, **more
        )
        if self._given.parent:
            document["parent_id"] = self._given.parent
        if self.parts:
            document["subsegments"] = sorted(self.parts, key=lambda part: float(part["start_time"]))
        self._tracer.record(document)


def span(span_id: str, name: str, begun: float, ended: float, **more: Any) -> Document:
    """Return a document with a beginning and an end."""
    return {"id": span_id, "name": name, "start_time": begun, "end_time": ended, **more}


def flags(status: int) -> Mapping[str, bool]:
    """Return X-Ray's marks of a response with this status."""
    if status == 429:
        return {"throttle": True, "error": True}
    return {"fault": True} if status >= 500 else {"error": True} if status >= 400 else {}
