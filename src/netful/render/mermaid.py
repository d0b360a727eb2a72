"""A difference as a Mermaid graph: gained flows are thick, lost ones dotted, unknown ones plain with a question mark."""

from collections.abc import Iterator

from netful.checks.difference import Difference, Flow
from netful.render.visible import visible

_ENTITIES = {ord(c): f"#{ord(c)};" for c in '#"&<>\\`'}


def difference_mermaid(diff: Difference) -> str:
    """Return the graph."""
    diff = visible(diff)
    flows = (*diff.lost, *diff.gained, *diff.unsettled)
    ids = {
        name: f"n{number}"
        for number, name in enumerate(dict.fromkeys(n for f in flows for n in (f.source, f.destination)))
    }
    nodes = [f'  {id_}["{_label(name)}"]' for name, id_ in ids.items()]
    return "\n".join(["graph LR", *nodes, *_edges(diff, ids)])


def _edges(diff: Difference, ids: dict[str, str]) -> Iterator[str]:
    styles: tuple[tuple[tuple[Flow, ...], str], ...] = (
        (diff.lost, "-. lost .->"),
        (diff.gained, "== gained ==>"),
        (diff.unsettled, "-- ? -->"),
    )
    for flows, arrow in styles:
        for flow in flows:
            yield f"  {ids[flow.source]} {arrow} {ids[flow.destination]}"


def _label(name: str) -> str:
    return name.translate(_ENTITIES)
