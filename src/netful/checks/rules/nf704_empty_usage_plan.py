"""NF704: a usage plan that limits nothing, or that nobody has a key for."""

from __future__ import annotations

from collections.abc import Iterator

from netful.checks.facts import Facts
from netful.checks.finding import Problem, Severity
from netful.checks.rule import Rule


def _find(facts: Facts) -> Iterator[Problem]:
    for plan in facts.cloud.usage_plans.values():
        if plan.throttle is None and plan.quota is None and not any(stage.methods for stage in plan.stages):
            message = f"`{plan.id}` has neither throttle nor quota: it limits nothing"
            yield Problem(plan.id, plan.origin, message, "give it a `Throttle`, a `Quota` or both")
        if not plan.key_ids:
            message = f"no API key is bound to `{plan.id}`, so nobody can use it"
            yield Problem(
                plan.id,
                plan.origin,
                message,
                "bind a key with an `AWS::ApiGateway::UsagePlanKey`",
                severity=Severity.LOW,
            )


RULE = Rule(
    id="NF704",
    slug="empty-usage-plan",
    title="usage plan without throttle, quota or key",
    severity=Severity.MEDIUM,
    why="A plan exists to limit each of its keys. Without throttle and quota it only lets keys in; without keys it does nothing.",
    instead="Give the plan a rate, a burst and a quota, and bind a key for each client.",
    find=_find,
)
