"""NF501: throttle limits that are missing, never apply, or reject everything (api-gateway §3.2).

Four limits apply: the key's plan, the method, the stage and the account. The lowest one decides. Without any, a single
client can use up the 10,000 requests a second that all APIs of the account share, and the others return 429. If a
required key is in no plan, every client gets 403.

Instead: Set a stage default and lower limits in the plans, and add every required key to a plan.
"""

from netful.checks.facts.apis import admits_anyone, authorized, plans_of
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.admission.requests import throttle
from netful.engine.authorization import api_keys
from netful.engine.usage.throttles import account_rate, default_setting, memberships
from netful.model.apis.api import Api, ApiRoute, RestApi
from netful.model.apis.usage import UsagePlan
from netful.model.core import Origin, Unknown


@Rule.of("throttle is missing or never applies", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for api in facts.cloud.apis.by_id.values():
        closed = [*_key_without_plan(facts, api)] if isinstance(api, RestApi) else []
        yield from closed or _no_limit(facts, api)
        if isinstance(api, RestApi):
            yield from _never_binds(facts, api)
        yield from _rejecting(facts, api)
    yield from _beyond_account(facts)


def _no_limit(facts: Facts, api: Api) -> Problems:
    """Find a public API without a limit below the account's own. An API without a stage, or without routes, is not reachable."""
    stages = facts.cloud.apis.stages_of(api.id)
    limited = any(s.throttling_rate_limit is not None for stage in stages for s in stage.method_settings)
    planned = any(plan.throttle or stage.methods for plan, stage in plans_of(facts.cloud, api.id))
    walled = any(api.id in r.references for r in facts.cloud.template.of_type("AWS::WAFv2::WebACLAssociation"))
    unlimited = [r for r in api.routes if r.http_method != "OPTIONS" and not (planned and r.api_key_required)]
    callable_ = bool(stages) and (bool(api.routes) or api.definition is not None)
    if api.private or limited or walled or not callable_ or (planned and not unlimited):
        return
    unguarded = admits_anyone(api, unlimited)
    first = next((route for route in unlimited if not authorized(route)), None) or next(iter(unlimited), None)
    beside = f" on `{first.http_method} {first.path}`, which needs no key of a plan" if planned and first else ""
    what = f"and no authorization{beside}" if unguarded else f"of its own{beside}"
    message = f"the public API `{api.id}` has no throttle {what}: one client can use up the account's {account_rate(api.region):,.0f} requests a second"
    severity = Severity.MEDIUM if unguarded else Severity.LOW
    where = (
        "for `/*` `*` in the stage's `MethodSettings`"
        if isinstance(api, RestApi)
        else "in the stage's `DefaultRouteSettings`"
    )
    hint = f"set `ThrottlingRateLimit` and `ThrottlingBurstLimit` {where}"
    yield Problem.of(api, message, hint, severity=severity)


def _key_without_plan(facts: Facts, api: RestApi) -> Problems:
    guarded = [route for route in api.routes if route.api_key_required]
    if guarded and not _may_be_planned(facts, api):
        message = f"`{guarded[0].http_method} {guarded[0].path}` of `{api.id}` needs an API key, but no usage plan here contains a stage of it: 403 for every client, unless one of another stack does"
        hint = "add a usage plan for its stage, and bind a key to it"
        yield Problem(
            api.id, guarded[0].origin, message, hint, Certainty.LIKELY, severity=Severity.HIGH, cause="no plan"
        )


def _may_be_planned(facts: Facts, api: RestApi) -> bool:
    """Return whether a usage plan contains a stage of the API, or one whose stages are not known may."""
    entries = [entry for plan in facts.cloud.apis.usage_plans.values() for entry in plan.stages]
    if any(isinstance(value, Unknown) for entry in entries for value in (entry.api_id, entry.stage_name)):
        return True
    stages = facts.cloud.apis.stages_of(api.id)
    return any(isinstance(stage.stage_name, Unknown) or memberships(facts.cloud, stage) for stage in stages)


def _never_binds(facts: Facts, api: RestApi) -> Problems:
    stages = {stage.stage_name: stage for stage in facts.cloud.apis.stages_of(api.id)}
    for plan, opened in plans_of(facts.cloud, api.id):
        stage = stages.get(opened.stage_name)
        rate, limit = _rate(plan), default_setting(stage).throttling_rate_limit if stage else None
        if rate is not None and isinstance(limit, int | float) and 0 <= limit < rate:
            message = f"`{plan.id}` allows {rate:g} a second, which never applies: a method of `{opened.stage_name}` allows {limit:g}"
            yield Problem.of(
                plan, message, "set the plan's rate below the stage's, or raise the stage's", severity=Severity.MEDIUM
            )


def _rejecting(facts: Facts, api: Api) -> Problems:
    """Find the limits of 0, by which a route answers every client with 429: each limit once."""
    found: dict[tuple[str, Origin], ApiRoute] = {}
    for stage in facts.cloud.apis.stages_of(api.id):
        plans = api_keys.usable_memberships(facts.cloud, stage)
        for route in api.routes:
            ruling = throttle(api, stage, route, plans).ruling
            if ruling.verdict == "deny":
                found.setdefault((ruling.component, ruling.origin), route)
    for (component, origin), route in found.items():
        message = f"a limit of `{component}` is 0: `{route.http_method} {route.path}` of `{api.id}` answers 429 to every client"
        yield Problem(component, origin, message, f"raise the limit of `{component}` above 0", severity=Severity.HIGH)


def _beyond_account(facts: Facts) -> Problems:
    total = sum((_rate(plan) or 0) * max(1, len(plan.key_ids)) for plan in facts.cloud.apis.usage_plans.values())
    most = account_rate(facts.cloud.region)
    if total > most:
        plan = max(facts.cloud.apis.usage_plans.values(), key=lambda plan: _rate(plan) or 0)
        message = f"the usage plans promise {total:g} requests a second, more than the account's {most:,.0f}"
        yield Problem.of(plan, message, "lower the plans' rates, or request a higher quota", severity=Severity.MEDIUM)


def _rate(plan: UsagePlan) -> float | None:
    rate = plan.throttle.rate_limit if plan.throttle else None
    return float(rate) if isinstance(rate, int | float) else None
