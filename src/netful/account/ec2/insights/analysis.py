"""Analysis of a path: AWS's answer as a record, from the answer of `trace`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from netful.account.ec2.insights.components import OF_NETFUL, Record
from netful.account.ec2.insights.explanations import explanation, explanations
from netful.account.ec2.insights.headers import PROTOCOLS, at_destination, at_source
from netful.account.ec2.insights.path_components import backward, forward
from netful.account.ec2.insights.places import found_place, id_in
from netful.account.ec2.insights.search import Found, Reason, Wanted, behind_unknown, search
from netful.account.ec2.view import View
from netful.engine.flows.path import Path

_NO_END = "NO_SOURCE_OR_DESTINATION"


def analysed(view: View, path: Mapping[str, Any], through: Sequence[str] = (), without: Sequence[str] = ()) -> Record:
    """Return the answer about a path, given as its properties; it must pass what `through` names and nothing of `without`."""
    found = _filtered(view, _found(view, path), through, without)
    if found.verdict == "unknown" and found.path is not None:
        needed = "; ".join(behind_unknown(found.path))
        return {"Status": "failed", "StatusMessage": f"the answer depends on: {needed}", **_beside(found)}
    return {
        "Status": "succeeded",
        "NetworkPathFound": found.verdict == "reachable",
        **_components(view, path, found),
        "Explanations": [*explanations(view, found)] if found.verdict != "reachable" else [],
        **_beside(found),
    }


def _found(view: View, path: Mapping[str, Any]) -> Found:
    source = found_place(view, str(path["Source"]))
    named = path.get("Destination")
    destination = found_place(view, str(named)) if named else None
    header = at_source(path)
    missing = next(
        (text for text, place in ((path["Source"], source), (named, destination)) if text and place is None), None
    )
    if source is None or missing:
        return Found(reasons=(Reason(_NO_END, id_in(str(missing))),))
    protocol = PROTOCOLS[str(path["Protocol"])]
    return search(view.cloud, Wanted(source, destination, protocol, header, at_destination(path)))


def _filtered(view: View, found: Found, through: Sequence[str], without: Sequence[str]) -> Found:
    """Return what was found, unless a filter refuses a path that exists."""
    if found.path is None or found.verdict != "reachable":
        return found
    passed = {row["Component"]["Id"] for row in forward(view, found.path, found.source, "") if row.get("Component")}
    lacking = [Reason("COMPONENT_FILTER_RESTRICTION", id_in(one)) for one in through if id_in(one) not in passed]
    refused = [
        Reason("COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT", id_in(one)) for one in without if id_in(one) in passed
    ]
    return replace(found, reasons=(*lacking, *refused))


def _components(view: View, path: Mapping[str, Any], found: Found) -> Record:
    if found.path is None:
        return {}
    start = view.name(id_in(str(path["Source"])))
    whole = found.path
    blocked = next((n for n, hop in enumerate(whole.hops, 1) if hop.verdict == "deny"), None)
    shown = whole if blocked is None else replace(whole, hops=whole.hops[:blocked])
    ahead = [*forward(view, shown, found.source, start)]
    if blocked is not None:
        ahead[-1]["Explanations"] = [explanation(view, whole.hops[blocked - 1])]
    if found.target is not None and found.target.one_way and ahead:
        ahead[-1].setdefault("AdditionalDetails", []).append(
            {"AdditionalDetailType": "UNIDIRECTIONAL_PATH_ANALYSIS_ONLY", "Component": ahead[-1]["Component"]}
        )
    back = [] if blocked is not None else [*backward(view, whole)]
    return {"ForwardPathComponents": ahead, "ReturnPathComponents": back}


def _beside(found: Found) -> Record:
    """Return what AWS's analyzer does not know: a warning with the assumptions, and tags."""
    if found.path is None:
        return {}
    cut = ("not every pair of source and destination was tried",) if found.cut_short else ()
    warning = "; ".join((*cut, *found.path.assumptions))
    tags = [{"Key": f"{OF_NETFUL}{key}", "Value": value[:256]} for key, value in _words(found.path, found.verdict)]
    return {"Tags": tags, **({"WarningMessage": warning} if warning else {})}


def _words(path: Path, verdict: str) -> Iterator[tuple[str, str]]:
    yield "verdict", verdict
    yield "symptom", str(path.symptom)
    if path.hint:
        yield "hint", path.hint
    origins = dict.fromkeys(
        str(hop.origin) for hop in (*path.hops, *path.return_hops) if hop.verdict == "deny" and str(hop.origin)
    )
    if origins:
        yield "blocked-at", " ".join(origins)
