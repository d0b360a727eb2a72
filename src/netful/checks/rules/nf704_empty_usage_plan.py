"""NF704: a usage plan without limits, without methods that need a key, or without keys (api-gateway §3.2, §3.5).

A plan limits each of its keys. Without throttle and quota it only admits keys; without keys it has no effect. Requests
to methods that need no key do not count, even if they contain a key.

Instead: Give the plan a rate, a burst and a quota, bind a key for each client, and require it on the methods.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.apis.usage import UsagePlan
from netful.model.cloud import Cloud


@Rule.of("usage plan without throttle, quota or key", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for plan in facts.cloud.apis.usage_plans.values():
        if not _asks_for_keys(facts.cloud, plan):
            message = f"no method in the stages of `{plan.id}` needs an API key, so the plan limits no client"
            yield Problem.of(plan, message, "set `ApiKeyRequired: true` on the methods to be limited")
            continue
        if plan.throttle is None and plan.quota is None and not any(stage.methods for stage in plan.stages):
            message = f"`{plan.id}` has neither throttle nor quota, so it limits nothing"
            yield Problem.of(plan, message, "give it a `Throttle`, a `Quota` or both")
        if not plan.key_ids:
            message = f"no API key is bound to `{plan.id}`, so no client can use it"
            yield Problem.of(plan, message, "bind a key with an `AWS::ApiGateway::UsagePlanKey`", severity=Severity.LOW)


def _asks_for_keys(cloud: Cloud, plan: UsagePlan) -> bool:
    """Return whether a method of a plan's stages needs a key, or may if its API is not fully known."""
    apis = [cloud.apis.by_id.get(stage.api_id) if isinstance(stage.api_id, str) else None for stage in plan.stages]
    known = [api for api in apis if api is not None and api.definition is None and api.routes]
    return len(known) < len(apis) or not apis or any(r.api_key_required for api in known for r in api.routes)
