"""A trace as a tree: its segments below the spans that caused them."""

from collections.abc import Iterable, Iterator
from typing import Any

from netful.engine.traces.tracer import Document
from netful.model.core import Frozen


class Span(Frozen):
    """A segment or a subsegment, at its depth in the tree."""

    document: Document
    parent_id: str
    depth: int

    @property
    def begun(self) -> float:
        """The time of its beginning."""
        return float(self.document["start_time"])

    @property
    def ended(self) -> float | None:
        """The time of its end; None if it is still in progress."""
        ended = self.document.get("end_time")
        return float(ended) if ended is not None else None


def spans(documents: Iterable[Document]) -> Iterator[Span]:
    """Yield all spans, each before those below it, which come in the order of their beginnings.

    The first ones are those whose parents are not part of the trace. Documents of clients may also be each other's parents.
    """
    below: dict[str, list[Document]] = {}
    known: set[str] = set()
    for document in documents:
        known |= {str(one["id"]) for one in _with_parts(document)}
        below.setdefault(str(document.get("parent_id", "")), []).append(document)
    roots = [root for parent in [*below] if parent not in known for root in below.pop(parent)]
    for root in sorted(roots, key=_begun):
        yield from _walk(root, str(root.get("parent_id", "")), 0, below)
    while below:
        parent, children = below.popitem()
        for child in children:
            yield from _walk(child, parent, 0, below)


def _with_parts(document: Document) -> Iterator[Document]:
    yield document
    for part in document.get("subsegments", ()):
        yield from _with_parts(part)


def _walk(document: Document, parent: str, depth: int, below: dict[str, list[Document]]) -> Iterator[Span]:
    yield Span(document, parent, depth)
    own = str(document["id"])
    for child in sorted((*document.get("subsegments", ()), *below.pop(own, ())), key=_begun):
        yield from _walk(child, own, depth + 1, below)


def _begun(document: Document) -> float:
    return float(document["start_time"])


def outline(documents: Iterable[Document]) -> list[dict[str, Any]]:
    """Return the spans of a trace as JSON: depth, name, beginning after that of the trace, duration, marks."""
    found = [*spans(documents)]
    first = min((one.begun for one in found), default=0.0)
    return [
        {
            "depth": one.depth,
            "id": one.document["id"],
            "name": one.document["name"],
            "begins_ms": round((one.begun - first) * 1000, 3),
            "duration_ms": round((one.ended - one.begun) * 1000, 3) if one.ended is not None else None,
            "status": _status(one.document),
            "failed": any(one.document.get(mark) for mark in ("error", "fault", "throttle")),
            "hop": (one.document.get("netful") or {}).get("hop"),
        }
        for one in found
    ]


def _status(document: Document) -> int | None:
    status = ((document.get("http") or {}).get("response") or {}).get("status")
    return status if isinstance(status, int) else None
