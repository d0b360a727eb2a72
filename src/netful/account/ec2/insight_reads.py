"""Operations that describe analyses, filtered by resource and time, and that return contents and findings."""

from collections.abc import Mapping
from functools import partial

from netful.account.ec2.insights.records import PATH_ID
from netful.account.ec2.insights.scope_records import FINDINGS, SCOPE_ANALYSIS_ID, SCOPE_ID, scope_content
from netful.account.ec2.kinds import KINDS, Kind
from netful.account.ec2.listing import described, page
from netful.account.ec2.world import Look, World
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record

_ANALYSES = (
    ("DescribeNetworkInsightsAnalyses", PATH_ID, "AnalysisStartTime", "AnalysisEndTime"),
    ("DescribeNetworkInsightsAccessScopeAnalyses", SCOPE_ID, "AnalysisStartTimeBegin", "AnalysisStartTimeEnd"),
)
"""Operations, with the parameters for what was analysed, and for the first and the last time of the start."""

_CONTENT, _FOUND = "NetworkInsightsAccessScopeContent", "AnalysisFindings"


def _analyses(kind: Kind, of: str, begin: str, end: str, world: World, asked: Parameters) -> Record:
    wanted = world.id(asked.get(of))
    rows = [row for row in kind.records(world) if wanted in (None, row[of]) and _is_within(row, asked, begin, end)]
    return described(kind, world, world.known(asked, kind.ids), rows)


def _content(world: World, asked: Parameters) -> Record:
    return {_CONTENT: scope_content(world, world.existing(asked, SCOPE_ID))}


def _findings(world: World, asked: Parameters) -> Record:
    id_ = str(world.id(world.existing(asked, SCOPE_ANALYSIS_ID)))
    analysis = world.record(SCOPE_ANALYSIS_ID, id_)
    ids = {SCOPE_ANALYSIS_ID: id_, SCOPE_ID: analysis[SCOPE_ID]}
    shown = page(_FOUND, asked, [{**ids, **one} for one in analysis.get(FINDINGS, ())])
    return {SCOPE_ANALYSIS_ID: id_, "AnalysisStatus": analysis["Status"], **shown}


def _is_within(row: Record, asked: Parameters, begin: str, end: str) -> bool:
    first, last = asked.get(begin), asked.get(end)
    return (first is None or row["StartDate"] >= first) and (last is None or row["StartDate"] <= last)


_KINDS = {kind.operation: kind for kind in KINDS}
LOOKS: Mapping[str, Look] = {
    **{name: partial(_analyses, _KINDS[name], of, begin, end) for name, of, begin, end in _ANALYSES},
    "GetNetworkInsightsAccessScopeContent": _content,
    "GetNetworkInsightsAccessScopeAnalysisFindings": _findings,
}
