"""Patches of UpdateUsagePlan (api-gateway §3.4)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from netful.account.apigateway.edits import named
from netful.account.apigateway.kinds import Kind, Properties
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict, not_found
from netful.account.apigateway.operations.patches import Patch, between, decimal, one_of, unescaped, whole
from netful.account.apigateway.operations.representation import known
from netful.account.wire.errors import ApiError
from netful.engine.names.api_names import loaded_id
from netful.model.cloud import Cloud
from netful.model.core import Resource, mappings
from netful.sources.apis.paths import method_key

Pairs = Iterable[tuple[str, str]]
"""Stages: each the name of its API in the cloud, and its name."""

_COUNT, PERIOD = between(0, 2**31 - 1, whole), one_of("DAY", "WEEK", "MONTH")
_TEXTS = {"/name": str, "/description": str}
_NUMBERS = {"rateLimit": decimal, "burstLimit": whole}
_OF_THROTTLE = {f"/throttle/{name}": reading for name, reading in _NUMBERS.items()}
_OF_QUOTA = {"/quota/limit": _COUNT, "/quota/offset": _COUNT, "/quota/period": PERIOD}
_SET: Mapping[str, Mapping[str, Callable[[str], Any]]] = {
    "replace": {**_TEXTS, **_OF_THROTTLE, **_OF_QUOTA},
    "add": {**_OF_THROTTLE, **_OF_QUOTA},
}
_REMOVED = {"/throttle", "/quota", *_OF_THROTTLE}
_OF_STAGE = re.compile(r"/apiStages/(?P<stage>[^/]+)/throttle(/(?P<method>.+?))?(/(?P<number>rateLimit|burstLimit))?")


def patched(kind: Kind, cloud: Cloud, plan: Resource, patch: Patch) -> Properties:
    """Return the properties of a plan after one patch."""
    if patch.path == "/apiStages":
        return {**plan.properties, "ApiStages": opening(cloud, plan, patch)}
    of_stage = _OF_STAGE.fullmatch(patch.path)
    if of_stage is not None:
        return {**plan.properties, "ApiStages": _with_methods(cloud, plan, patch, of_stage)}
    if patch.op != "remove" and patch.path in _SET.get(patch.op, ()):
        patch = replace(patch, value=str(_SET[patch.op][patch.path](patch.value)))
    elif patch.op != "remove" or patch.path not in _REMOVED:
        raise _invalid(patch)
    return kind.patched(plan, patch)


def _invalid(patch: Patch) -> Exception:
    return bad_request(f"Invalid patch path  '{patch.path}' specified for op '{patch.op}'")


def stages_of(plan: Mapping[str, Any]) -> list[Properties]:
    """Return the known stages in the properties of a plan."""
    return [dict(one) for one in mappings(plan.get("ApiStages"))]


def pairs(cloud: Cloud, plan: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the known stages that the properties of a plan open."""
    return [(named(cloud, one.get("ApiId")), str(one.get("Stage"))) for one in stages_of(plan)]


def opening(cloud: Cloud, plan: Resource, patch: Patch) -> list[dict[str, Any]]:
    """Return the stages of a plan with one more, or less: `API:STAGE`."""
    api, separator, name = patch.value.rpartition(":")
    wanted, there = (loaded_id(cloud, api), name), pairs(cloud, plan.properties)
    stages = stages_of(plan.properties)
    if not separator or patch.op not in {"add", "remove"}:
        raise bad_request("Invalid API Stage specified")
    if patch.op == "remove":
        if wanted not in there:
            raise _no_stage(cloud, plan, api, name)
        return [one for one, pair in zip(stages, there, strict=True) if pair != wanted]
    if lookups.stage_named(cloud, *wanted) is None:
        raise _no_stage(cloud, plan, api, name)
    if wanted in there:
        raise conflict(f"API Stage {{api: {api}, stage: {name}}} is in usage plan {cloud.aws_id(plan.id)} already")
    of_plan = cloud.apis.usage_plans.get(plan.id)
    for key_id in of_plan.key_ids if of_plan else ():
        check_membership(cloud, plan.id, [*there, wanted], str(key_id))
    return [*stages, {"ApiId": cloud.aws_id(wanted[0]), "Stage": name}]


def _with_methods(cloud: Cloud, plan: Resource, patch: Patch, of_stage: re.Match[str]) -> list[dict[str, Any]]:
    """Return the stages of a plan with other limits for methods of one of them."""
    api, _, name = unescaped(of_stage["stage"]).rpartition(":")
    wanted, there = (loaded_id(cloud, api), name), pairs(cloud, plan.properties)
    if wanted not in there:
        raise _no_stage(cloud, plan, api, name)
    stages = stages_of(plan.properties)
    return [
        {**one, "Throttle": _limited(one.get("Throttle") or {}, patch, of_stage)} if pair == wanted else one
        for one, pair in zip(stages, there, strict=True)
    ]


def _no_stage(cloud: Cloud, plan: Resource, api: str, name: str) -> ApiError:
    text = f"Invalid API Stage {{api: {api}, stage: {name}}} specified for usageplan {cloud.aws_id(plan.id)}"
    return not_found(text)


def _limited(methods: Mapping[str, Any], patch: Patch, of_stage: re.Match[str]) -> Mapping[str, Any]:
    if not of_stage["method"]:
        return {} if patch.op == "remove" else _methods(patch)
    place, number = method_key(unescaped(of_stage["method"])), of_stage["number"]
    if not number and patch.op != "remove":
        raise _invalid(patch)
    limits = next((dict(one) for key, one in methods.items() if method_key(key) == place), {}) if number else {}
    if number:
        limits[_property(number)] = None if patch.op == "remove" else _NUMBERS[number](patch.value)
    others = {key: one for key, one in methods.items() if method_key(key) != place}
    return {**others, "/".join(place): known(**limits)} if any(known(**limits)) else others


def _property(number: str) -> str:
    return number[:1].upper() + number[1:]


def _methods(patch: Patch) -> Properties:
    """Return the limits of all methods, given as JSON: `{"/pets/GET": {"rateLimit": 5, "burstLimit": 10}}`."""
    try:
        given = msgspec.json.decode(patch.value, type=dict[str, dict[str, float]])
    except msgspec.DecodeError:
        raise _invalid(patch) from None
    return {key: {_property(name): value for name, value in numbers.items()} for key, numbers in given.items()}


def check_membership(cloud: Cloud, plan_id: str, opened: Pairs, key_id: str) -> None:
    """Raise ApiError for a key in two plans of a stage."""
    for other in cloud.apis.usage_plans.values():
        both = {(one.api_id, one.stage_name) for one in other.stages} & {*opened}
        if other.id != plan_id and key_id in other.key_ids and both:
            api_id, name = both.pop()
            raise conflict(
                f"API Key {cloud.aws_id(key_id)} is in usage plan {cloud.aws_id(other.id)}, which opens stage "
                f"{cloud.aws_id(str(api_id))}:{name} as well"
            )
