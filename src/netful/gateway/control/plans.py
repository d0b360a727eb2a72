"""Usage plans, and the keys in them (api-gateway §3.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from netful.engine.api_keys import value_of
from netful.engine.api_names import loaded_id
from netful.gateway.control import found
from netful.gateway.control.asked import Asked, page
from netful.gateway.control.faults import bad_request, conflict, not_found
from netful.gateway.control.patches import Patch, between, decimal, one_of, patches, unescaped, whole
from netful.gateway.control.site import Operation, Site
from netful.gateway.control.told import told
from netful.model.cloud import Cloud
from netful.model.usage import ApiKey, PlanStage, Quota, Throttle, UsagePlan
from netful.sources.apis.paths import method_key

_MOST = 2**31 - 1


def _plan(plan: UsagePlan) -> dict[str, Any]:
    return told(
        id=plan.id,
        name=plan.name,
        description=plan.description,
        apiStages=[_stage(one) for one in plan.stages],
        throttle=_throttle(plan.throttle) if plan.throttle else None,
        quota=_quota(plan.quota) if plan.quota else None,
    )


def _stage(one: PlanStage) -> dict[str, Any]:
    methods = {f"{path}/{method}": _throttle(limit) for (path, method), limit in one.methods.items()}
    return told(apiId=one.api_id, stage=one.stage_name, throttle=methods or None)


def _throttle(one: Throttle) -> dict[str, Any]:
    return told(rateLimit=one.rate_limit, burstLimit=one.burst_limit)


def _quota(one: Quota) -> dict[str, Any]:
    return told(limit=one.limit, offset=one.offset, period=one.period)


def get_usage_plans(site: Site, wanted: Asked) -> Any:
    """GetUsagePlans, or those that a key is in."""
    key_id = wanted.one("keyId")
    return page(
        wanted, (_plan(one) for one in site.cloud().usage_plans.values() if not key_id or key_id in one.key_ids)
    )


def get_usage_plan(site: Site, wanted: Asked) -> Any:
    """GetUsagePlan."""
    return _plan(found.plan(site.cloud(), wanted))


async def update_usage_plan(site: Site, wanted: Asked) -> Any:
    """UpdateUsagePlan: all of its patches, or none. What was counted stays."""
    cloud = site.cloud()
    plan = found.plan(cloud, wanted)
    for patch in patches(wanted):
        plan = _patched(cloud, plan, patch)
    if plan.quota is not None and plan.quota.limit is None:
        raise bad_request("Usage Plan quota limit must be specified")
    await site.put("usage_plans", plan)
    return _plan(plan)


# --- patches ----------------------------------------------------------------------------------------------------------

_OF_THROTTLE = {"rateLimit": ("rate_limit", decimal), "burstLimit": ("burst_limit", whole)}
_OF_QUOTA = {
    "limit": ("limit", between(0, _MOST, whole)),
    "offset": ("offset", between(0, _MOST, whole)),
    "period": ("period", one_of("DAY", "WEEK", "MONTH")),
}
_OF_STAGE = re.compile(r"/apiStages/(?P<stage>[^/]+)/throttle(/(?P<method>.+?))?(/(?P<number>rateLimit|burstLimit))?")


def _patched(cloud: Cloud, plan: UsagePlan, patch: Patch) -> UsagePlan:
    part, _, name = patch.path[1:].partition("/")
    if part in {"name", "description"} and patch.op == "replace":
        changed: Any = {part: patch.value}
        return replace(plan, **changed)
    if part == "throttle":
        return replace(plan, throttle=_limits(plan.throttle, patch, name))
    if part == "quota":
        return replace(plan, quota=_counted(plan.quota, patch, name))
    if patch.path == "/apiStages":
        return _opening(cloud, plan, patch)
    of_stage = _OF_STAGE.fullmatch(patch.path)
    if of_stage is None:
        raise _invalid(patch)
    return _with_methods(plan, patch, of_stage)


def _invalid(patch: Patch) -> Exception:
    return bad_request(f"Invalid patch path  '{patch.path}' specified for op '{patch.op}'")


def _limits(throttle: Throttle | None, patch: Patch, name: str) -> Throttle | None:
    if not name and patch.op == "remove":
        return None
    if name not in _OF_THROTTLE:
        raise _invalid(patch)
    field, reading = _OF_THROTTLE[name]
    changed: Any = {field: None if patch.op == "remove" else reading(patch.value)}
    throttle = replace(throttle or Throttle(), **changed)
    return None if throttle == Throttle() else throttle


def _counted(quota: Quota | None, patch: Patch, name: str) -> Quota | None:
    if not name and patch.op == "remove":
        return None
    if name not in _OF_QUOTA or patch.op == "remove":
        raise _invalid(patch)
    field, reading = _OF_QUOTA[name]
    changed: Any = {field: reading(patch.value)}
    unset: Any = None  # the limit may come with a later patch
    return replace(quota or Quota(unset, "DAY"), **changed)


def _opening(cloud: Cloud, plan: UsagePlan, patch: Patch) -> UsagePlan:
    """A plan that opens one stage more, or less: `API:STAGE`."""
    api, separator, name = patch.value.rpartition(":")
    api_id = loaded_id(cloud, api)
    there = [one for one in plan.stages if (one.api_id, one.stage_name) == (api_id, name)]
    if not separator or patch.op not in {"add", "remove"}:
        raise bad_request("Invalid API Stage specified")
    if patch.op == "remove":
        if not there:
            raise not_found(f"Invalid API Stage {{api: {api}, stage: {name}}} specified for usageplan {plan.id}")
        return replace(plan, stages=tuple(one for one in plan.stages if one not in there))
    if found.stage_named(cloud, api_id, name) is None:
        raise not_found(f"Invalid API Stage {{api: {api}, stage: {name}}} specified for usageplan {plan.id}")
    if there:
        raise conflict(f"API Stage {{api: {api}, stage: {name}}} is in usage plan {plan.id} already")
    opened = replace(plan, stages=(*plan.stages, PlanStage(api_id, name)))
    for key_id in plan.key_ids:
        _check_membership(cloud, opened, str(key_id))
    return opened


def _with_methods(plan: UsagePlan, patch: Patch, of_stage: re.Match[str]) -> UsagePlan:
    """A plan with other limits for methods of one of its stages."""
    named = unescaped(of_stage["stage"])
    stages = [
        _limited(one, patch, of_stage) if f"{one.api_id}:{one.stage_name}" == named else one for one in plan.stages
    ]
    if named not in {f"{one.api_id}:{one.stage_name}" for one in plan.stages}:
        api, _, name = named.rpartition(":")
        raise not_found(f"Invalid API Stage {{api: {api}, stage: {name}}} specified for usageplan {plan.id}")
    return replace(plan, stages=tuple(stages))


def _limited(stage: PlanStage, patch: Patch, of_stage: re.Match[str]) -> PlanStage:
    if not of_stage["method"]:
        return replace(stage, methods={} if patch.op == "remove" else _methods(patch))
    place = method_key(unescaped(of_stage["method"]))
    name = of_stage["number"] or ""
    limits = _limits(stage.methods.get(place), patch, name)
    others = {at: limit for at, limit in stage.methods.items() if at != place}
    return replace(stage, methods=others if limits is None else {**others, place: limits})


def _methods(patch: Patch) -> dict[tuple[str, str], Throttle]:
    """The limits of all methods, as JSON: `{"/pets/GET": {"rateLimit": 5, "burstLimit": 10}}`."""
    try:
        given = msgspec.json.decode(patch.value, type=dict[str, dict[str, float]])
    except msgspec.DecodeError:
        raise _invalid(patch) from None
    return {method_key(key): _of_numbers(numbers) for key, numbers in given.items()}


def _of_numbers(numbers: Mapping[str, float]) -> Throttle:
    burst = numbers.get("burstLimit")
    return Throttle(numbers.get("rateLimit"), None if burst is None else int(burst))


# --- keys in plans ----------------------------------------------------------------------------------------------------


def _key(key: ApiKey) -> dict[str, Any]:
    return told(id=key.id, type="API_KEY", value=value_of(key), name=key.name)


def _keys_of(site: Site, plan: UsagePlan) -> list[ApiKey]:
    keys = site.cloud().api_keys
    return [keys[key_id] for key_id in plan.key_ids if isinstance(key_id, str) and key_id in keys]


def get_usage_plan_keys(site: Site, wanted: Asked) -> Any:
    """GetUsagePlanKeys."""
    named = wanted.one("name")
    keys = _keys_of(site, found.plan(site.cloud(), wanted))
    return page(wanted, (_key(key) for key in keys if str(key.name or "").startswith(named)))


def get_usage_plan_key(site: Site, wanted: Asked) -> Any:
    """GetUsagePlanKey."""
    return _key(_member(site, wanted)[1])


def _member(site: Site, wanted: Asked) -> tuple[UsagePlan, ApiKey]:
    plan = found.plan(site.cloud(), wanted)
    key = next((one for one in _keys_of(site, plan) if one.id == wanted.names["key"]), None)
    if key is None:
        raise not_found("Invalid API Key identifier specified")
    return plan, key


class _Given(msgspec.Struct, rename="camel"):
    """What CreateUsagePlanKey takes."""

    key_id: str
    key_type: str


async def create_usage_plan_key(site: Site, wanted: Asked) -> Any:
    """CreateUsagePlanKey."""
    cloud, given = site.cloud(), wanted.given(_Given)
    plan = found.plan(cloud, wanted)
    if given.key_type != "API_KEY":
        raise bad_request("Invalid Key Type specified. Must be one of: [API_KEY]")
    key = found.key(cloud, given.key_id)
    if key.id in plan.key_ids:
        raise conflict(f"API Key {key.id} is in usage plan {plan.id} already")
    plan = replace(plan, key_ids=(*plan.key_ids, key.id))
    _check_membership(cloud, plan, key.id)
    await site.put("usage_plans", plan)
    return _key(key)


def _check_membership(cloud: Cloud, plan: UsagePlan, key_id: str) -> None:
    """A key is in one plan of a stage at most."""
    mine = {(one.api_id, one.stage_name) for one in plan.stages}
    for other in cloud.usage_plans.values():
        both = {(one.api_id, one.stage_name) for one in other.stages} & mine
        if other.id != plan.id and key_id in other.key_ids and both:
            api_id, name = both.pop()
            raise conflict(f"API Key {key_id} is in usage plan {other.id}, which opens stage {api_id}:{name} as well")


async def delete_usage_plan_key(site: Site, wanted: Asked) -> None:
    """DeleteUsagePlanKey."""
    plan, key = _member(site, wanted)
    await site.put("usage_plans", replace(plan, key_ids=tuple(one for one in plan.key_ids if one != key.id)))


_PLAN = "/usageplans/{plan}"
OPERATIONS = (
    Operation("GET", "/usageplans", get_usage_plans),
    Operation("GET", _PLAN, get_usage_plan),
    Operation("PATCH", _PLAN, update_usage_plan),
    Operation("GET", _PLAN + "/keys", get_usage_plan_keys),
    Operation("POST", _PLAN + "/keys", create_usage_plan_key, 201),
    Operation("GET", _PLAN + "/keys/{key}", get_usage_plan_key),
    Operation("DELETE", _PLAN + "/keys/{key}", delete_usage_plan_key, 202),
)
