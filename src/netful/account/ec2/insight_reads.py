"""Describe operation of network insights analyses, which also asks by path and by time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from netful.account.ec2.insights.records import PATH_ID
from netful.account.ec2.kinds import KINDS
from netful.account.ec2.listing import described
from netful.account.ec2.view import View
from netful.account.query_api import Operation, Parameters

_KIND = next(kind for kind in KINDS if kind.operation == "DescribeNetworkInsightsAnalyses")


def operations(view: Callable[[], View]) -> dict[str, Operation]:
    """Return the operation, by its name."""

    async def describe(asked: Parameters) -> Mapping[str, Any]:
        now = view()
        rows = [row for row in _KIND.records(now) if _is_asked(now, row, asked)]
        return described(_KIND, now, now.known(asked, _KIND.ids), rows)

    return {_KIND.operation: describe}


def _is_asked(view: View, row: Mapping[str, Any], asked: Parameters) -> bool:
    path, begin, end = (asked.get(name) for name in (PATH_ID, "AnalysisStartTime", "AnalysisEndTime"))
    started = row["StartDate"]
    return (
        (path is None or row[PATH_ID] == view.id(path))
        and (begin is None or started >= begin)
        and (end is None or started <= end)
    )
