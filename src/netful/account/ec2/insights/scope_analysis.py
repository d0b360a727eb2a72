"""Analysis of a Network Access Scope: the paths that match it, as findings.

Each pair of places that a path of the scope names is searched for one path. As in AWS's analyzer the way back is not judged,
and what a path that is excluded covers is not a finding.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from netful.account.ec2.insights import statements
from netful.account.ec2.insights.components import Record
from netful.account.ec2.insights.headers import PROTOCOLS, Header
from netful.account.ec2.insights.path_components import forward
from netful.account.ec2.insights.places import Place
from netful.account.ec2.insights.search import Found, Wanted, last_flow, search
from netful.account.ec2.view import View
from netful.engine.flows.flow import Flow
from netful.model.identity import ec2_id

MOST_SEARCHES = 5000
"""Searches of one analysis: pairs of places, with each header and protocol."""


@dataclass(slots=True)
class _Result:
    findings: list[Record] = field(default_factory=list)
    doubts: int = 0
    searches: int = 0


def analysed(view: View, scope: Mapping[str, Any]) -> Record:
    """Return the answer about a scope, given as its properties, with the components of its findings under `Findings`."""
    result = _Result()
    for path in scope.get("MatchPaths") or ():
        for wanted in _wanted(view, path):
            if result.searches == MOST_SEARCHES:
                break
            result.searches += 1
            _look(view, scope, path, wanted, result)
    missed = [*dict.fromkeys(statements.strange(view, scope.get("MatchPaths") or ()))]
    found = "true" if result.findings else "unknown" if result.doubts or missed else "false"
    return {
        "Status": "succeeded",
        "FindingsFound": found,
        "AnalyzedEniCount": len(view.cloud.network.network_interfaces),
        **_warning(result, (*missed, *statements.strange(view, scope.get("ExcludePaths") or ()))),
        "Findings": result.findings,
    }


def _warning(result: _Result, missed: Sequence[str]) -> Record:
    said = [
        *(f"nothing here is {one}" for one in dict.fromkeys(missed)),
        f"{result.doubts} paths depend on missing values" if result.doubts else "",
        f"only the first {MOST_SEARCHES} pairs were searched" if result.searches == MOST_SEARCHES else "",
    ]
    text = "; ".join(filter(None, said))
    return {"WarningMessage": text} if text else {}


def _wanted(view: View, path: statements.Statement) -> Iterator[Wanted]:
    source, destination = path.get("Source") or {}, path.get("Destination") or {}
    headers, protocols = (
        [*statements.headers_of(view, source, destination)],
        statements.protocols_of(source, destination),
    )
    targets = [*statements.places_of(view, destination)]
    for place in statements.places_of(view, source):
        for target in targets:
            if place != target:
                for name in protocols:
                    yield from (Wanted(place, target, PROTOCOLS[name], one, Header(), one_way=True) for one in headers)


def _look(view: View, scope: Mapping[str, Any], path: statements.Statement, wanted: Wanted, result: _Result) -> None:
    found = search(view.cloud, wanted)
    if found.verdict == "unknown":
        result.doubts += 1
    if found.verdict != "reachable" or found.path is None or wanted.destination is None:
        return
    rows = [*forward(view, found.path, found.source, wanted.source.name)]
    ids = [str(row["Component"]["Id"]) for row in rows if row.get("Component")]
    flow = _first_flow(found)
    if not _passes(view, path, ids) or any(
        _covers(view, one, wanted.source, wanted.destination, ids, flow) for one in scope.get("ExcludePaths") or ()
    ):
        return
    ends = f"{wanted.source.name} {wanted.destination.name} {wanted.protocol} {flow}"
    id_ = ec2_id("nisaf", view.cloud.account_id, view.cloud.region, ends)
    if id_ not in {one["FindingId"] for one in result.findings}:
        result.findings.append({"FindingId": id_, "FindingComponents": rows})


def _first_flow(found: Found) -> Flow | None:
    assert found.path is not None
    own = (hop.flow for hop in found.path.hops if hop.flow)
    return next(own, None) or last_flow(found.path)


def _passes(view: View, path: statements.Statement, ids: Sequence[str]) -> bool:
    return all(statements.names_component(view, one, ids) for one in path.get("ThroughResources") or ())


def _covers(
    view: View, excluded: statements.Statement, source: Place, destination: Place, ids: Sequence[str], flow: Flow | None
) -> bool:
    """Return whether an excluded path includes a path that was found."""
    ends = ((excluded.get("Source") or {}, source), (excluded.get("Destination") or {}, destination))
    return (
        all(statements.names_place(view, statement, place) for statement, place in ends)
        and all(flow is None or statements.admits(view, statement, flow) for statement, _ in ends)
        and _passes(view, excluded, ids)
    )
