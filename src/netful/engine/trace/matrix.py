"""Matrix of every source with every destination.

A row is a set of sources that have the same answer to every question: functions with the same interfaces, or all functions
outside a VPC. So the work grows with the pairs of subnet and security groups, not with the functions. In a row,
destinations of one equivalence class (`equivalence_classes`) share one walk.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from netful.engine.flows.path import PathVerdict
from netful.engine.trace.ends.destination_words import destination_of
from netful.engine.trace.ends.destinations import Destination
from netful.engine.trace.ends.source_words import sources_of
from netful.engine.trace.ends.sources import Source
from netful.engine.trace.equivalence_classes import Classes
from netful.engine.trace.question import Question, region_of
from netful.engine.trace.trace import trace
from netful.engine.trace.unread import by_name
from netful.model.cloud import Cloud
from netful.model.core import Frozen, QuestionError

Mapped = Callable[[Callable[[tuple[str, ...]], "Row"], Sequence[tuple[str, ...]]], Iterator["Row"]]


class Cell(Frozen):
    """Outcome of a path, without its hops. `missing` is everything that would settle an unknown one, unread contents included."""

    verdict: PathVerdict
    symptom: str
    missing: tuple[str, ...] = ()


class Row(Frozen):
    """Sources that share their answers, and the answer for each destination."""

    sources: tuple[str, ...]
    answers: dict[str, Cell]


class Matrix(Frozen):
    """Rows in the order of the sources, and destinations in theirs."""

    destinations: tuple[str, ...]
    rows: tuple[Row, ...]

    def cells(self) -> Iterator[tuple[str, str, Cell]]:
        """Yield every source with every destination."""
        for row in self.rows:
            for source in row.sources:
                for destination, answer in row.answers.items():
                    yield source, destination, answer

    def to_json(self) -> dict[str, Any]:
        """Return the matrix as plain data: a row for each set of sources that share their answers."""
        rows = [
            {
                "sources": list(row.sources),
                "answers": {
                    name: {"verdict": answer.verdict, "symptom": answer.symptom, "missing": list(answer.missing)}
                    for name, answer in row.answers.items()
                },
            }
            for row in self.rows
        ]
        return {"destinations": list(self.destinations), "rows": rows}


def matrix(cloud: Cloud, sources: Iterable[str], destinations: Iterable[str], mapped: Mapped = map) -> Matrix:
    """Return the matrix of some sources and destinations; skip destinations that are not valid.

    `mapped` computes the rows, in order; other processes may do it.
    """
    named = tuple(dict.fromkeys(destinations))
    targets = cache(lambda region: dict(_targets(cloud, named, region)))
    classes = Classes(cloud)

    def row(names: tuple[str, ...]) -> Row:
        places = sources_of(cloud, names[0])
        return Row(names, _answers(cloud, names[0], places, targets(region_of(cloud, places)), classes))

    return Matrix(tuple(targets(cloud.region)), tuple(mapped(row, sharing(cloud, sources))))


def _targets(cloud: Cloud, destinations: Iterable[str], region: str) -> Iterator[tuple[str, Destination]]:
    for name in destinations:
        try:
            yield name, destination_of(cloud, name, region)[0]
        except QuestionError:
            continue


def sharing(cloud: Cloud, sources: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return the sources, grouped by the interfaces that they start from."""
    rows: dict[object, list[str]] = {}
    unread = by_name(cloud)
    for source in dict.fromkeys(sources):
        function = cloud.compute.functions.get(source)
        interfaces = tuple(eni.id for eni in cloud.network.interfaces_of(source))
        outside = function is not None and not function.in_vpc
        key: object = (
            source if source in unread else interfaces or (("outside", cloud.region_of(source)) if outside else source)
        )
        rows.setdefault(key, []).append(source)
    return tuple(tuple(names) for names in rows.values())


def _answers(
    cloud: Cloud, source: str, places: tuple[Source, ...], targets: dict[str, Destination], classes: Classes
) -> dict[str, Cell]:
    vpc_ids = {
        vpc.id for place in places if place.interface and (vpc := cloud.network.vpc_of_interface(place.interface))
    }
    shared = vpc_ids.pop() if len(vpc_ids) == 1 and all(place.interface for place in places) else None
    unread = by_name(cloud)
    found: dict[Hashable, Cell] = {}
    answers: dict[str, Cell] = {}
    for name, target in targets.items():
        key = name if shared is None or name in unread else classes.of(shared, target)
        if key not in found:
            path = trace(cloud, Question(source, name, places, target))
            found[key] = Cell(path.verdict, str(path.symptom), path.unsettled)
        answers[name] = found[key]
    return answers
