"""Hops of one direction of a path during its walk, with their assumptions, missing inputs and remedies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from netful.engine.flows.finding import Assumption, Found
from netful.engine.flows.path import Hop
from netful.engine.http.gateway_errors import GatewayAnswer


@dataclass(slots=True)
class Trail:
    """A growing list of hops, numbered from `start`.

    `every` are the findings of all ways that were tried, also of those that do not count: copies of a trail share it.
    `remedies` maps each remedy to the number of its hop; `answers` maps the number of a hop to its response to the client.
    """

    start: int = 1
    hops: list[Hop] = field(default_factory=list)
    assumptions: dict[str, None] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)
    remedies: dict[str, int] = field(default_factory=dict)
    answers: dict[int, GatewayAnswer] = field(default_factory=dict)
    every: list[Found] = field(default_factory=list)
    _asked: tuple[object, str] = (None, "")

    def note(self, found: Iterable[Found]) -> None:
        """Add findings in order: a hop for each."""
        found = tuple(found)
        self.every += found
        for each in found:
            if isinstance(each, Assumption):
                self.assumptions[each.text] = None
                continue
            ruling = each.ruling
            if self._asked[0] is not each.asks:  # successive hops judge the same flow
                self._asked = (each.asks, str(each.asks))
            hop = Hop(
                self.start + len(self.hops),
                each.kind,
                ruling.component,
                self._asked[1],
                ruling.verdict,
                ruling.code,
                ruling.rule,
                ruling.origin,
                each.asks,
                ruling.decided_by,
            )
            self.hops.append(hop)
            if ruling.verdict == "unknown":
                self.missing.update(dict.fromkeys(ruling.missing))
            if ruling.assumptions:
                self.assumptions.update(dict.fromkeys(ruling.assumptions))
            if ruling.remedy:
                self.remedies.setdefault(ruling.remedy, hop.n)
            if each.answer is not None:
                self.answers[hop.n] = each.answer

    def copy(self) -> Trail:
        """Return an independent copy."""
        parts = ({**self.assumptions}, {**self.missing}, {**self.remedies}, {**self.answers})
        return Trail(self.start, [*self.hops], *parts, self.every)

    def become(self, other: Trail) -> None:
        """Continue with the hops and notes of another trail."""
        self.hops, self.assumptions, self.missing = other.hops, other.assumptions, other.missing
        self.remedies, self.answers = other.remedies, other.answers

    def refusals(self, back: Trail) -> tuple[int, int]:
        """Count the denying and the unknown hops, on this way and on its return path."""
        verdicts = [hop.verdict for hop in (*self.hops, *back.hops)]
        return verdicts.count("deny"), verdicts.count("unknown")
