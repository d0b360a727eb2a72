"""Export of segments as spans of OpenTelemetry, to a collector that speaks OTLP over HTTP.

Spans wait in a queue of the SDK, whose thread sends them in batches. Where the collector is gone or slow, they are dropped.
"""

import logging
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from netful.engine.traces.tracer import Document
from netful.engine.traces.tree import Span, spans

_PATH = "/v1/traces"
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_NANO = 1_000_000_000
_SERVICES = 1024
_QUEUE, _BATCH = 16_384, 4096  # spans
_ATTRIBUTES = (
    ("http.request.method", ("http", "request", "method")),
    ("url.full", ("http", "request", "url")),
    ("client.address", ("http", "request", "client_ip")),
    ("http.response.status_code", ("http", "response", "status")),
    ("faas.version", ("aws", "function_version")),
    ("aws.request_id", ("aws", "request_id")),
    ("netful.hop.kind", ("netful", "hop", "kind")),
    ("netful.hop.rule", ("netful", "hop", "rule")),
)
"""Attributes, by OpenTelemetry's names where it has one, with their places in a document."""


class Otlp:
    """Exporter of a stack. Make it before the stack has requests; `close` sends what waits."""

    def __init__(self, url: str) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # a failure is a warning of the stack's, once
        self._exporter = _Exporter(url)
        self._processor = BatchSpanProcessor(self._exporter, max_queue_size=_QUEUE, max_export_batch_size=_BATCH)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The failure of the last batch."""
        return (self._exporter.failure,) if self._exporter.failure else ()

    def export(self, document: Document) -> None:
        """Queue a segment with its parts."""
        for one in _readable(document):
            self._processor.on_end(one)

    def close(self) -> None:
        """Send what waits, and end the thread."""
        self._processor.shutdown()  # type: ignore[no-untyped-call]


class _Exporter(SpanExporter):
    """OTLP's exporter, which remembers whether the collector takes spans."""

    def __init__(self, url: str) -> None:
        self.failure = ""
        self._url = url
        self._sender = OTLPSpanExporter(url if urlsplit(url).path.strip("/") else url.rstrip("/") + _PATH)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch."""
        done = self._sender.export(spans)
        well = done is SpanExportResult.SUCCESS
        self.failure = "" if well else f"the collector at `{self._url}` does not take spans: those since then are lost"
        return done

    def shutdown(self) -> None:
        """End the connection."""
        self._sender.shutdown()  # type: ignore[no-untyped-call]


def _readable(document: Document) -> Iterator[ReadableSpan]:
    """Yield the spans of a segment and its parts."""
    trace_id = int(document["trace_id"].removeprefix("1-").replace("-", ""), 16)
    resource = _service(document["name"])
    for one in spans([document]):
        ended = one.ended if one.ended is not None else one.begun
        failed = any(one.document.get(mark) for mark in ("error", "fault", "throttle"))
        parent = _context(trace_id, one.parent_id) if one.parent_id else None
        yield ReadableSpan(
            name=one.document["name"],
            context=_context(trace_id, one.document["id"]),
            parent=parent,
            resource=resource,
            attributes=dict(_attributes(one)),
            kind=SpanKind.SERVER if one.document is document else SpanKind.INTERNAL,
            status=Status(StatusCode.ERROR if failed else StatusCode.UNSET),
            start_time=int(one.begun * _NANO),
            end_time=int(ended * _NANO),
        )


class _Service(Resource):
    """A service, made once: the SDK's own hash of a resource writes it as JSON for every span."""

    __hash__ = object.__hash__


@lru_cache(maxsize=_SERVICES)
def _service(name: str) -> Resource:
    return _Service({"service.name": name})


def _context(trace_id: int, span_id: str) -> SpanContext:
    return SpanContext(trace_id, int(span_id, 16), is_remote=False, trace_flags=_SAMPLED)


def _attributes(one: Span) -> Iterator[tuple[str, Any]]:
    for name, place in _ATTRIBUTES:
        if place[0] not in one.document:
            continue
        value: Any = one.document
        for key in place:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str | int | float):
            yield name, value
