"""The usage plan that SAM makes for an API: one of its own, or one that several share."""

from __future__ import annotations

from typing import Any

from netful.sources.files.marked import MarkedMap
from netful.sources.sam.making import Maker, copied, marked, ref

_SHARED = "ServerlessUsagePlan", "ServerlessApiKey", "ServerlessUsagePlanKey"


def expand(maker: Maker, stage_id: str) -> None:
    """Make the plan, its key and what binds them, as `Auth.UsagePlan` asks."""
    auth = maker.properties.get("Auth")
    plan = auth.get("UsagePlan") if isinstance(auth, MarkedMap) else None
    if not isinstance(plan, MarkedMap):
        return
    kind = maker.literal(plan.get("CreateUsagePlan"))
    stage = {"ApiId": ref(maker.id), "Stage": ref(stage_id)}
    if kind == "PER_API":
        ids = f"{maker.id}UsagePlan", f"{maker.id}ApiKey", f"{maker.id}UsagePlanKey"
        _make(maker, ids, plan, stage)
    elif kind == "SHARED" and _SHARED[0] in maker.template.resources:
        made = maker.template.resources[_SHARED[0]]["Properties"]
        made["ApiStages"].put(marked(stage, made))
        key = maker.template.resources[_SHARED[1]]["Properties"]
        key["StageKeys"].put(marked(_stage_key(stage), key))
    elif kind == "SHARED":
        _make(maker, _SHARED, plan, stage)


def _make(maker: Maker, ids: tuple[str, str, str], plan: MarkedMap, stage: dict[str, Any]) -> None:
    plan_id, key_id, binding_id = ids
    properties = copied(plan, ("Description", "Quota", "Throttle", "UsagePlanName"))
    properties.put("ApiStages", marked([stage], plan))
    maker.make(plan_id, "AWS::ApiGateway::UsagePlan", properties, plan)
    maker.make(key_id, "AWS::ApiGateway::ApiKey", {"Enabled": True, "StageKeys": [_stage_key(stage)]}, plan)
    binding = {"KeyId": ref(key_id), "KeyType": "API_KEY", "UsagePlanId": ref(plan_id)}
    maker.make(binding_id, "AWS::ApiGateway::UsagePlanKey", binding, plan)


def _stage_key(stage: dict[str, Any]) -> dict[str, Any]:
    return {"RestApiId": stage["ApiId"], "StageName": stage["Stage"]}
