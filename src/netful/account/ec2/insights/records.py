"""Network insights paths and analyses as EC2's describe operations return them.

An answer is kept: it is about the network at the time of the question. An analysis that a template declares has no time of its
own: it is answered about the network that runs.
"""

from datetime import datetime

from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.insights.analysis import analysed
from netful.account.ec2.insights.components import arn
from netful.account.ec2.insights.places import id_in
from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.model.core import Resource, whole_number

PATH, ANALYSIS = "AWS::EC2::NetworkInsightsPath", "AWS::EC2::NetworkInsightsAnalysis"
PATH_ID, ANALYSIS_ID = "NetworkInsightsPathId", "NetworkInsightsAnalysisId"
OF_PATH = ("SourceIp", "DestinationIp", "Protocol", "FilterAtSource", "FilterAtDestination")
OF_ANALYSIS = ("AdditionalAccounts", "FilterInArns", "FilterOutArns")
"""Members of the records that are as written."""


def network_insights_path(view: View, one: Resource) -> Record:
    """Return the record of a path."""
    said = one.properties
    source, destination = (_shown(view, said.get(end)) for end in ("Source", "Destination"))
    return {
        "NetworkInsightsPathArn": view.arn("network-insights-path", one.id),
        "CreatedDate": SOME_TIME,
        "Source": source,
        "SourceArn": arn(view, source) if source else None,
        "Destination": destination,
        "DestinationArn": arn(view, destination) if destination else None,
        "DestinationPort": whole_number(said.get("DestinationPort")),
        **{name: said[name] for name in OF_PATH if said.get(name)},
    }


def _shown(view: View, text: object) -> str | None:
    return view.id(id_in(text)) if isinstance(text, str) else None


def network_insights_analysis(view: View, one: Resource) -> Record:
    """Return the record of an analysis with its answer."""
    answer = kept_answer(view, one) or answer_of(view, one)
    return {**head(view, one), **answer, "Tags": [*view.tags(one.id), *answer.get("Tags", ())]}


def head(view: View, one: Resource) -> Record:
    """Return the record of an analysis without its answer."""
    return {
        ANALYSIS_ID: view.id(one.id),
        "NetworkInsightsAnalysisArn": view.arn("network-insights-analysis", one.id),
        PATH_ID: view.id(one.properties.get(PATH_ID)),
        "StartDate": SOME_TIME,
        **{name: one.properties[name] for name in OF_ANALYSIS if one.properties.get(name)},
    }


def kept_answer(view: View, one: Resource) -> Record | None:
    """Return the answer that a call kept; None for an analysis of a template."""
    kept = view.said(f"{one.id}.answer")
    return {**kept, "StartDate": datetime.fromisoformat(str(kept["StartDate"]))} if kept else None


def answer_of(view: View, one: Resource) -> Record:
    """Return the answer of an analysis about the network that runs."""
    path = view.resource(view.name(one.properties.get(PATH_ID)))
    if path is None:
        return {"Status": "failed", "StatusMessage": f"the path {one.properties.get(PATH_ID)} does not exist"}
    through, without = (one.properties.get(name) or () for name in ("FilterInArns", "FilterOutArns"))
    return analysed(view, path.properties, through, without)
