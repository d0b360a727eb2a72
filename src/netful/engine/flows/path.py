"""Hops, the client's symptom, and the path that they form.

A hop has one of four verdicts: *allow* and *deny* are proven; *unknown* depends on a missing value; *not-reached* could not
be judged, because an earlier hop leaves nothing to judge. A path is blocked if any hop denies, else unknown if any hop is
unknown, else reachable. Unread contents of the sources may make it unknown whatever its hops are. The numbers of return hops
continue those of the way out, so each number identifies one hop.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from netful.engine.flows.codes import Code
from netful.engine.flows.flow import Flow
from netful.engine.flows.kinds import HopKind
from netful.model.core import DEFAULT, Frozen, Origin

_FILTERS = (HopKind.SG_OUT, HopKind.SG_IN, HopKind.NACL_OUT, HopKind.NACL_IN)
Verdict = Literal["allow", "deny", "unknown", "not-reached"]
PathVerdict = Literal["reachable", "blocked", "unknown"]
SymptomKind = Literal["timeout", "unreachable", "refused", "dns", "tls", "http", "none"]


@dataclass(frozen=True, slots=True)
class Hop:
    """One component on the way, the flow or request that it judged (`asks`), and its ruling.

    `component` is an id from the sources; `rule` names the deciding rule; `code` is AWS's explanation code or a `NETFUL_` one.
    `asked` is the flow or request itself, `decided_by` the deciding rule of the model.
    """

    n: int
    kind: HopKind
    component: str
    asks: str
    verdict: Verdict
    code: Code | None = None
    rule: str = ""
    origin: Origin = DEFAULT
    asked: object = field(default=None, compare=False, repr=False)
    decided_by: object = field(default=None, compare=False, repr=False)

    @property
    def flow(self) -> Flow | None:
        """The flow that the hop judged; None for a request, and for a name."""
        return self.asked if isinstance(self.asked, Flow) else None

    def to_json(self) -> dict[str, Any]:
        """Return the hop in the format of the CLI."""
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


class Symptom(Frozen):
    """The client's symptom: none, a timeout, a refusal, an unknown name, a certificate for other names or no TLS, or an HTTP response.

    `unreachable`: the client has no address of the destination's family, which its system reports at once (ENETUNREACH).
    """

    kind: SymptomKind = "none"
    status: int | None = None
    body: str = ""

    def __str__(self) -> str:
        if self.kind == "http":
            return str(self.status)
        if self.kind == "tls":
            return self.body or "wrong certificate"
        return {"dns": "name not found", "none": "reachable"}.get(self.kind, self.kind)

    def to_json(self) -> dict[str, Any]:
        """Return the symptom in the format of the CLI."""
        return {"kind": self.kind, "status": self.status, "body": self.body or None}


@dataclass(frozen=True, slots=True)
class Path:
    """Answer to a question.

    `decisive` is the number of the denying hop that causes the symptom, 0 if none denies. `seen_as` is the source's address
    as the reached destination sees it; "" if it is not known. `hints` are the hints for the denying hops, by hop number; `hint`
    is that of the decisive one. `unread` is what
    the sources have on the path and netful does not read: it makes the path unknown, whatever the hops are. `tried` are the
    findings of all ways that were walked for the answer, also of those that do not count.
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
    decisive: int = 0
    unread: tuple[str, ...] = ()
    tried: tuple[object, ...] = field(default=(), compare=False, repr=False)

    @property
    def every_hop(self) -> tuple[Hop, ...]:
        """The hops of both directions."""
        return (*self.hops, *self.return_hops)

    @property
    def denials(self) -> tuple[Hop, ...]:
        """The hops that deny, in both directions: first the one that causes the symptom, then the others in their order."""
        denied = (hop for hop in self.every_hop if hop.verdict == "deny")
        return tuple(sorted(denied, key=lambda hop: hop.n != self.decisive))

    @property
    def blockers(self) -> tuple[int, ...]:
        """Numbers of the hops that deny."""
        return tuple(hop.n for hop in self.denials)

    @property
    def unsettled(self) -> tuple[str, ...]:
        """Everything that makes the path unknown: missing values, and unread contents of the sources."""
        return (*self.missing, *self.unread)

    @property
    def advice(self) -> tuple[str, ...]:
        """The hints for all denying hops up to the first that is not a filter: its change may lead packets another way."""
        found = list[str]()
        for hop in self.denials:
            found.append(self.hint_for(hop))
            if hop.kind not in _FILTERS:
                break
        return tuple(dict.fromkeys(filter(None, found or [self.hint])))

    def hint_for(self, hop: Hop) -> str:
        """Return the hint for a denying hop; the path's own hint if the hop has none, or may not decide."""
        own = dict(self.hints).get(hop.n) if self.verdict == "blocked" else None
        return own or self.hint

    def to_json(self) -> dict[str, Any]:
        """Return the path in the format of the CLI."""
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
            "unread": list(self.unread),
            "hint": self.hint or None,
            "advice": list(self.advice),
            "seen_as": self.seen_as or None,
        }
