"""Traces of a running stack: the last ones, with the hops of the network that their requests passed."""

import logging
import random
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from netful.engine.traces.documents import BadDocumentError, document_of
from netful.engine.traces.hops import hops
from netful.engine.traces.tracer import Document, Tracer, span
from netful.model.cloud import Cloud
from netful.services.http.answer_cache import Remembered

log = logging.getLogger(__name__)

_MOST_TRACES = 1000
_MOST_SEGMENTS = 1000  # of a trace
_MOST_BYTES = 32 << 20  # of the segments of clients
_WAYS = 1024  # whose hops are kept


class Export(Protocol):
    """Receiver of every segment outside of the stack."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """The reasons for which it does not receive."""

    def export(self, document: Document) -> None:
        """Pass a segment on, without waiting."""

    def close(self) -> None:
        """Pass on what waits."""


class Traces:
    """The last traces, by id. `tracer` makes the stack's own segments; None if nothing is sampled.

    `cloud` is the one that runs; `export` receives every segment.
    """

    def __init__(self, share: float, cloud: Callable[[], Cloud], export: Export | None = None) -> None:
        self.tracer: Tracer | None = None
        if share:
            self.tracer = Tracer(share, self.record, random.getrandbits, random.random, time.time)
        self._cloud = cloud
        self._export = export
        self._kept: OrderedDict[str, dict[str, Document]] = OrderedDict()
        self._sizes: Counter[str] = Counter()
        self._bytes = 0  # their sum
        self._ways: Remembered[tuple[int, str], list[dict[str, str]]] = Remembered(_WAYS)

    def record(self, document: Document) -> None:
        """Keep a segment of the stack's own, with the hops of its request."""
        arrival = (document.get("netful") or {}).get("arrival")
        if arrival is not None:
            document["subsegments"] = [*self._hops(document, arrival), *document.get("subsegments", ())]
        self._keep(document)

    def receive(self, text: bytes) -> None:
        """Keep the segment that a function has sent to X-Ray's daemon; what is not one is lost, as on AWS."""
        try:
            self.put(text)
        except BadDocumentError as error:
            log.warning("X-Ray's daemon does not take a segment: %s", error)

    def put(self, text: bytes) -> None:
        """Keep the segment of a client. Raises BadDocumentError."""
        self._keep(document_of(text), len(text))

    def get(self, trace_id: str) -> list[Document]:
        """Return the segments of a trace, in the order in which they came; none of an unknown one."""
        return [*self._kept.get(trace_id, {}).values()]

    def all(self) -> Iterator[tuple[str, list[Document]]]:
        """Yield the traces, the latest first."""
        for trace_id in reversed(self._kept):
            yield trace_id, self.get(trace_id)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The reasons for which the export does not reach its receiver."""
        return self._export.warnings if self._export is not None else ()

    def close(self) -> None:
        """Send what the export still has."""
        if self._export is not None:
            self._export.close()

    def _keep(self, document: Document, size: int = 0) -> None:
        trace_id = document["trace_id"]
        trace = self._kept.setdefault(trace_id, {})
        self._kept.move_to_end(trace_id)
        if len(trace) < _MOST_SEGMENTS or document["id"] in trace:
            trace[document["id"]] = document
            self._sizes[trace_id] += size
            self._bytes += size
        while len(self._kept) > _MOST_TRACES or self._bytes > _MOST_BYTES:
            forgotten, _ = self._kept.popitem(last=False)
            self._bytes -= self._sizes.pop(forgotten, 0)
        if self._export is not None and "end_time" in document:
            self._export.export(document)

    def _hops(self, document: Document, arrival: Mapping[str, Any]) -> list[Document]:
        """Return a part for each hop, at the moment at which the request arrived."""
        tracer, begun = self.tracer, document["start_time"]
        assert tracer is not None
        caller = tracer.callers.get(document.get("parent_id", ""), "")
        cloud = self._cloud()
        way = id(cloud), "\n".join(map(str, (caller, *arrival.values())))
        found = self._ways.get(way)
        if found is None:
            found = self._ways.keep(way, hops(cloud, arrival, caller))
        return [
            span(f"{tracer.bits(64):016x}", f"{one['kind']} {one['component']}", begun, begun, netful={"hop": one})
            for one in found
        ]
