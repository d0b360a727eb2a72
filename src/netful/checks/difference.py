"""Difference between two versions of a network: flows, findings, interfaces, cost.

Flows are compared by tracing the same questions in both versions. The questions lead from every function and service to
every destination that either version uses, and from the internet to everything inside, including the routes of APIs. An
end that only one version has is absent in the other.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.destinations import api_requests, destinations_in_use, sources
from netful.checks.findings.finding import Finding, Severity
from netful.checks.run import check, ordered, regressions
from netful.engine.overview.prices import PRICES, Prices
from netful.engine.trace.matrix import matrix
from netful.model.cloud import Cloud
from netful.model.core import Frozen

_ABSENT = "absent"
_INTERNET = "internet"


class Flow(Frozen, order=True):
    """A question whose answer changed. An answer is a verdict, or `absent` if an end does not exist."""

    source: str
    destination: str
    before: str
    after: str

    def to_json(self) -> dict[str, str]:
        """Return the flow as plain data."""
        return {"from": self.source, "to": self.destination, "before": self.before, "after": self.after}


class Difference(Frozen):
    """Everything that differs. `unsettled` are flows that became unknown, or were unknown before."""

    gained: tuple[Flow, ...]
    lost: tuple[Flow, ...]
    unsettled: tuple[Flow, ...]
    findings_gained: tuple[Finding, ...]
    findings_fixed: tuple[Finding, ...]
    enis: tuple[dict[str, int], dict[str, int]]
    cost: tuple[dict[str, float], dict[str, float]]

    def worse(self, fail_on: Severity) -> bool:
        """Return whether a flow between two existing ends is lost, or a new finding reaches the severity."""
        lost = any(flow.after != _ABSENT for flow in self.lost)
        return lost or any(finding.severity.rank >= fail_on.rank for finding in self.findings_gained)

    def to_json(self) -> dict[str, Any]:
        """Return the difference as plain data."""
        names = ("before", "after")
        return {
            "flows": {
                "gained": [flow.to_json() for flow in self.gained],
                "lost": [flow.to_json() for flow in self.lost],
                "unsettled": [flow.to_json() for flow in self.unsettled],
            },
            "findings": {
                "gained": [finding.to_json() for finding in self.findings_gained],
                "mended": [finding.to_json() for finding in self.findings_fixed],
            },
            "enis": dict(zip(names, self.enis, strict=True)),
            "monthly_cost_usd": dict(zip(names, self.cost, strict=True)),
        }


def difference(old: Facts, new: Facts, prices: Prices = PRICES) -> Difference:
    """Return the changes from one version to the next."""
    flows = _flows(old, new)
    before, after = check(old), (*check(new), *regressions(old, new))
    return Difference(
        gained=tuple(flow for flow in flows if flow.after == "reachable"),
        lost=tuple(flow for flow in flows if flow.before == "reachable" and flow.after != "unknown"),
        unsettled=tuple(flow for flow in flows if flow.after != "reachable" and _is_unsettled(flow)),
        findings_gained=_only_in(after, before),
        findings_fixed=_only_in(before, after),
        enis=(_enis(old.cloud), _enis(new.cloud)),
        cost=(prices.monthly(old.cloud), prices.monthly(new.cloud)),
    )


def _is_unsettled(flow: Flow) -> bool:
    """Return whether a flow became or was unknown, without those that appear or disappear."""
    return "unknown" in (flow.before, flow.after) and _ABSENT not in (flow.before, flow.after)


def _flows(old: Facts, new: Facts) -> tuple[Flow, ...]:
    destinations = dict.fromkeys((*destinations_in_use(old), *destinations_in_use(new)))
    requests = dict.fromkeys((*api_requests(old), *api_requests(new)))
    before, after = _answers(old, destinations, requests), _answers(new, destinations, requests)
    pairs = dict.fromkeys((*before, *after))
    flows = (Flow(*pair, before.get(pair, _ABSENT), after.get(pair, _ABSENT)) for pair in pairs)
    return tuple(sorted(flow for flow in flows if flow.before != flow.after))


def _answers(facts: Facts, destinations: Iterable[str], requests: Iterable[str]) -> dict[tuple[str, str], str]:
    asked = [*destinations]
    inner = matrix(facts.cloud, sources(facts), asked)
    outer = matrix(facts.cloud, [_INTERNET], [*filter(_is_inside, asked), *requests])
    return {(source, to): answer.verdict for m in (inner, outer) for source, to, answer in m.cells() if source != to}


def _is_inside(destination: str) -> bool:
    return not destination.startswith(("aws:", "https://", _INTERNET))


def _only_in(some: Iterable[Finding], others: Iterable[Finding]) -> tuple[Finding, ...]:
    known = Counter(finding.key for finding in others)
    return ordered(finding for finding in some if finding.key not in known)


def _enis(cloud: Cloud) -> dict[str, int]:
    return dict(sorted(Counter(eni.owner.value for eni in cloud.network.network_interfaces.values()).items()))
