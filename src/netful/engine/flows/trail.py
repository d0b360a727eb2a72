"""The hops of one direction of a path while it is walked.

Beside them: what they assume, what they miss, and what would change them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Verdict
from netful.engine.flows.ruling import Ruling
from netful.model.core.origin import DEFAULT, Origin


@dataclass(slots=True)
class Trail:
    """A growing list of hops, numbered from `start`. A remedy keeps the number of the hop that it belongs to."""

    start: int = 1
    hops: list[Hop] = field(default_factory=list)
    assumptions: dict[str, None] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)
    remedies: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        kind: HopKind,
        component: str,
        asks: object,
        verdict: Verdict,
        rule: str,
        *,
        code: Code | None = None,
        origin: Origin = DEFAULT,
        missing: tuple[str, ...] = (),
    ) -> None:
        """Add a hop; what an unknown one misses is kept with the path."""
        number = self.start + len(self.hops)
        self.hops.append(Hop(number, kind, component, str(asks), verdict, code, rule, origin))
        if verdict == "unknown":
            self.missing.update(dict.fromkeys(missing))

    def rule(self, kind: HopKind, asks: object, ruling: Ruling, *, code: Code | None = None) -> None:
        """Add a component's ruling; `code` replaces the ruling's own where it denies."""
        chosen = code if code and ruling.verdict == "deny" else ruling.code
        self.add(
            kind,
            ruling.component,
            asks,
            ruling.verdict,
            ruling.rule,
            code=chosen,
            origin=ruling.origin,
            missing=ruling.missing,
        )
        self.assume(*ruling.assumptions)
        if ruling.remedy:
            self.remedies.setdefault(ruling.remedy, self.hops[-1].n)

    def copy(self) -> Trail:
        """A trail that goes on from here by itself."""
        return Trail(self.start, [*self.hops], {**self.assumptions}, {**self.missing}, {**self.remedies})

    def become(self, other: Trail) -> None:
        """Take over what another trail has found."""
        self.hops, self.assumptions = other.hops, other.assumptions
        self.missing, self.remedies = other.missing, other.remedies

    def assume(self, *texts: str) -> None:
        """Note what the path takes for granted."""
        self.assumptions.update(dict.fromkeys(texts))
