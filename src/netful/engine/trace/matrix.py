"""Matrix of every source with every destination.

A row is a set of sources that start from the same place and have the same answers: functions with the same interfaces, or all
functions outside a VPC. Of these, functions with other roles are asked again only for names of hosts, where policies may judge
their requests. So the work grows with the pairs of subnet and security groups, not with the functions. From a place,
destinations of one equivalence class (`equivalence_classes`) share one walk.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from netful.engine.flows.path import PathVerdict
from netful.engine.trace.alike import sharing
from netful.engine.trace.ends.destination_words import destination_of
from netful.engine.trace.ends.destinations import Destination, HostDestination
from netful.engine.trace.ends.source_words import sources_of
from netful.engine.trace.ends.sources import Source
from netful.engine.trace.equivalence_classes import Classes
from netful.engine.trace.question import Question, region_of
from netful.engine.trace.trace import trace
from netful.engine.trace.unread import by_name
from netful.model.cloud import Cloud
from netful.model.core import Frozen, QuestionError

Group = Mapping[str, Hashable]
Mapped = Callable[[Callable[[Group], tuple["Row", ...]], Sequence[Group]], Iterator[tuple["Row", ...]]]


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

    def rows(group: Group) -> tuple[Row, ...]:
        found: dict[Hashable, Cell] = {}
        joined: dict[tuple[tuple[str, Cell], ...], list[str]] = {}
        by_signer: dict[Hashable, list[str]] = {}
        for source, signer in group.items():
            if signer not in by_signer:
                places = sources_of(cloud, source)
                own = targets(region_of(cloud, places))
                answers = tuple(_answers(cloud, source, places, own, classes, found))
                by_signer[signer] = joined.setdefault(answers, [])
            by_signer[signer].append(source)
        return tuple(Row(tuple(names), dict(answers)) for answers, names in joined.items())

    every = mapped(rows, sharing(cloud, sources))
    return Matrix(tuple(targets(cloud.region)), tuple(row for each in every for row in each))


def _targets(cloud: Cloud, destinations: Iterable[str], region: str) -> Iterator[tuple[str, Destination]]:
    for name in destinations:
        try:
            yield name, destination_of(cloud, name, region)[0]
        except QuestionError:
            continue


def _answers(
    cloud: Cloud,
    source: str,
    places: tuple[Source, ...],
    targets: dict[str, Destination],
    classes: Classes,
    found: dict[Hashable, Cell],
) -> Iterator[tuple[str, Cell]]:
    """Yield the answer for each target. `found` are the answers from the same place, by class, and by the source where it signs."""
    vpc_ids = {
        vpc.id for place in places if place.interface and (vpc := cloud.network.vpc_of_interface(place.interface))
    }
    shared = vpc_ids.pop() if len(vpc_ids) == 1 and all(place.interface for place in places) else None
    unread = by_name(cloud)
    for name, target in targets.items():
        key: Hashable = name if shared is None or name in unread else classes.of(shared, target)
        if isinstance(target, HostDestination):
            key = (source, key)
        if key not in found:
            path = trace(cloud, Question(source, name, places, target))
            found[key] = Cell(path.verdict, str(path.symptom), path.unsettled)
        yield name, found[key]
