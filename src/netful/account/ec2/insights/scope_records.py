"""Network Access Scopes and their analyses as EC2's describe operations return them.

An answer is kept, as that of a path's analysis. An analysis that a template declares is answered about the network that runs.
"""

from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.insights.records import kept_answer
from netful.account.ec2.insights.scope_analysis import analysed
from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.model.core import Resource

SCOPE, SCOPE_ANALYSIS = "AWS::EC2::NetworkInsightsAccessScope", "AWS::EC2::NetworkInsightsAccessScopeAnalysis"
SCOPE_ID, SCOPE_ANALYSIS_ID = "NetworkInsightsAccessScopeId", "NetworkInsightsAccessScopeAnalysisId"
PATHS = ("MatchPaths", "ExcludePaths")
FINDINGS = "Findings"


def access_scope(view: View, one: Resource) -> Record:
    """Return the record of a scope."""
    own = view.arn("network-insights-access-scope", one.id)
    return {"NetworkInsightsAccessScopeArn": own, "CreatedDate": SOME_TIME, "UpdatedDate": SOME_TIME}


def scope_content(view: View, name: str) -> Record:
    """Return the content of a scope."""
    return {SCOPE_ID: view.id(name), **{key: view.said(name).get(key) or [] for key in PATHS}}


def described_analysis(view: View, one: Resource) -> Record:
    """Return the record of an analysis with its answer."""
    return scope_analysis(view, one, kept_answer(view, one) or scope_answer(view, one))


def scope_analysis(view: View, one: Resource, answer: Record) -> Record:
    """Return the record of an analysis with an answer; its findings are for another operation."""
    return {
        SCOPE_ANALYSIS_ID: view.id(one.id),
        "NetworkInsightsAccessScopeAnalysisArn": view.arn("network-insights-access-scope-analysis", one.id),
        SCOPE_ID: view.id(one.properties.get(SCOPE_ID)),
        "StartDate": SOME_TIME,
        "EndDate": answer.get("StartDate", SOME_TIME),
        **answer,
        "Tags": view.tags(one.id),
    }


def scope_answer(view: View, one: Resource) -> Record:
    """Return the answer of an analysis about the network that runs."""
    scope = view.resource(view.name(one.properties.get(SCOPE_ID)))
    if scope is None:
        return {"Status": "failed", "StatusMessage": f"the scope {one.properties.get(SCOPE_ID)} does not exist"}
    return analysed(view, scope.properties)
