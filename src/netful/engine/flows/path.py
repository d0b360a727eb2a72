"""Hops, the symptom that a user sees, and the path that they make.

A hop's verdict is one of four: *allow* and *deny* are proven; *unknown* hangs on a value that is missing;
*not-reached* could not be judged, since a hop before it leaves nothing to judge. A path is blocked if any hop denies,
else unknown if any is unknown, else reachable. Hops of the way back are numbered on from those of the way out, so a
blocker's number names one hop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.model.core.origin import DEFAULT, Origin

Verdict = Literal["allow", "deny", "unknown", "not-reached"]
PathVerdict = Literal["reachable", "blocked", "unknown"]
SymptomKind = Literal["timeout", "refused", "dns", "tls", "http", "none"]


@dataclass(frozen=True, slots=True)
class Hop:
    """One component on the way, what it was asked, and its ruling.

    `component` is an id of the source; `rule` names what decided; `code` is AWS's explanation code or a `NETFUL_` one.
    """

    n: int
    kind: HopKind
    component: str
    asks: str
    verdict: Verdict
    code: Code | None = None
    rule: str = ""
    origin: Origin = DEFAULT

    def to_json(self) -> dict[str, Any]:
        """Return the hop as the CLI's contract has it."""
        return {
            "n": self.n,
            "kind": self.kind,
            "component": self.component,
            "asks": self.asks,
            "verdict": self.verdict,
            "code": self.code or "",
            "rule": self.rule,
            "origin": str(self.origin),
        }


@dataclass(frozen=True, slots=True)
class Symptom:
    """The symptom that a user sees: nothing, a timeout, a name that is not found, a certificate for other names, a refusal, or an HTTP answer."""

    kind: SymptomKind = "none"
    status: int | None = None
    body: str = ""

    def __str__(self) -> str:
        if self.kind == "http":
            return str(self.status)
        return {"dns": "name not found", "tls": "wrong certificate", "none": "reachable"}.get(self.kind, self.kind)

    def to_json(self) -> dict[str, Any]:
        """Return the symptom as the CLI's contract has it."""
        return {"kind": self.kind, "status": self.status, "body": self.body or None}


@dataclass(frozen=True, slots=True)
class Path:
    """The answer to a question.

    `seen_as` is the address by which a destination that is reached sees the source; "" where it is not known. `hints`
    are what helps against each refusal, by its number; `hint` is that of the first.
    """

    source: str
    destination: str
    verdict: PathVerdict
    symptom: Symptom
    hops: tuple[Hop, ...]
    return_hops: tuple[Hop, ...] = ()
    assumptions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    hint: str = ""
    seen_as: str = ""
    hints: tuple[tuple[int, str], ...] = ()

    @property
    def blockers(self) -> tuple[int, ...]:
        """Return the numbers of the hops that deny."""
        return tuple(hop.n for hop in (*self.hops, *self.return_hops) if hop.verdict == "deny")

    def hint_for(self, hop: Hop) -> str:
        """Return what helps against one refusal; the path's own hint where it has none."""
        return dict(self.hints).get(hop.n) or self.hint

    def to_json(self) -> dict[str, Any]:
        """Return the path as the CLI's contract has it."""
        return {
            "from": self.source,
            "to": self.destination,
            "verdict": self.verdict,
            "symptom": self.symptom.to_json(),
            "hops": [hop.to_json() for hop in self.hops],
            "return": [hop.to_json() for hop in self.return_hops],
            "blockers": list(self.blockers),
            "assumptions": list(self.assumptions),
            "missing": list(self.missing),
            "hint": self.hint or None,
            "seen_as": self.seen_as or None,
        }
