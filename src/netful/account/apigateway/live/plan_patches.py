"""Patches of UpdateUsagePlan (api-gateway §3.4)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict, not_found
from netful.account.apigateway.operations.patches import Patch, between, decimal, one_of, unescaped, whole
from netful.account.wire.errors import ApiError
from netful.engine.names.api_names import loaded_id
from netful.model.apis.usage import PlanStage, Quota, Throttle, UsagePlan
from netful.model.cloud import Cloud
from netful.sources.apis.paths import method_key

_MOST = 2**31 - 1
_OF_THROTTLE = {"rateLimit": ("rate_limit", decimal), "burstLimit": ("burst_limit", whole)}
_OF_QUOTA = {
    "limit": ("limit", between(0, _MOST, whole)),
    "offset": ("offset", between(0, _MOST, whole)),
    "period": ("period", one_of("DAY", "WEEK", "MONTH")),
}
_OF_STAGE = re.compile(r"/apiStages/(?P<stage>[^/]+)/throttle(/(?P<method>.+?))?(/(?P<number>rateLimit|burstLimit))?")


def patched(cloud: Cloud, plan: UsagePlan, patch: Patch) -> UsagePlan:
    """Return a plan after one patch."""
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
    return _with_methods(cloud, plan, patch, of_stage)


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
    """Return a plan with one stage more, or less: `API:STAGE`."""
    api, separator, name = patch.value.rpartition(":")
    api_id = loaded_id(cloud, api)
    there = [one for one in plan.stages if (one.api_id, one.stage_name) == (api_id, name)]
    if not separator or patch.op not in {"add", "remove"}:
        raise bad_request("Invalid API Stage specified")
    if patch.op == "remove":
        if not there:
            raise _no_stage(cloud, plan, api, name)
        return replace(plan, stages=tuple(one for one in plan.stages if one not in there))
    if lookups.stage_named(cloud, api_id, name) is None:
        raise _no_stage(cloud, plan, api, name)
    if there:
        raise conflict(f"API Stage {{api: {api}, stage: {name}}} is in usage plan {cloud.aws_id(plan.id)} already")
    opened = replace(plan, stages=(*plan.stages, PlanStage(api_id, name)))
    for key_id in plan.key_ids:
        check_membership(cloud, opened, str(key_id))
    return opened


def _with_methods(cloud: Cloud, plan: UsagePlan, patch: Patch, of_stage: re.Match[str]) -> UsagePlan:
    """Return a plan with other limits for methods of one of its stages."""
    api, _, name = unescaped(of_stage["stage"]).rpartition(":")
    named = loaded_id(cloud, api), name
    stages = [_limited(one, patch, of_stage) if (one.api_id, one.stage_name) == named else one for one in plan.stages]
    if named not in {(one.api_id, one.stage_name) for one in plan.stages}:
        raise _no_stage(cloud, plan, api, name)
    return replace(plan, stages=tuple(stages))


def _no_stage(cloud: Cloud, plan: UsagePlan, api: str, name: str) -> ApiError:
    text = f"Invalid API Stage {{api: {api}, stage: {name}}} specified for usageplan {cloud.aws_id(plan.id)}"
    return not_found(text)


def _limited(stage: PlanStage, patch: Patch, of_stage: re.Match[str]) -> PlanStage:
    if not of_stage["method"]:
        return replace(stage, methods={} if patch.op == "remove" else _methods(patch))
    place = method_key(unescaped(of_stage["method"]))
    name = of_stage["number"] or ""
    limits = _limits(stage.methods.get(place), patch, name)
    others = {at: limit for at, limit in stage.methods.items() if at != place}
    return replace(stage, methods=others if limits is None else {**others, place: limits})


def _methods(patch: Patch) -> dict[tuple[str, str], Throttle]:
    """Return the limits of all methods, given as JSON: `{"/pets/GET": {"rateLimit": 5, "burstLimit": 10}}`."""
    try:
        given = msgspec.json.decode(patch.value, type=dict[str, dict[str, float]])
    except msgspec.DecodeError:
        raise _invalid(patch) from None
    return {method_key(key): of_numbers(numbers) for key, numbers in given.items()}


def of_numbers(numbers: Mapping[str, float]) -> Throttle:
    """Return the limits in a request."""
    burst = numbers.get("burstLimit")
    return Throttle(numbers.get("rateLimit"), None if burst is None else int(burst))


def check_membership(cloud: Cloud, plan: UsagePlan, key_id: str) -> None:
    """Raise ApiError for a key in two plans of a stage."""
    mine = {(one.api_id, one.stage_name) for one in plan.stages}
    for other in cloud.apis.usage_plans.values():
        both = {(one.api_id, one.stage_name) for one in other.stages} & mine
        if other.id != plan.id and key_id in other.key_ids and both:
            api_id, name = both.pop()
            raise conflict(
                f"API Key {cloud.aws_id(key_id)} is in usage plan {cloud.aws_id(other.id)}, which opens stage "
                f"{cloud.aws_id(str(api_id))}:{name} as well"
            )
