"""A matrix as a table: a line for each set of sources, a numbered column for each destination."""

from collections.abc import Iterator

from netful.engine.trace.matrix import Matrix
from netful.render.columns import padded, width
from netful.render.language import spoken
from netful.render.visible import visible

_MARKS = {"reachable": "✓", "blocked": "✗", "unknown": "?"}
_MOST_NAMES = 3


def matrix_text(table: Matrix) -> str:
    """Return the text of `netful trace --matrix`."""
    return "\n".join(_lines(visible(table))) if table.rows else spoken("nothing that calls anything")


def _lines(table: Matrix) -> Iterator[str]:
    places = len(str(len(table.destinations)))
    for number, name in enumerate(table.destinations, start=1):
        yield f"  {str(number).rjust(places)}  {name}"
    names = [named(row.sources) for row in table.rows]
    widest = max(map(width, names))
    yield " " * widest + "".join(f"  {str(n).rjust(places)}" for n in range(1, len(table.destinations) + 1))
    for name, row in zip(names, table.rows, strict=True):
        marks = (_MARKS[row.answers[destination].verdict].rjust(places) for destination in table.destinations)
        yield padded(name, widest) + "".join(f"  {mark}" for mark in marks)


def named(sources: tuple[str, ...]) -> str:
    """Return the first names of sources, and how many others there are."""
    shown = ", ".join(sources[:_MOST_NAMES])
    return spoken(f"{shown} and {len(sources) - _MOST_NAMES} more") if len(sources) > _MOST_NAMES else shown
