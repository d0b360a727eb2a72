"""The ways to the APIs as a table: a line for each way, grouped by API, and a column for each client; below it, the request of each way."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netful.engine.apis.ways import Way
from netful.engine.flows.path import Symptom
from netful.render.columns import padded, width
from netful.render.language import spoken
from netful.render.visible import visible

Cells = Mapping[tuple[str, str], str]
"""Results by client and question."""

_GAP = 2
_SYMPTOMS = {"none": "✓", "dns": "no name"}


def symptom_text(kind: str, status: int | None) -> str:
    """Return the word for the result at the client: its status, or its symptom."""
    answered = status is not None and not 200 <= status < 300
    return str(status) if answered else spoken(_SYMPTOMS.get(kind, kind))


def of_symptom(symptom: Symptom) -> str:
    """Return the word for a predicted symptom."""
    return symptom_text(symptom.kind, symptom.status)


def ways_text(ways: Sequence[Way], clients: Sequence[str], cells: Cells) -> str:
    """Return the table and the requests."""
    if not ways:
        return spoken("no API has a route")
    ways, clients, cells = visible([*ways]), visible([*clients]), visible({**cells})
    return "\n".join([*_table(ways, clients, cells), "", *_questions(ways)])


def ways_json(ways: Sequence[Way], answers: Mapping[tuple[str, str], Any]) -> list[dict[str, Any]]:
    """Return the table as plain data."""
    return [
        {
            "api": way.api_id,
            "kind": way.kind,
            "by": way.by,
            "method": way.method,
            "url": way.url,
            "host": way.host or None,
            "clients": {client: answer for (client, question), answer in answers.items() if question == way.question},
        }
        for way in ways
    ]


def _table(ways: Sequence[Way], clients: Sequence[str], cells: Cells) -> Iterator[str]:
    places = len(str(len(ways)))
    labels = [f"  {str(number).rjust(places)}  {spoken(way.by)}" for number, way in enumerate(ways, start=1)]
    widest = max(map(width, labels)) + _GAP
    widths = [max(width(client), *(width(cells[client, way.question]) for way in ways)) + _GAP for client in clients]
    header = (" " * widest + "".join(map(padded, clients, widths))).rstrip()
    yield header
    api_id = ""
    for label, way in zip(labels, ways, strict=True):
        if way.api_id != api_id:
            api_id = way.api_id
            yield f"{api_id}, {way.kind}"
        marks = (padded(cells[client, way.question], w) for client, w in zip(clients, widths, strict=True))
        yield (padded(label, widest) + "".join(marks)).rstrip()


def _questions(ways: Sequence[Way]) -> Iterator[str]:
    places = len(str(len(ways)))
    for number, way in enumerate(ways, start=1):
        yield f"  {str(number).rjust(places)}  {way.question}"
