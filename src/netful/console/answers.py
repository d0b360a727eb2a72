"""Answers of a cloud to the page: findings, and what reaches what."""

from collections.abc import Iterable
from typing import Any

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.destinations import destinations_in_use, sources
from netful.checks.run import check
from netful.engine.trace.matrix import matrix
from netful.library.network import Network
from netful.library.text import text
from netful.model.cloud import Cloud
from netful.model.core import QuestionError
from netful.render.forecast import forecast_text

_OUTSIDE = ("internet",)


def findings(cloud: Cloud) -> list[dict[str, Any]]:
    """Return the findings, most severe first, each as `netful check --format json` has it."""
    return [finding.to_json() for finding in check(Facts(cloud))]


def changes(before: Cloud, now: Cloud) -> str:
    """Return what changed from a version to a later one, as `netful diff` prints it."""
    found = Network(before).diff(Network(now))
    return text(Network(before).readable(Network(now).readable(found)))


def forecast(cloud: Cloud, loads: Iterable[str]) -> str:
    """Return the effect of loads, as `netful forecast` prints it. Raise QuestionError for a load that is not understood."""
    network = Network(cloud)
    return forecast_text(network.readable(network.forecast(*loads)))


def reach(cloud: Cloud, position: str) -> dict[str, dict[str, str]]:
    """Return verdicts by name: `to` of what reaches a position, `from` of what it reaches; empty where it cannot be asked."""
    facts = Facts(cloud)
    return {
        "to": _verdicts(cloud, (*sources(facts), *_OUTSIDE), (position,)),
        "from": _verdicts(cloud, (position,), destinations_in_use(facts)),
    }


def _verdicts(cloud: Cloud, starts: Iterable[str], ends: Iterable[str]) -> dict[str, str]:
    """Return the verdicts by the name of the varied side."""
    starts, ends = tuple(starts), tuple(ends)
    try:
        rows = matrix(cloud, starts, ends).rows
    except QuestionError:
        return {}
    by_start = len(starts) > 1
    return {
        (source if by_start else end): cell.verdict
        for row in rows
        for source in row.sources
        for end, cell in row.answers.items()
        if source != end
    }
