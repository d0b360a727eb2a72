"""Throttle limits of a request: API Gateway's ladder (api-gateway §3.2).

| rung | bucket | shared by |
|---|---|---|
| usage plan method | the plan's limit for this method of this stage; replaces the next | one API key |
| usage plan | the plan's own limit, over all its stages | one API key |
| stage method | the stage's setting for this method; replaces the next | all clients of the method |
| stage default | the stage's setting for all methods, a bucket for each | all clients of the method |
| account default | the region's limit | all APIs of the account |

Each rung is a separate bucket, and all of them must have a token: a higher number on one never raises another. *The* limit
of a route is its first rung, in AWS's order. Keys count only if a route requires one.
"""

from collections.abc import Iterable
from dataclasses import replace

from netful.model.apis.api import Api, ApiRoute
from netful.model.apis.stage import ANY, MethodSetting, Stage
from netful.model.apis.usage import PlanStage, Quota, Throttle, UsagePlan
from netful.model.cloud import Cloud
from netful.model.core import DEFAULT, Frozen, Maybe, Origin, Unknown

_LARGE = (10_000.0, 5_000)
_SMALL = (2_500.0, 1_250)
_SMALL_REGIONS = frozenset((
    "af-south-1", "eu-south-1", "ap-southeast-3", "me-central-1", "ap-south-2", "ap-southeast-4", "eu-south-2",
    "eu-central-2", "il-central-1", "ca-west-1", "ap-southeast-5", "ap-southeast-7", "mx-central-1",
))  # fmt: skip


class Limit(Frozen):
    """A bucket: its tokens per second, its capacity, and its rung."""

    rate: Maybe[float]
    burst: Maybe[int]
    source: str
    component: str = ""
    origin: Origin = DEFAULT

    def __str__(self) -> str:
        rate = f"{self.rate:g}" if isinstance(self.rate, float) else "unknown"
        burst = "unknown" if isinstance(self.burst, Unknown) else self.burst
        return f"{self.source} {rate}/s burst {burst}"


class Membership(Frozen):
    """A usage plan that contains a key, with the plan's entry for the called stage."""

    plan: UsagePlan
    stage: PlanStage


def account_limit(region: str) -> Limit:
    """Return the limit of an account in a region (§3.1)."""
    rate, burst = _SMALL if region in _SMALL_REGIONS else _LARGE
    return Limit(rate, burst, "account default", region)


def account_rate(region: str) -> float:
    """Return the requests a second of an account in a region, which all of its APIs share."""
    return (_SMALL if region in _SMALL_REGIONS else _LARGE)[0]


def membership(cloud: Cloud, stage: Stage, key_id: str) -> Membership | None:
    """Return the plan through which a key opens a stage: at most one exists (§3.4). A disabled key opens none."""
    key = cloud.apis.api_keys.get(key_id)
    if key is not None and not key.enabled:
        return None
    return next((member for member in memberships(cloud, stage) if key_id in member.plan.key_ids), None)


def memberships(cloud: Cloud, stage: Stage) -> tuple[Membership, ...]:
    """Return the plans that open a stage, with their entries for it."""
    return tuple(Membership(plan, entry) for plan in cloud.apis.usage_plans.values() for entry in _entries(plan, stage))


def _entries(plan: UsagePlan, stage: Stage) -> Iterable[PlanStage]:
    return (e for e in plan.stages if e.api_id == stage.api_id and e.stage_name == stage.stage_name)


def ladder(
    api: Api, stage: Stage, route: ApiRoute, member: Membership | None = None, account: Limit | None = None
) -> tuple[Limit, ...]:
    """Return the buckets for a request to a route, in AWS's order; `account` overrides AWS's default limit."""
    account = account or account_limit(api.region)
    rungs = (
        _of_plan(route, member, account) if member is not None and route.api_key_required else None,
        _of_stage(api, stage, route, account),
        account,
    )
    return tuple(rung for rung in rungs if rung is not None)


def quota(route: ApiRoute, member: Membership | None) -> Quota | None:
    """Return the quota that a key's requests to a route count against."""
    return member.plan.quota if member is not None and route.api_key_required else None


def _of_plan(route: ApiRoute, member: Membership, account: Limit) -> Limit | None:
    plan = member.plan
    own = member.stage.methods.get((route.path, route.http_method))
    if own is not None:
        return _limit(own, account, "usage plan method", plan.id, plan.origin)
    return _limit(plan.throttle, account, "usage plan", plan.id, plan.origin) if plan.throttle else None


def _of_stage(api: Api, stage: Stage, route: ApiRoute, account: Limit) -> Limit | None:
    """Return the stage's limit; missing values of a setting are the account's, which AWS copies into it."""
    own, whole = setting_for(stage, route), default_setting(stage)
    limits = _throttle(own)
    if limits == Throttle():
        return None
    source = "stage method" if own.resource_path != ANY and limits != _throttle(whole) else "stage default"
    return _limit(limits, account, source, stage.id or api.id, own.origin)


def _throttle(setting: MethodSetting) -> Throttle:
    return Throttle(setting.throttling_rate_limit, setting.throttling_burst_limit)


def _limit(throttle: Throttle, otherwise: Limit, source: str, component: str, origin: Origin) -> Limit:
    rate, burst = throttle.rate_limit, throttle.burst_limit
    return Limit(
        otherwise.rate if rate is None else rate, otherwise.burst if burst is None else burst, source, component, origin
    )


def default_setting(stage: Stage) -> MethodSetting:
    """Return a stage's setting for all methods."""
    return next((s for s in stage.method_settings if (s.resource_path, s.http_method) == (ANY, ANY)), MethodSetting())


def setting_for(stage: Stage, route: ApiRoute) -> MethodSetting:
    """Return the effective setting of a route: its own, which starts as a copy of the one for all methods (§3.3)."""
    whole, own = default_setting(stage), own_setting(stage, route)
    return whole if own is None else begun_with(own, whole)


def may_close(stage: Stage, route: ApiRoute) -> bool:
    """Return whether a setting whose path or method is not known may admit no request to a route."""
    return any(
        one.resource_path in (route.path, ANY)
        and one.http_method in (route.http_method, ANY)
        and _may_be_zero(one.throttling_rate_limit, one.throttling_burst_limit)
        for one in stage.possible_settings
    )


def _may_be_zero(*limits: Maybe[float] | None) -> bool:
    return any(isinstance(one, Unknown) or one == 0 for one in limits)


def is_open(limit: Limit) -> bool:
    """Return whether a limit is known to admit requests, if it does not shut."""
    return not _may_be_zero(limit.rate, limit.burst)


def begun_with(setting: MethodSetting, whole: MethodSetting) -> MethodSetting:
    """Return a setting with its missing values from `whole`, the one for all methods."""
    inherited = {
        name: getattr(whole, name)
        for name in MethodSetting.__dataclass_fields__
        if getattr(setting, name) is None and getattr(whole, name) is not None
    }
    return replace(setting, **inherited)


def own_setting(stage: Stage, route: ApiRoute) -> MethodSetting | None:
    """Return a stage's setting for one route, the most specific first."""
    places = ((route.path, route.http_method), (route.path, ANY), (ANY, route.http_method))
    found = {(s.resource_path, s.http_method): s for s in stage.method_settings}
    return next((found[place] for place in places if place in found), None)
