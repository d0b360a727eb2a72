"""Writes of network insights paths and analyses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from netful.account.changes import Remove, new
from netful.account.ec2.insights.headers import PROTOCOLS, at_destination, at_source
from netful.account.ec2.insights.places import id_in, place_of
from netful.account.ec2.insights.records import (
    ANALYSIS,
    ANALYSIS_ID,
    OF_ANALYSIS,
    OF_PATH,
    PATH,
    PATH_ID,
    answer_of,
    head,
)
from netful.account.ec2.view import View
from netful.account.ec2.world import Change, World, created, record
from netful.account.wire.errors import ApiError

ANSWER = "Netful::NetworkInsightsAnswer"
"""The type of what has the answer of an analysis that a call started, `ID.answer`."""

_EXCLUSIVE = (
    ("FilterAtSource", ("SourceIp", "DestinationPort")),
    ("FilterAtDestination", ("DestinationIp",)),
)
"""Parameters that exclude others."""


def create_network_insights_path(world: World, asked: Mapping[str, Any]) -> Change:
    """CreateNetworkInsightsPath."""
    for name in ("Source", "Protocol"):
        if not asked.get(name):
            raise ApiError("MissingParameter", f"The request must contain the parameter {name}")
    if asked["Protocol"] not in PROTOCOLS:
        raise ApiError("InvalidParameterValue", f"Value ({asked['Protocol']}) for parameter protocol is invalid.")
    for name, others in _EXCLUSIVE:
        both = next((other for other in others if asked.get(name) and asked.get(other) is not None), None)
        if both:
            raise ApiError("InvalidParameterCombination", f"{both} cannot be specified with {name}")
    header, end = at_source(asked), at_destination(asked)
    if not asked.get("Destination") and header.destination is None and end.destination is None:
        raise ApiError(
            "MissingParameter", "The request must contain the parameter Destination or a destination address"
        )
    places = {name: id_in(asked[name]) for name in ("Source", "Destination") if asked.get(name)}
    for text in places.values():
        place_of(world.view, text)
    given = {name: asked.get(name) for name in (*OF_PATH, "DestinationPort")}
    id_, put = created(PATH_ID, "nip", PATH, asked, {**given, **places})
    return Change((put,), lambda view: {"NetworkInsightsPath": record(view, PATH_ID, id_)})


def delete_network_insights_path(world: World, asked: Mapping[str, Any]) -> Change:
    """DeleteNetworkInsightsPath: it may have no analysis."""
    name = world.existing(asked, PATH_ID)
    if world.referring(PATH_ID, name, ANALYSIS):
        text = f"The network insights path '{asked[PATH_ID]}' has analyses and cannot be deleted"
        raise ApiError("AnalysisExistsForNetworkInsightsPath", text)
    id_ = world.view.id(name)
    return Change((Remove(name),), lambda _view: {PATH_ID: id_})


def start_network_insights_analysis(world: World, asked: Mapping[str, Any]) -> Change:
    """StartNetworkInsightsAnalysis: the answer is found at once, and described as if it had been running."""
    path = world.existing(asked, PATH_ID)
    given = {name: asked[name] for name in OF_ANALYSIS if asked.get(name)}
    id_, put = created(ANALYSIS_ID, "nia", ANALYSIS, asked, {PATH_ID: world.view.id(path), **given})
    started = datetime.now(UTC)
    answer = {"StartDate": started.isoformat(), **_known(answer_of(world.view, put.resource))}
    running = {"StartDate": started, "Status": "running"}

    def shown(view: View) -> Mapping[str, Any]:
        return {"NetworkInsightsAnalysis": {**head(view, put.resource), **running, "Tags": view.tags(id_)}}

    return Change((put, new(ANSWER, f"{id_}.answer", answer)), shown)


def delete_network_insights_analysis(world: World, asked: Mapping[str, Any]) -> Change:
    """DeleteNetworkInsightsAnalysis."""
    name = world.existing(asked, ANALYSIS_ID)
    id_ = world.view.id(name)
    return Change((Remove(name), Remove(f"{name}.answer")), lambda _view: {ANALYSIS_ID: id_})


def _known(value: Any) -> Any:
    """Return a value without members that have no value."""
    if isinstance(value, Mapping):
        return {key: _known(inner) for key, inner in value.items() if inner is not None}
    return [_known(inner) for inner in value] if isinstance(value, list | tuple) else value


WRITES = {
    "CreateNetworkInsightsPath": create_network_insights_path,
    "DeleteNetworkInsightsPath": delete_network_insights_path,
    "StartNetworkInsightsAnalysis": start_network_insights_analysis,
    "DeleteNetworkInsightsAnalysis": delete_network_insights_analysis,
}
