"""Describe operations of the analyzers that ask by more than ids: by what was analysed, and by time; contents and findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from netful.account.ec2.insights.records import PATH_ID
from netful.account.ec2.insights.scope_records import FINDINGS, SCOPE_ANALYSIS_ID, SCOPE_ID, scope_content
from netful.account.ec2.kinds import KINDS, Kind
from netful.account.ec2.listing import described, page
from netful.account.ec2.view import View
from netful.account.ec2.world import World, record
from netful.account.query_api import Operation, Parameters

_ANALYSES = (
    ("DescribeNetworkInsightsAnalyses", PATH_ID, "AnalysisStartTime", "AnalysisEndTime"),
    ("DescribeNetworkInsightsAccessScopeAnalyses", SCOPE_ID, "AnalysisStartTimeBegin", "AnalysisStartTimeEnd"),
)
"""Operations, with the parameters for what was analysed, and for the first and the last time of the start."""

_CONTENT, _FOUND = "NetworkInsightsAccessScopeContent", "AnalysisFindings"


def operations(view: Callable[[], View]) -> dict[str, Operation]:
    """Return all of them, by name."""

    def describing(kind: Kind, of: str, begin: str, end: str) -> Operation:
        async def describe(asked: Parameters) -> Mapping[str, Any]:
            now = view()
            wanted = now.id(asked.get(of))
            rows = [
                row for row in kind.records(now) if wanted in (None, row[of]) and _is_within(row, asked, begin, end)
            ]
            return described(kind, now, now.known(asked, kind.ids), rows)

        return describe

    async def content(asked: Parameters) -> Mapping[str, Any]:
        now = view()
        return {_CONTENT: scope_content(now, World(now.cloud, now).existing(asked, SCOPE_ID))}

    async def findings(asked: Parameters) -> Mapping[str, Any]:
        now = view()
        id_ = str(now.id(World(now.cloud, now).existing(asked, SCOPE_ANALYSIS_ID)))
        analysis = record(now, SCOPE_ANALYSIS_ID, id_)
        ids = {SCOPE_ANALYSIS_ID: id_, SCOPE_ID: analysis[SCOPE_ID]}
        shown = page(_FOUND, asked, [{**ids, **one} for one in analysis.get(FINDINGS, ())])
        return {SCOPE_ANALYSIS_ID: id_, "AnalysisStatus": analysis["Status"], **shown}

    kinds = {kind.operation: kind for kind in KINDS}
    return {
        **{name: describing(kinds[name], of, begin, end) for name, of, begin, end in _ANALYSES},
        "GetNetworkInsightsAccessScopeContent": content,
        "GetNetworkInsightsAccessScopeAnalysisFindings": findings,
    }


def _is_within(row: Mapping[str, Any], asked: Parameters, begin: str, end: str) -> bool:
    first, last = asked.get(begin), asked.get(end)
    return (first is None or row["StartDate"] >= first) and (last is None or row["StartDate"] <= last)
