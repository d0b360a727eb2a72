"""Network insights paths and analyses as EC2's describe operations return them.

An answer is kept: it is about the network at the time of the question. An analysis that a template declares has no time of its
own: it is answered about the network that runs.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.insights.analysis import analysed
from netful.account.ec2.insights.components import arn
from netful.account.ec2.insights.places import id_in
from netful.account.ec2.view import View
from netful.model.core.numbers import whole_number
from netful.model.core.resource import Resource

PATH, ANALYSIS = "AWS::EC2::NetworkInsightsPath", "AWS::EC2::NetworkInsightsAnalysis"
PATH_ID, ANALYSIS_ID = "NetworkInsightsPathId", "NetworkInsightsAnalysisId"
OF_PATH = ("SourceIp", "DestinationIp", "Protocol", "FilterAtSource", "FilterAtDestination")
OF_ANALYSIS = ("AdditionalAccounts", "FilterInArns", "FilterOutArns")
"""Members of the records that are as written."""


def network_insights_paths(view: View) -> Iterator[dict[str, Any]]:
    """Yield the paths."""
    for one in view.cloud.template.resources.values():
        if one.type == PATH:
            id_, said = str(view.id(one.id)), one.properties
            source, destination = (_shown(view, said.get(end)) for end in ("Source", "Destination"))
            yield {
                PATH_ID: id_,
                "NetworkInsightsPathArn": arn(view, id_),
                "CreatedDate": SOME_TIME,
                "Source": source,
                "SourceArn": arn(view, source) if source else None,
                "Destination": destination,
                "DestinationArn": arn(view, destination) if destination else None,
                "DestinationPort": whole_number(said.get("DestinationPort")),
                **{name: said[name] for name in OF_PATH if said.get(name)},
                "Tags": view.tags(one.id),
            }


def _shown(view: View, text: object) -> str | None:
    return view.id(id_in(text)) if isinstance(text, str) else None


def network_insights_analyses(view: View) -> Iterator[dict[str, Any]]:
    """Yield the analyses with their answers."""
    for one in view.cloud.template.resources.values():
        if one.type == ANALYSIS:
            answer = kept_answer(view, one) or answer_of(view, one)
            yield {**head(view, one), **answer, "Tags": [*view.tags(one.id), *answer.get("Tags", ())]}


def head(view: View, one: Resource) -> dict[str, Any]:
    """Return the record of an analysis without its answer."""
    id_ = str(view.id(one.id))
    return {
        ANALYSIS_ID: id_,
        "NetworkInsightsAnalysisArn": arn(view, id_),
        PATH_ID: view.id(one.properties.get(PATH_ID)),
        "StartDate": SOME_TIME,
        **{name: one.properties[name] for name in OF_ANALYSIS if one.properties.get(name)},
    }


def kept_answer(view: View, one: Resource) -> dict[str, Any] | None:
    """Return the answer that a call kept; None for an analysis of a template."""
    kept = view.cloud.template.resources.get(f"{one.id}.answer")
    if kept is None:
        return None
    return {**kept.properties, "StartDate": datetime.fromisoformat(str(kept.properties["StartDate"]))}


def answer_of(view: View, one: Resource) -> dict[str, Any]:
    """Return the answer of an analysis about the network that runs."""
    name = view.names.get(str(one.properties.get(PATH_ID)), str(one.properties.get(PATH_ID)))
    path = view.cloud.template.resources.get(name)
    if path is None:
        return {"Status": "failed", "StatusMessage": f"the path {one.properties.get(PATH_ID)} does not exist"}
    through, without = (one.properties.get(name) or () for name in ("FilterInArns", "FilterOutArns"))
    return analysed(view, path.properties, through, without)
