"""Network Access Scopes and their analyses as EC2's describe operations return them.

An answer is kept, as that of a path's analysis. An analysis that a template declares is answered about the network that runs.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.insights.components import arn
from netful.account.ec2.insights.records import kept_answer
from netful.account.ec2.insights.scope_analysis import analysed
from netful.account.ec2.view import View
from netful.model.core.resource import Resource

SCOPE, SCOPE_ANALYSIS = "AWS::EC2::NetworkInsightsAccessScope", "AWS::EC2::NetworkInsightsAccessScopeAnalysis"
SCOPE_ID, SCOPE_ANALYSIS_ID = "NetworkInsightsAccessScopeId", "NetworkInsightsAccessScopeAnalysisId"
PATHS = ("MatchPaths", "ExcludePaths")
FINDINGS = "Findings"


def access_scopes(view: View) -> Iterator[dict[str, Any]]:
    """Yield the scopes."""
    for one in view.cloud.template.resources.values():
        if one.type == SCOPE:
            id_ = str(view.id(one.id))
            yield {
                SCOPE_ID: id_,
                "NetworkInsightsAccessScopeArn": arn(view, id_),
                "CreatedDate": SOME_TIME,
                "UpdatedDate": SOME_TIME,
                "Tags": view.tags(one.id),
            }


def scope_content(view: View, name: str) -> dict[str, Any]:
    """Return the content of a scope."""
    said = view.cloud.template.resources[name].properties
    return {SCOPE_ID: view.id(name), **{key: said.get(key) or [] for key in PATHS}}


def scope_analyses(view: View) -> Iterator[dict[str, Any]]:
    """Yield the analyses with their answers."""
    for one in view.cloud.template.resources.values():
        if one.type == SCOPE_ANALYSIS:
            yield scope_analysis(view, one, kept_answer(view, one) or scope_answer(view, one))


def scope_analysis(view: View, one: Resource, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of an analysis with an answer; its findings are for another operation."""
    id_ = str(view.id(one.id))
    return {
        SCOPE_ANALYSIS_ID: id_,
        "NetworkInsightsAccessScopeAnalysisArn": arn(view, id_),
        SCOPE_ID: view.id(one.properties.get(SCOPE_ID)),
        "StartDate": SOME_TIME,
        "EndDate": answer.get("StartDate", SOME_TIME),
        **answer,
        "Tags": view.tags(one.id),
    }


def scope_answer(view: View, one: Resource) -> dict[str, Any]:
    """Return the answer of an analysis about the network that runs."""
    name = view.names.get(str(one.properties.get(SCOPE_ID)), str(one.properties.get(SCOPE_ID)))
    scope = view.cloud.template.resources.get(name)
    if scope is None:
        return {"Status": "failed", "StatusMessage": f"the scope {one.properties.get(SCOPE_ID)} does not exist"}
    return analysed(view, scope.properties)
